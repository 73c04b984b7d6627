#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# sk-automount and automount.conf.

load world

conf() { printf '%s\n' "$@" >"$world/etc/sovereign-keys/automount.conf"; }

# Pauses pass at once; the retries are counted.
no_pauses() {
  rm "$world/bin/sleep"
  printf '#!/bin/bash\necho "$*" >>%q\n' "$world/log/sleeps" >"$world/bin/sleep"
  chmod +x "$world/bin/sleep"
}

@test "nothing to mount is well" {
  run sk automount
  expect 0
  conf '# a comment' ''
  run sk automount
  expect 0
}

@test "each volume is mounted, by device and by GUID; one that fails does not stop the others" {
  sk prep-dev "$disk"
  conf "$world/dev/none:$world/mnt/none" 'no line' "UUID=$(blkid -p -s PTUUID -o value "$disk"):$world/mnt/my data"
  run sk automount
  expect 1
  expect_text "Invoking: sk-mount --ignore-nitro-check $world/dev/none"
  expect_text 'DEVICE:MOUNT_POINT is wanted, not: no line'
  grep --quiet ' .*mnt/my\\040data ' "$world/proc/self/mountinfo"
  conf "$disk:$world/mnt/my data"
  run sk automount
  expect 0
  expect_text 'already'
}

@test "a device whose name holds colons is one" {
  ln -s nvme1n1 "$world/dev/pci-0000:00:1f.0-nvme-1"
  sk prep-dev "$disk"
  conf "$world/dev/pci-0000:00:1f.0-nvme-1:$world/mnt/data"
  run sk automount
  expect 0
}

@test "a GUID that two disks have is refused" {
  sk prep-dev "$disk"
  add_disk nvme2n1 2
  cp "$disk" "$world/dev/nvme2n1"
  conf "UUID=$(blkid -p -s PTUUID -o value "$disk"):$world/mnt/data"
  run sk automount
  expect 1
  expect_text 'several disks have the GUID'
}

@test "with --wait, a service that is away is asked again with growing pauses" {
  sk prep-dev "$disk"
  no_pauses
  conf "$disk:$world/mnt/data"
  faults 'decrypt-secret 503 9 {"detail": "the HSM is out of reach"}'
  run sk automount --wait 10
  expect 0
  expect_text "$world/mnt/data: sk-mount: the service is away for now (status 503): the HSM is out of reach"
  expect_text "$world/mnt/data: Trying again in 5 s"
  expect_text "$world/mnt/data: Trying again in 10 s"
  expect_no_text 'in 20 s'
}

@test "with --wait, a refusal is not repeated" {
  sk prep-dev "$disk"
  no_pauses
  be "$database"
  conf "$disk:$world/mnt/data"
  run sk automount --wait 10
  expect 1
  expect_text 'sk-takeown'
  expect_no_text 'Trying again'
  [[ $(requests decrypt-secret) == 2 ]]
}

@test "without --wait, all is tried once" {
  sk prep-dev "$disk"
  no_pauses
  conf "$disk:$world/mnt/data"
  faults 'decrypt-secret 503 99 {}'
  run sk automount
  expect 1
  expect_no_text 'Trying again'
}

@test "a deletion with -a that is cut is simply run again" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  sk umount "$world/mnt/data"
  : >"$world/log/writes"
  ! SK_TEST_CUT=8 sk prep-dev --delete-all-existing-data -a "$world/mnt/data" "$disk" || false
  reboot
  run sk prep-dev --delete-all-existing-data -a "$world/mnt/data" "$disk"
  expect 0
}

@test "a disk that is prepared anew has one line" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  sk umount "$world/mnt/data"
  sk prep-dev --delete-all-existing-data -a "$world/mnt/b" "$disk"
  [[ $(wc -l <"$world/etc/sovereign-keys/automount.conf") == 1 ]]
}

@test "a line is known though it ends in slashes or as in Windows, or leads over a link" {
  local guid
  sk prep-dev -a "$world/mnt/data" "$disk"
  guid=$(blkid -p -s PTUUID -o value "$disk")
  ln -s mnt "$world/link"
  conf $'# ours\r' "UUID=$guid:$world/mnt//data/"$'\r'
  run sk status
  expect 0
  conf "UUID=$guid:$world/link/data"
  run sk status
  expect 0
  sk umount "$world/mnt/data"
  conf "/dev/sdg:$world/mnt/b/"
  run sk prep-dev --delete-all-existing-data -a "$world/mnt/b" "$disk"
  expect 4
  expect_text 'is the mount point of /dev/sdg'
  conf $'# ours\r' "UUID=$guid:$world/mnt/data/"$'\r' 'no line' $'/dev/sdg:/mnt/other\r'
  sk prep-dev --delete-all-existing-data -a "$world/mnt/data" "$disk"
  [[ $(<"$world/etc/sovereign-keys/automount.conf") == $'# ours\r\nno line\n/dev/sdg:/mnt/other\r\nUUID='*":$world/mnt/data" ]]
  sk umount "$world/mnt/data"
  run sk prep-dev --delete-all-existing-data "$disk"
  expect 0
  [[ $(<"$world/etc/sovereign-keys/automount.conf") == $'# ours\r\nno line\n/dev/sdg:/mnt/other\r' ]]
}
