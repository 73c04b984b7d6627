#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# sk-prep-dev: what it makes of an empty disk, and what it leaves alone.

load world

@test "an empty disk becomes a volume in the layout of the original" {
  run sk prep-dev "$disk"
  expect 0
  expect_text 'Asking the Sovereign Keys API for a new secret...'
  [[ ${lines[-1]} == Success ]]
  [[ $(stored encrypted_secret.bin | wc -c) == 92 ]]
  run sgdisk -i 128 "$disk"
  expect_text "Partition name: 'Secret Store'"
  expect_text 'First sector: 2048 '
  expect_text 'Partition size: 2048 sectors'
  expect_text 'Attribute flags: A000000000000000'
  run sgdisk -p "$disk"
  expect_text '8300  Data'
  expect_nothing_left
}

@test "a secret with zero bytes and line ends opens the volume" {
  faults 'awkward secret'
  sk prep-dev "$disk"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "with -a the volume is mounted and registered, once" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  grep --quiet " $world/mnt/data " "$world/proc/self/mountinfo"
  [[ $(<"$world/etc/sovereign-keys/automount.conf") == UUID=*:"$world/mnt/data" ]]
  [[ $(stat -c %a "$world/etc/sovereign-keys/automount.conf") == 644 ]]
  run sk prep-dev --delete-all-existing-data -a "$world/mnt/data" "$disk"
  expect 4
  sk umount "$world/mnt/data"
  sk prep-dev --delete-all-existing-data -a "$world/mnt/data" "$disk"
  [[ $(wc -l <"$world/etc/sovereign-keys/automount.conf") == 1 ]]
}

@test "a link is registered as it was given, and other lines stay" {
  ln -s nvme1n1 "$world/dev/sdf"
  printf '# ours\n/dev/sdg:/mnt/other' >"$world/etc/sovereign-keys/automount.conf"
  sk prep-dev -a "$world/mnt/data" "$world/dev/sdf"
  [[ $(<"$world/etc/sovereign-keys/automount.conf") == $'# ours\n/dev/sdg:/mnt/other\n'"$world/dev/sdf:$world/mnt/data" ]]
}

@test "another device's mount point is refused before anything is done" {
  echo "/dev/sdg:$world/mnt/data" >"$world/etc/sovereign-keys/automount.conf"
  run sk prep-dev -a "$world/mnt/data" "$disk"
  expect 4
  expect_text "mount point of /dev/sdg"
  expect_untouched
}

@test "a disk that is not empty is refused, and what is on it is named" {
  sgdisk --new=1:2048:0 "$disk" >/dev/null
  with_tools blockdev --rereadpt "$disk"
  mkfs.ext4 -q -F "${disk}p1"
  run sk prep-dev "$disk"
  expect 4
  expect_text "the partition ${disk}p1"
  expect_text "ext4 on ${disk}p1"
  expect_text "gpt on $disk"
  expect_text 'add --delete-all-existing-data'
  [[ $(requests generate) == 0 ]]
  run sk prep-dev --delete-all-existing-data "$disk"
  expect 0
}

@test "data of an unknown kind is refused" {
  printf data | dd of="$disk" bs=1 seek=1000000 conv=notrunc status=none
  run sk prep-dev "$disk"
  expect 4
  expect_text "data at the beginning of $disk"
}

@test "data at the end of the disk are refused, as of RAID" {
  printf data | dd of="$disk" bs=1 seek=67108000 conv=notrunc status=none
  run sk prep-dev "$disk"
  expect 4
  expect_text "data at the end of $disk"
}

@test "LVM and RAID without partitions are seen" {
  printf 'LABELONE\1\0\0\0\0\0\0\0\0\0\0\0\40\0\0\0LVM2 001' | dd of="$disk" bs=512 seek=1 conv=notrunc status=none
  run sk prep-dev "$disk"
  expect 4
  expect_text "$disk"
}

