#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The service fails in each way it can. Each time there is a sentence and an exit code; nothing is formatted, and nothing is left.

load vm

# refuses FAULT SENTENCE COMMAND...: fails with 1, and leaves the disk as it was.
refuses() {
  local before
  guest sync
  before=$(sha256sum "$vm/$disk.img")
  fault "$1"
  run sk "${3#sk-}" "${@:4}"
  expect 1
  expect_text "$2"
  expect_nothing_left
  guest sync
  [[ $(sha256sum "$vm/$disk.img") == "$before" ]]
}

# is_asked FAULT SENTENCE: by each command, before it changes anything.
is_asked() {
  disk=empty refuses "$1" "$2" sk-prep-dev /dev/vda
  disk=volume refuses "$1" "$2" sk-mount /dev/vdb /mnt/data
  disk=volume refuses "$1" "$2" sk-takeown -i "$(of database instanceId)" /dev/vdb
}

make_disks() {
  make_disk empty 64M
  make_disk volume 64M
  attach virtio empty
  attach virtio volume
  start_faults web
  boot web
  sk prep-dev -f ext4 /dev/vdb
}

# A crash leaves no memory, though the kernel gives it to a pipe, as to systemd-coredump.
leaves_no_memory() {
  guest_script 'echo "|/usr/bin/dd of=/run/core" >/proc/sys/kernel/core_pattern
    printf "%s\n" "#!/bin/bash" "kill -SEGV \$\$" >/usr/local/bin/cryptsetup && chmod +x /usr/local/bin/cryptsetup'
  run guest sk-mount /dev/vdb /mnt/data
  expect 1
  expect_text 'cryptsetup could not open'
  expect_nothing_left
  run guest_script 'sleep 1 && test -e /run/core'
  expect 1
  # Elsewhere the same crash does.
  guest_script '(ulimit -c 0; cryptsetup); sleep 1; test -s /run/core'
}

@test "answers that are not right" {
  make_disks
  is_asked 'status 403 {"message": "Forbidden"}' 'does not let this instance in (status 403): Forbidden'
  is_asked rubbish 'answer'
  disk=empty refuses 'wrong-signature wrapped_secret' 'signature' sk-prep-dev /dev/vda
  disk=volume refuses 'wrong-signature wrapped_secret' 'signature' sk-mount /dev/vdb /mnt/data
  disk=volume refuses 'convert-secret wrong-signature encrypted_secret' 'signature' sk-takeown -i "$(of web instanceId)" /dev/vdb
  is_asked other-blob 'signature'
  disk=volume refuses 'decrypt-secret other-secret' 'no secret of /dev/vdb opens it' sk-mount /dev/vdb /mnt/data
  disk=volume refuses 'convert-secret other-secret' 'nothing was changed' sk-takeown -i "$(of web instanceId)" /dev/vdb
  fault 'generate-secret other-secret'
  run guest sk-prep-dev /dev/vda
  expect 1
  expect_text 'was not formatted'
  expect_nothing_left
  fault ''
  run guest sk-mount /dev/vda /mnt/data
  expect 4
  run guest sk-prep-dev -f ext4 /dev/vda
  expect 0
  run guest sk-mount /dev/vdb /mnt/data
  expect 0
  expect_no_secret volume web
  guest sk-umount /mnt/data
  leaves_no_memory
}

# bats test_tags=long
@test "all the other ways to fail" {
  make_disks
  is_asked 'status 400 {"detail": "Bad parameters: volume_uuid"}' 'the service said no (status 400): Bad parameters: volume_uuid'
  is_asked 'status 401 {"message": "Unauthorized"}' '(status 401): Unauthorized'
  is_asked 'status 429 {"message": "Too Many Requests"}' 'is away for now (status 429): Too Many Requests'
  is_asked 'status 500 {"message": "Internal Server Error"}' 'the service said no (status 500): Internal Server Error'
  is_asked 'status 503 {"detail": "The HSM is out of reach"}' 'is away for now (status 503): The HSM is out of reach'
  is_asked away 'does not answer'
  is_asked endless 'the call to http'
  is_asked 'status 200 {}' 'answer'
  disk=empty refuses 'wrong-signature encrypted_secret' 'signature' sk-prep-dev /dev/vda
  disk=volume refuses 'decrypt-secret wrong-signature wrapped_secret' 'signature' sk-takeown -i "$(of web instanceId)" /dev/vdb
  # shellcheck disable=SC2016 # the guest's bash expands it
  guest_script 'mkdir /mnt/store && mount -t vfat /dev/vdb128 /mnt/store
    for i in {1000000000..1000000999}; do echo old >/mnt/store/encrypted_secret.bin.$i || break; done 2>/dev/null
    umount /mnt/store && blockdev --flushbufs /dev/vdb128'
  disk=volume refuses '' 'No space left on device' sk-takeown -i "$(of web instanceId)" /dev/vdb
  guest ip link set eth0 down
  is_asked '' 'gave no instance id'
  guest_script 'ip link set eth0 up'
  fault 'slow 30'
  run guest sk-mount /dev/vdb /mnt/data
  expect 0
  guest sk-umount /mnt/data
  run guest sk-takeown -i "$(of database instanceId)" /dev/vdb
  expect 0
  run guest sk-prep-dev -f ext4 /dev/vda
  expect 0
  expect_nothing_left
  # Four tries of a minute.
  disk=volume refuses 'slow 65' 'does not answer' sk-mount /dev/vdb /mnt/data
  expect_no_secret volume web
}

# drive NAME DRIVE: in the next guest, as QEMU is told.
drive() { disks+=(-drive "if=none,id=$1,format=raw,$2" -device "virtio-blk-pci,drive=$1,serial=$1"); }

# bats test_tags=long
@test "a disk that cannot be read, and one that can only be read" {
  local before
  make_disk one 64M
  attach virtio one
  boot web
  sk prep-dev -f ext4 /dev/vda
  guest sync
  cut_power
  before=$(sha256sum "$vm/one.img")
  # Where its Secret Store begins.
  printf '%s\n' '[inject-error]' 'event = "read_aio"' 'errno = "5"' 'sector = "2048"' 'once = "off"' >"$vm/one.faults"
  detach_all
  drive one "file=blkdebug:$vm/one.faults:$vm/one.img"
  boot web
  run guest dd if=/dev/vda128 of=/dev/null count=1
  expect 1
  run guest sk-prep-dev /dev/vda
  expect 1
  expect_text 'cannot be read'
  expect_nothing_left
  guest sync
  cut_power
  [[ $(sha256sum "$vm/one.img") == "$before" ]]
  detach_all
  drive one "file=$vm/one.img,readonly=on"
  boot web
  run guest sk-takeown -i "$(of web instanceId)" /dev/vda
  expect 4
  expect_text 'can only be read'
  run guest sk-prep-dev --delete-all-existing-data /dev/vda
  expect 4
  run guest sk-mount /dev/vda /mnt/data
  expect 0
  guest sk-umount /mnt/data
  [[ $(sha256sum "$vm/one.img") == "$before" ]]
}
