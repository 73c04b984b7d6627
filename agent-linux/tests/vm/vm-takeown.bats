#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A volume is restored from a snapshot on another instance.

load vm

# A volume of web's, with data; a snapshot of it is attached next.
make_snapshot() {
  make_disk volume
  attach nvme volume sdf
  boot web
  guest sk-prep-dev /dev/sdf
  guest sk-mount /dev/sdf /mnt/data
  guest_script 'echo precious >/mnt/data/file'
  guest sk-umount /mnt/data
  shut_down
  cp --sparse=always "$vm/volume.img" "$vm/snapshot.img"
  detach_all
  attach nvme snapshot sdf
}

# Of a guest that runs, or of one that is off.
expect_as_it_was() {
  [[ -z $vm_pid ]] || guest sync
  cmp "$vm/volume.img" "$vm/snapshot.img"
}

@test "a restored volume: not mounted as another instance's, taken over, mounted, the old version archived" {
  local source
  make_snapshot
  boot database
  run sk mount /dev/sdf /mnt/data
  expect 1
  expect_text "sk-takeown -i THAT_INSTANCE /dev/sdf makes it this one's"
  expect_nothing_left
  run guest sk-status --ask-owner
  expect 0
  expect_text 'owner: another instance'

  for source in stopped neighbour; do
    run sk takeown -i "$(of "$source" instanceId)" /dev/sdf
    expect 1
    expect_text 'the volume is as it was'
    expect_nothing_left
    expect_as_it_was
  done

  run sk takeown -i "$(of web instanceId)" /dev/sdf
  expect 0
  [[ ${lines[-1]} == Success ]]
  expect_nothing_left
  run mdir -b -i "$vm/snapshot.img@@1M" ::
  ((${#lines[@]} == 2))
  cmp <(stored volume) <(stored snapshot "$(sed -n 's|^::/\(.*\.[0-9]*\)$|\1|p' <<<"$output")")
  run sk mount /dev/sdf /mnt/data
  expect 0
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  expect_no_secret snapshot database
  run guest sk-takeown -i "$(of web instanceId)" /dev/sdf
  expect 0
  expect_text 'is the owner of'
}

@test "instances of another VPC, and strangers, take nothing over" {
  local caller
  make_snapshot
  for caller in neighbour stranger; do
    boot "$caller"
    run guest sk-takeown -i "$(of web instanceId)" /dev/sdf
    expect 1
    if [[ $caller == neighbour ]]; then
      expect_text 'the service said no (status 400): There is no encryption key for this VPC'
    else
      expect_text 'does not let this instance in (status 401)'
    fi
    expect_nothing_left
    run guest sk-mount /dev/sdf /mnt/data
    expect 1
    expect_nothing_left
    shut_down
    expect_as_it_was
  done
}
