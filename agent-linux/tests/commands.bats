#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What all commands have in common: usage, exit codes, sk-chk-pubkey, sk-status.

load world

@test "each command shows its options, and names them in its manual" {
  local command option
  for command in "$agent"/bin/*; do
    run "$command" --help
    expect 0
    expect_text "Usage: ${command##*/}"
    while read -r option; do
      [[ $option == --ignore-nitro-check && $command == *automount ]] ||
        grep --quiet -- "${option//-/\\\\-}" "$agent/man/${command##*/}".[18] || {
        echo "$command: no $option in the manual"
        return 1
      }
    done < <(grep -o -E -- '--[a-z_-]+' <<<"$output" | sort -u)
    run "$command" -h
    expect 0
  done
}

@test "the manuals are well-formed" {
  local page
  for page in "$agent"/man/*; do
    run man --warnings -E UTF-8 -l -Tutf8 -Z "$page"
    expect_no_text warning
  done
}

@test "wrong usage is 2, and changes nothing" {
  local words
  for words in mount 'mount x' 'mount a b c' 'mount --what a b' umount 'umount a b' prep-dev 'prep-dev -f' 'prep-dev -f ntfs x' \
    'prep-dev -a relative x' 'prep-dev a b' 'takeown x' 'automount x' 'automount --wait' 'chk-pubkey x' 'status x'; do
    # shellcheck disable=SC2086 # words
    run sk $words
    expect 2
    expect_text '--help shows how it is called'
  done
}

@test "a partition and a file are no disks" {
  sk prep-dev "$disk"
  run sk prep-dev "${disk}p1"
  expect 2
  expect_text 'is a partition; give the whole disk'
  run sk mount "$SK_TEST_STUB/origin" "$world/mnt/data"
  expect 2
  expect_text 'is not a block device'
  run sk mount "$world/dev/none" "$world/mnt/data"
  expect 1
  expect_text 'is the volume attached?'
}

@test "only root may, but for looking" {
  local words
  export SK_TEST_UID=1000
  for words in "mount $disk /x" 'umount /x' "prep-dev $disk" "takeown -i $web $disk" automount 'status --ask-owner'; do
    # shellcheck disable=SC2086 # words
    run sk $words
    expect 5
    expect_text 'only root can do this; try: sudo'
  done
  run sk chk-pubkey
  expect 0
}

@test "what is not a Nitro instance is refused, unless told otherwise" {
  echo 'Amazon EC2' >"$world/sys/devices/virtual/dmi/id/board_asset_tag"
  run sk prep-dev "$disk"
  expect 3
  expect_text '--ignore-nitro-check goes on'
  expect_untouched
  sk prep-dev --ignore-nitro-check "$disk"
  run sk mount "$disk" "$world/mnt/data"
  expect 3
  run sk takeown -i "$database" "$disk"
  expect 3
  sk mount --ignore-nitro-check "$disk" "$world/mnt/data"
}

@test "a command that is missing is named" {
  local command
  mkdir "$world/few"
  for command in bash cat id mkdir readlink setsid; do ln -s "$(type -P $command)" "$world/few/$command"; done
  PATH=$world/few run "$agent/bin/sk-chk-pubkey"
  [[ $status == 1 && $output == *'the command '*' is missing; please install its package'* ]]
}

# What bash 4.2 does not know: transformations and lists between characters (4.4), references, waiting for any, elements that are set, negative
# places (4.3), clocks (5.0), commands in braces (5.3), newer options.
readonly too_new='@[QEPAaUuLKk]\}|(mapfile|readarray) .*-?d|(local|declare|typeset|readonly) -[a-zA-Z]*[nI]|local -( |$)|wait .*-[npf]'
readonly too_new_too='-[vR] [a-zA-Z_]+(\[| )|\[-[0-9]|EPOCH(SECONDS|REALTIME)|SRANDOM|BASH_ARGV0|\$\{[ |]|inherit_errexit|localvar_|assoc_|patsub_'

# unguarded_in FILE...: under set -u, an array that may be empty wants ${array[@]+…} around it, until 4.4. Three are never empty.
unguarded_in() { sed 's/\${[a-z_]*\[@\]+"\${[a-z_]*\[@\]}"}//g' "$@" | grep --extended-regexp '\$\{[a-z_]+\[[@*]\]\}' | grep --invert-match --extended-regexp '\{(arguments|copies|found)\['; }

@test "no command uses what bash 4.2 does not know" {
  local sample=$BATS_TEST_TMPDIR/sample
  cat >"$sample" <<'END'
echo "${x@Q}"
mapfile -t -d '' files
readarray -d, files
local -n name=$1
wait -n
wait -p id -n
[[ -v files[1] ]]
last=${files[-1]}
now=$EPOCHREALTIME
shopt -s inherit_errexit
local -
${ date; }
END
  [[ $(grep --count --extended-regexp -e "$too_new|$too_new_too" "$sample") == $(wc -l <"$sample") ]]
  run grep --line-number --extended-regexp -e "$too_new|$too_new_too" "$agent"/bin/* "$agent"/lib/sovereign-keys/*
  expect 1
}

@test "no command expands an array that may be empty, as bash 4.2 fails then" {
  # shellcheck disable=SC2016 # samples
  printf '%s\n' 'for file in "${files[@]}"; do' 'echo "$x" "all: ${files[*]}"' 'x=(${files[@]+"${files[@]}"})' >"$BATS_TEST_TMPDIR/sample"
  [[ $(unguarded_in "$BATS_TEST_TMPDIR/sample" | wc -l) == 2 ]]
  run unguarded_in "$agent"/bin/* "$agent"/lib/sovereign-keys/*
  expect 1
}

@test "the public keys are compared" {
  run sk chk-pubkey
  expect 0
  [[ ${lines[-1]} == 'Keys are identical' || ${lines[-2]} == 'Keys are identical' ]]
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 2>/dev/null | openssl pkey -pubout >"$world/etc/sovereign-keys/api_public_key.pem"
  run sk chk-pubkey
  expect 1
  expect_text 'the keys are different'
  echo placeholder >"$world/etc/sovereign-keys/api_public_key.pem"
  run sk chk-pubkey
  expect 1
  expect_text 'holds no public key'
}

@test "the status tells of volumes, owners and the service" {
  run sk status
  expect 0
  expect_text 'Volumes:     none'
  sk prep-dev -a "$world/mnt/data" "$disk"
  add_disk vdb 2
  run sk status --json
  expect 0
  [[ $(jq -r '.volumes[0] | [.state, .owner, .mount_points[0], .automount] | join(" ")' <<<"$output") == "mounted this instance $world/mnt/data $world/mnt/data" ]]
  [[ $(jq -r '.service.public_key' <<<"$output") == same ]]
  sk umount "$world/mnt/data"
  be "$database"
  run sk status --ask-owner
  expect 1
  expect_text 'owner: another instance'
  expect_text 'Not mounted: '
  faults 'away'
  run sk status
  expect 1
  expect_text 'not reachable: the service is away for now'
}

@test "the status tells of a volume whose disk was detached by force" {
  sk prep-dev "$disk"
  sk mount "$disk" "$world/mnt/data"
  detach nvme1n1
  run sk status
  expect 1
  expect_text "Volume:      $world/dev/mapper/sk-nvme1n1p1, UUID=?, detached, but mounted on $world/mnt/data"
  run sk status --json
  expect 1
  [[ $(jq -r '.volumes[0] | [.state, .mount_points[0]] | join(" ")' <<<"$output") == "detached $world/mnt/data" ]]
}

@test "the status misses a volume whose place another file system has, or whose disk is gone" {
  local line
  sk prep-dev -a "$world/mnt/data" "$disk"
  SK_TEST_UID=1000 run sk status
  expect 0
  echo "37 36 0:50 / $world/mnt/data rw - tmpfs tmpfs rw" >>"$world/proc/self/mountinfo"
  for line in "$(<"$world/etc/sovereign-keys/automount.conf")" "$disk:$world/mnt/data"; do
    echo "$line" >"$world/etc/sovereign-keys/automount.conf"
    run sk status
    expect 1
    expect_text "Not mounted: $line"
  done
  sed -i '$d' "$world/proc/self/mountinfo"
  run sk status
  expect 0
  detach nvme1n1
  for SK_TEST_UID in 0 1000; do
    export SK_TEST_UID
    run sk status
    expect 1
    expect_text "Not mounted: $line"
  done
}

@test "the status is all that sk-status prints" {
  [[ $(sk status | tail -n 1) == 'Volumes:     none' ]]
  sk status --json | jq --exit-status --slurp 'length == 1'
}
