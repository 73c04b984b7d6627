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

# at PATTERN: when the kernel's trace first shows it, in microseconds.
at() {
  local seconds
  seconds=$(sed -n "/$1/ { s/.* \([0-9]*\.[0-9]\{6\}\): .*/\1/p; q }" "$vm/trace")
  echo $((10#${seconds/./}))
}

# bats test_tags=long
@test "unlocking takes less than a second of the guest's time, the call to the service aside" {
  local started sent answered mounted call
  make_disk one
  attach virtio one
  counted_time=true
  boot web
  guest sk-prep-dev /dev/vda
  # The kernel notes, with one clock, what curl sends and receives, and the steps, which sk-mount writes into its trace. The one-time key is
  # made before: what the stand-in for openssl takes counts, though.
  # shellcheck disable=SC2016 # the guest's bash expands it
  guest_script 'set -e
    mount -t tracefs tracefs /sys/kernel/tracing
    cd /sys/kernel/tracing
    for event in sys_enter_sendto sys_exit_recvfrom; do
      echo "comm == \"curl\"" >events/syscalls/$event/filter
      echo 1 >events/syscalls/$event/enable
    done
    echo "start of sk-mount" >trace_marker
    sk-mount /dev/vda /mnt/data >trace_marker
    cat trace' >"$vm/trace"
  # The last of the calls is the one to the service: others go to the metadata service.
  call=$(grep -o 'curl-[0-9]*.* sys_sendto' "$vm/trace" | tail -n 1)
  call=${call%% *}
  started=$(at 'start of sk-mount')
  sent=$(at "$call .* sys_sendto(")
  answered=$(at "$call .* sys_recvfrom -> 0x[0-9a-f]\{1,4\}\$")
  mounted=$(at 'Cleaning up')
  echo "# to the request: $(((sent - started) / 1000)) ms; from the answer to the mounted volume: $(((mounted - answered) / 1000)) ms" >&3
  ((started < sent && sent < answered && answered < mounted))
  ((sent - started + mounted - answered < 1000000))
}
