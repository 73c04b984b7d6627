#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a volume: prepared, mounted, written to, unmounted, mounted again; on each kind of disk, with each file system.

load vm

# lives FILE_SYSTEM DEVICE
lives() {
  run sk prep-dev -f "$1" "$2"
  expect 0
  [[ ${lines[-1]} == Success ]]
  expect_nothing_left
  run sk mount "$2" /mnt/data
  expect 0
  guest_script 'echo precious >/mnt/data/file'
  run sk umount /mnt/data
  expect 0
  expect_nothing_left
  run sk mount "$2" /mnt/data
  expect 0
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  run guest findmnt --noheadings --output FSTYPE /mnt/data
  [[ $output == "${1/#fat/vfat}" ]]
  sk umount /mnt/data
  expect_nothing_left
}

@test "two volumes on one instance: /dev/sdf, which NVMe calls otherwise, and virtio" {
  make_disk one
  make_disk two 64M
  attach nvme one sdf
  attach virtio two
  slow_keys=true
  boot web
  lives xfs /dev/sdf
  lives ext4 /dev/vda
  run guest_script "sk-mount /dev/nvme0n1 /mnt/one & sk-mount UUID=$(guid_of two) /mnt/two & wait -n && wait -n"
  expect 0
  run guest sk-status
  expect 0
  expect_text '/dev/nvme0n1, UUID='
  expect_text 'mounted on /mnt/one, owner: this instance'
  expect_text 'mounted on /mnt/two, owner: this instance'
  expect_no_secret one web
  expect_no_secret two web
}

@test "a disk in use, and one that is not empty, are left alone" {
  make_disk one
  make_disk two 64M
  attach virtio one
  attach virtio two
  boot web
  guest_script 'mkfs.ext4 -q /dev/vda && mkdir /mnt/old && mount /dev/vda /mnt/old && mkswap /dev/vdb >/dev/null'
  run guest sk-prep-dev --delete-all-existing-data /dev/vda
  expect 4
  expect_text '/dev/vda is mounted on /mnt/old'
  run guest sk-prep-dev /dev/vdb
  expect 4
  expect_text 'swap on /dev/vdb'
  guest umount /mnt/old
  run guest sk-prep-dev /dev/vda
  expect 4
  expect_text 'ext4 on /dev/vda'
  run guest sk-prep-dev --delete-all-existing-data -f ext4 /dev/vda
  expect 0
}

# bats test_tags=long
@test "each file system, on NVMe and virtio" {
  local file_system
  for file_system in xfs ext2 ext3 ext4 fat vfat; do make_disk "$file_system"; done
  for file_system in xfs ext2 ext3; do attach nvme "$file_system"; done
  for file_system in ext4 fat vfat; do attach virtio "$file_system"; done
  boot web
  lives xfs /dev/nvme0n1
  lives ext2 /dev/nvme1n1
  lives ext3 /dev/nvme2n1
  lives ext4 /dev/vda
  lives fat /dev/vdb
  lives vfat /dev/vdc
  for file_system in xfs ext2 ext3 ext4 fat vfat; do expect_no_secret "$file_system" web; done
}

# bats test_tags=long
@test "a loop device" {
  boot web
  guest_script 'truncate --size 64M /run/backing && modprobe loop && losetup --partscan /dev/loop0 /run/backing'
  lives ext4 /dev/loop0
  run guest sk-prep-dev -f ext4 /dev/loop0
  expect 4
}

# bats test_tags=long
@test "from the answer to the mounted volume, less than a second of the guest's time passes" {
  local answered mounted
  make_disk one
  attach virtio one
  counted_time=true
  boot web
  guest sk-prep-dev /dev/vda
  # Each step's line, with the time when it was complete.
  # shellcheck disable=SC2016 # the guest's bash expands it
  run guest_script 'set -o pipefail; sk-mount /dev/vda /mnt/data | while IFS= read -r line; do echo "${EPOCHREALTIME/./} $line"; done'
  expect 0
  answered=$(sed -n 's/ Asking the Sovereign Keys API to decrypt .* OK$//p' <<<"$output")
  mounted=$(sed -n 's/ Mounting the encrypted data volume.* OK$//p' <<<"$output")
  echo "# from the answer to the mounted volume: $(((mounted - answered) / 1000)) ms" >&3
  ((answered > 0 && mounted > answered && mounted - answered < 1000000))
}
