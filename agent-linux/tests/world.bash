# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An instance with disks that are files, below a folder of the test; its commands, some of them stand-ins; a service that
# answers. Sourced by all suites.

source "${BASH_SOURCE[0]%/*}/expect.bash"

readonly agent=${BATS_TEST_DIRNAME%/*}
readonly web=i-0c4f345c91e5cd4a2 database=i-0123456789abcdef0

setup_file() {
  local tries
  export SK_TEST_STUB=$BATS_FILE_TMPDIR/stub
  mkdir -p "$SK_TEST_STUB"
  mkfifo "$SK_TEST_STUB/end"
  "$BATS_TEST_DIRNAME/stub" "$SK_TEST_STUB" <"$SK_TEST_STUB/end" >"$SK_TEST_STUB/log" 2>&1 3>&- &
  exec 8>"$SK_TEST_STUB/end" # closed with this file's process, which ends the stub
  for tries in {1..600}; do
    [[ ! -e $SK_TEST_STUB/origin ]] || break
    sleep 0.1
  done
  [[ -e $SK_TEST_STUB/origin ]] || {
    echo "the stub did not start: $(<"$SK_TEST_STUB/log")"
    return 1
  }
  SK_TEST_RSA_KEY=$BATS_FILE_TMPDIR/rsa_key.pem
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$SK_TEST_RSA_KEY" 2>/dev/null
  export SK_TEST_RSA_KEY
}

setup() {
  make_world
  cp "$SK_TEST_STUB/api_public_key.pem" "$world/etc/sovereign-keys/"
  AWS_EC2_METADATA_SERVICE_ENDPOINT=$(<"$SK_TEST_STUB/origin")
  echo "$AWS_EC2_METADATA_SERVICE_ENDPOINT/v1" >"$world/etc/sovereign-keys/api_url.txt"
  be "$web"
  no_faults
  : >"$SK_TEST_STUB/requests"
  : >"$SK_TEST_STUB/secrets"
  add_disk nvme1n1 1
  disk=$world/dev/nvme1n1
}

# An instance without disks and service.
make_world() {
  world=$BATS_TEST_TMPDIR/world
  export SK_TEST_ROOT=$world AWS_EC2_METADATA_SERVICE_ENDPOINT
  mkdir -p "$world"/{bin,log,dev/mapper,devices,plain,mnt,run,etc/sovereign-keys} \
    "$world"/sys/{class/block,devices/virtual/dmi/id} "$world/proc/self"
  : >"$world/proc/self/mountinfo"
  echo 'Filename Type Size Used Priority' >"$world/proc/swaps"
  look_at blkid blockdev cryptsetup curl dd id mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.fat mkfs.vfat mkfs.xfs mount openssl partx \
    sgdisk sleep umount wipefs
  echo 'plain_http=yes' >"$world/etc/sovereign-keys/agent.conf"
}

# look_at COMMAND...: has them go through the stand-in, which keeps what they were given.
look_at() {
  local command
  for command; do ln -s "$BATS_TEST_DIRNAME/fake" "$world/bin/$command"; done
}

# detach NAME: by force, while it is in use: what the kernel has made on top of the disk stays.
detach() { rm -r "${world:?}/sys/class/block/$1"* "$world/devices/$1" "${world:?}/dev/$1"*; }

# be INSTANCE: who runs the commands.
be() {
  echo "$1" >"$SK_TEST_STUB/instance"
  echo "$1" >"$world/sys/devices/virtual/dmi/id/board_asset_tag"
}

# faults LINE...: see stub.
faults() { printf '%s\n' "$@" >"$SK_TEST_STUB/faults"; }
no_faults() { : >"$SK_TEST_STUB/faults"; }

# add_disk NAME MINOR_BASE: 64 MiB, empty, unless it lies there.
add_disk() {
  [[ -e $world/dev/$1 ]] || truncate -s 64M "$world/dev/$1"
  mkdir -p "$world/devices/$1/holders"
  echo "259:$(($2 * 1000))" >"$world/devices/$1/dev"
  echo 0 >"$world/devices/$1/ro"
  ln -s "$world/devices/$1" "$world/sys/class/block/$1"
}

# sk COMMAND...: in a process group of its own, and with the stand-ins in front.
sk() { PATH=$world/bin:$PATH setsid --wait "$agent/bin/sk-$1" "${@:2}" 3>&-; }

# with_tools COMMAND...: the same for a tool that a test uses itself.
with_tools() { PATH=$world/bin:$PATH "$@"; }

# Nothing is mounted, mapped or in a RAM file system but what is named.
expect_nothing_left() {
  [[ ! -s $world/proc/self/mountinfo && -z $(ls "$world/dev/mapper") ]] &&
    [[ -z $(find "$world/run" -name 'secrets.*' -o -name 'store.*') ]] || {
    cat "$world/proc/self/mountinfo"
    find "$world/run" "$world/dev/mapper"
    return 1
  }
}

expect_untouched() { cmp --bytes=67108864 "$disk" /dev/zero; }

requests() { grep --count -- "$1" "$SK_TEST_STUB/requests" || true; }

# not_called PATTERN: no command was.
not_called() { [[ $(grep --count -- "$1" "$world/log/arguments") == 0 ]]; }

# reboot, after a power cut too: what was in RAM is gone.
reboot() {
  local entry
  : >"$world/proc/self/mountinfo"
  rm -rf "$world"/run/* "$world"/dev/mapper/* "$world"/log/store.* "$world"/devices/dm-* "$world"/sys/class/block/dm-* "$world"/dev/dm-*
  for entry in "$world"/sys/class/block/*/holders/*; do [[ ! -L $entry ]] || rm "$entry"; done
  for entry in "$world"/dev/*; do
    [[ -e $world/devices/${entry##*/} ]] && with_tools blockdev --rereadpt "$entry"
  done
  : >"$world/log/writes"
}

# stored NAME: the content of a file in the Secret Store.
stored() { mtype -i "${disk}p128" "::$1"; }