@test "what is in use is not touched, whatever the options say" {
  local use
  sgdisk --new=1:2048:0 "$disk" >/dev/null
  with_tools blockdev --rereadpt "$disk"
  for use in mount btrfs swap holder; do
    case $use in
    mount) printf '%s\n' '30 20 259:1001 / /srv/my\040data rw - ext4 /dev/root rw' >"$world/proc/self/mountinfo" ;;
    btrfs) echo "30 20 0:40 / /srv/btrfs rw shared:1 - btrfs ${disk}p1 rw" >"$world/proc/self/mountinfo" ;;
    swap)
      : >"$world/proc/self/mountinfo"
      echo "${disk}p1 partition 1 0 -2" >>"$world/proc/swaps"
      ;;
    holder)
      sed -i 2d "$world/proc/swaps"
      mkdir -p "$world/devices/nvme1n1/nvme1n1p1/holders/md127"
      ;;
    esac
    run sk prep-dev --delete-all-existing-data "$disk"
    expect 4
    expect_text 'is in use'
    case $use in
    mount) expect_text "${disk}p1 is mounted on /srv/my data" ;;
    btrfs) expect_text "${disk}p1 is mounted on /srv/btrfs" ;;
    swap) expect_text "${disk}p1 is swap space" ;;
    holder) expect_text 'md127' ;;
    esac
  done
  [[ ! -e $world/log/writes ]]
}

@test "partitions of ours with nothing in them are prepared without the option" {
  sgdisk --new=128:2048:4095 --change-name='128:Secret Store' --new=1:4096:0 --change-name=1:Data "$disk" >/dev/null
  with_tools blockdev --rereadpt "$disk"
  run sk prep-dev "$disk"
  expect 0
  expect_text 'was cut short'
}

@test "a file system that was made since a preparation was cut is not taken for what it left" {
  mkfs.ext4 -q -F "$disk"
  printf 'Sovereign Keys prepares this disk' | dd of="$disk" bs=524288 seek=1 conv=notrunc status=none
  run sk prep-dev "$disk"
  expect 4
  expect_text "ext4 on $disk"
}

@test "partitions of ours that cannot be read are not taken for empty ones" {
  sk prep-dev "$disk"
  rm "$world/bin/wipefs" "$world/log/writes"
  # shellcheck disable=SC2016 # for the stand-ins
  printf '#!/bin/bash\n[[ ${!#} == *nvme1n1p* ]] || exec /usr/sbin/wipefs "$@"\n' >"$world/bin/wipefs"
  # shellcheck disable=SC2016
  printf '#!/bin/bash\n[[ ${!#} != *nvme1n1p* ]] || { echo "head: Input/output error" >&2 && exit 1; }\nexec /usr/bin/head "$@"\n' >"$world/bin/head"
  chmod +x "$world/bin/wipefs" "$world/bin/head"
  run sk prep-dev "$disk"
  expect 1
  expect_text "${disk}p1 cannot be read: head: Input/output error"
  [[ ! -e $world/log/writes ]]
}

@test "what comes onto the disk while the service is asked is left alone" {
  rm "$world/bin/curl"
  printf '#!/bin/bash\n[[ "$*" != */generate-secret* ]] || printf data | dd of=%q bs=1 seek=1000000 conv=notrunc status=none\nexec /usr/bin/curl "$@"\n' \
    "$disk" >"$world/bin/curl"
  chmod +x "$world/bin/curl"
  run sk prep-dev "$disk"
  expect 4
  expect_text 'changed while the service was asked'
  [[ $(tr -d '\0' <"$disk") == data ]]
}

@test "a deletion that is refused leaves the volume in automount.conf" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  sk umount "$world/mnt/data"
  rm "$world/bin/blockdev"
  # shellcheck disable=SC2016 # for the stand-in
  printf '#!/bin/bash\n[[ $1 != --rereadpt ]] || { echo "ioctl error: Device or resource busy" >&2 && exit 1; }\nexec stat -c %%s "$2"\n' >"$world/bin/blockdev"
  chmod +x "$world/bin/blockdev"
  ln -sf /bin/true "$world/bin/sleep"
  run sk prep-dev --delete-all-existing-data "$disk"
  expect 4
  expect_text 'is in use; stop what uses it'
  [[ $(<"$world/etc/sovereign-keys/automount.conf") == UUID=*:"$world/mnt/data" ]]
}

