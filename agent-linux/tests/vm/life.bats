#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a volume: prepared, mounted, written to, unmounted, mounted again; on each kind of disk, with each file system.

load vm

# lives FILE_SYSTEM DEVICE
lives() {
  run guest sk-prep-dev -f "$1" "$2"
  expect 0
  [[ ${lines[-1]} == Success ]]
  expect_nothing_left
  run guest sk-mount "$2" /mnt/data
  expect 0
  guest_script 'echo precious >/mnt/data/file'
  run guest sk-umount /mnt/data
  expect 0
  run guest sk-mount "$2" /mnt/data
  expect 0
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  run guest stat --file-system --format %T /mnt/data
  echo "$output"
  guest sk-umount /mnt/data
  expect_nothing_left
}

@test "a disk as /dev/sdf, and as NVMe has it" {
  make_disk one
  attach nvme one sdf
  boot web
  lives xfs /dev/sdf
  run guest sk-mount /dev/nvme0n1 /mnt/data
  expect 0
  run guest sk-status
  expect 0
  expect_text 'mounted on /mnt/data'
}