@test "a prepared volume is not prepared again without the option" {
  sk prep-dev "$disk"
  run sk prep-dev "$disk"
  expect 4
  expect_text "crypto_LUKS on ${disk}p1"
}

@test "a volume whose deletion was cut between its data and its Secret Store is none any more" {
  sk prep-dev "$disk"
  wipefs --all --quiet "${disk}p1"
  printf 'Sovereign Keys prepares this disk' | dd of="$disk" bs=524288 seek=1 conv=notrunc status=none
  for command in "mount $disk $world/mnt/data" "takeown -i $web $disk"; do
    # shellcheck disable=SC2086 # several words
    run sk $command
    expect 4
    expect_text 'was cut short'
  done
  run sk prep-dev "$disk"
  expect 0
}

@test "the service's failures leave the disk as it was" {
  local fault text
  while IFS='|' read -r fault text; do
    faults "$fault"
    run sk prep-dev "$disk"
    expect 1
    expect_text "$text"
    expect_untouched
    expect_nothing_left
  done <<'END'
generate-secret 400 9 {"detail": "There is no encryption key for this VPC"}|There is no encryption key for this VPC
generate-secret 401 9 {"message": "Unauthorized"}|does not let this instance in (status 401): Unauthorized
generate-secret 403 9 {"message":"no"}|does not let this instance in (status 403): no
generate-secret 500 9 a bug|a bug
generate-secret 200 9 rubbish|has no encrypted_secret
bad signature|signature does not verify
generate-secret wrapped_secret_signature|signature does not verify
END
}

@test "a signature that is wrong in the proof leaves nothing formatted" {
  faults 'decrypt-secret wrapped_secret_signature'
  run sk prep-dev "$disk"
  expect 1
  expect_text 'signature does not verify'
  expect_nothing_left
  not_called 'cryptsetup.*luksFormat'
  no_faults
  run sk prep-dev "$disk"
  expect 0
}

@test "a signed blob that is another's leaves nothing formatted, and prep may be run again" {
  faults 'other blob'
  run sk prep-dev "$disk"
  expect 1
  expect_text "$disk"
  expect_nothing_left
  not_called 'cryptsetup.*luksFormat'
  no_faults
  run sk prep-dev "$disk"
  expect 0
}

@test "a secret that comes back as another one stops the preparation before it formats" {
  faults 'other secret'
  run sk prep-dev "$disk"
  expect 1
  expect_text 'decrypts the stored secret to another one'
  not_called 'cryptsetup.*luksFormat'
  run sk mount "$disk" "$world/mnt/data"
  expect 4
  expect_text 'was cut short; run sk-prep-dev again'
}

@test "a file system that cannot be made leaves nothing mapped, and prep may be run again with another" {
  SK_TEST_BROKEN=mkfs.xfs run sk prep-dev "$disk"
  expect 1
  expect_text 'mkfs.xfs failed'
  expect_nothing_left
  run sk prep-dev -f ext4 "$disk"
  expect 0
}

@test "each file system is made by its own tool" {
  local type
  for type in ext2 ext3 vfat; do
    rm -f "$world/log/arguments"
    sk prep-dev --delete-all-existing-data -f "$type" "$disk"
    grep --quiet "^mkfs.$type .*mapper/sk-nvme1n1p1" "$world/log/arguments"
  done
}

@test "LUKS is made with the parameters of the manual, and with the 32 bytes of the secret" {
  sk prep-dev "$disk"
  run cryptsetup luksDump "${disk}p1"
  expect_text 'aes-xts-plain64'
  expect_text '512 bits'
  expect_text 'pbkdf2'
  expect_text 'Iterations: 1000'
  tail -c 32 "$SK_TEST_STUB/secrets" >"$BATS_TEST_TMPDIR/key"
  cryptsetup open --test-passphrase --key-file "$BATS_TEST_TMPDIR/key" "${disk}p1"
}
