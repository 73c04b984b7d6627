#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# sk-takeown: the snapshot story, and what goes wrong in it.

load world

# A volume of web's, seen from database.
restored() {
  sk prep-dev "$disk"
  stored encrypted_secret.bin >"$BATS_TEST_TMPDIR/old"
  be "$database"
}

@test "a restored volume is taken over, mounts, and the old version is archived" {
  restored
  run sk takeown -i "$web" "$disk"
  expect 0
  [[ ${lines[-1]} == Success ]]
  expect_nothing_left
  cmp "$BATS_TEST_TMPDIR/old" <(stored 'encrypted_secret.bin.1*')
  run mdir -b -i "${disk}p128" ::
  [[ ${#lines[@]} == 2 ]]
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "a second time says that the instance is the owner" {
  restored
  sk takeown -i "$web" "$disk"
  run sk takeown --source_instance "$web" "$disk"
  expect 0
  expect_text 'is the owner of'
  run mdir -b -i "${disk}p128" ::
  [[ ${#lines[@]} == 2 ]]
}

@test "a wrong source leaves the volume as it was" {
  restored
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  run sk takeown -i i-0aaaaaaaaaaaaaaaa "$disk"
  expect 1
  expect_text 'the volume is as it was'
  cmp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  expect_nothing_left
}

@test "a conversion to another secret changes nothing" {
  restored
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  faults 'other secret'
  run sk takeown -i "$web" "$disk"
  expect 1
  expect_text 'does not open'
  cmp "${disk}p128" "$BATS_TEST_TMPDIR/store"
}

@test "the service's failures change nothing" {
  local fault
  restored
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  for fault in 'convert-secret 403 9 {"message": "no"}' 'convert-secret 200 9 {}' 'decrypt-secret 500 9 oh' 'bad signature' \
    'decrypt-secret wrapped_secret_signature'; do
    faults "$fault"
    run sk takeown -i "$web" "$disk"
    expect 1
    cmp "${disk}p128" "$BATS_TEST_TMPDIR/store"
    expect_nothing_left
  done
}

@test "a version that a cut take-over left is put right by its owner" {
  restored
  sk takeown -i "$web" "$disk"
  mren -i "${disk}p128" ::encrypted_secret.bin ::encrypted_secret.bin.new
  mcopy -i "${disk}p128" "$BATS_TEST_TMPDIR/old" ::encrypted_secret.bin
  run sk takeown -i "$web" "$disk"
  expect 0
  run sk mount "$disk" "$world/mnt/data"
  expect 0
  [[ $(requests decrypt-secret) == 4 ]]
}

@test "a new version that is the only copy is renamed, not written again" {
  restored
  sk takeown -i "$web" "$disk"
  mren -i "${disk}p128" ::encrypted_secret.bin ::encrypted_secret.bin.new
  : >"$world/log/arguments"
  run sk takeown -i "$web" "$disk"
  expect 0
  not_called '^dd .*of=.*encrypted_secret.bin.new'
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "a chain of owners keeps each version" {
  restored
  sk takeown -i "$web" "$disk"
  be "$web"
  sk takeown -i "$database" "$disk"
  run mdir -b -i "${disk}p128" ::
  [[ ${#lines[@]} == 3 ]]
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "the owner before the last one is a source, too: its version is in the archive" {
  restored
  sk takeown -i "$web" "$disk"
  stored encrypted_secret.bin >"$BATS_TEST_TMPDIR/last"
  be i-0aaaaaaaaaaaaaaaa
  run sk takeown -i "$web" "$disk"
  expect 0
  expect_text "The version that was $web's lies in the archive"
  run mdir -b -i "${disk}p128" ::
  [[ ${#lines[@]} == 3 ]]
  run sk mount "$disk" "$world/mnt/data"
  expect 0
  sk umount "$world/mnt/data"
  # The last owner's version is archived, too.
  be "$database"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "the archive of the last owner is the newest, whatever the clock says" {
  restored
  head -c 92 /dev/urandom | mcopy -i "${disk}p128" - ::encrypted_secret.bin.4000000000
  sk takeown -i "$web" "$disk"
  cmp "$BATS_TEST_TMPDIR/old" <(stored encrypted_secret.bin.4000000001)
  mdel -i "${disk}p128" ::encrypted_secret.bin
  # One that was cut while it was written does not hide it.
  : | mcopy -i "${disk}p128" - ::encrypted_secret.bin.4000000002
  be "$web"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "a disk that can only be read is not taken over" {
  restored
  echo 1 >"$world/devices/nvme1n1/ro"
  run sk takeown -i "$web" "$disk"
  expect 4
  expect_text 'can only be read'
  echo 0 >"$world/devices/nvme1n1/ro"
  run sk takeown -i "$web" "$disk"
  expect 0
}

@test "the source must be an instance" {
  run sk takeown "$disk"
  expect 2
  run sk takeown -i web "$disk"
  expect 2
  expect_text 'web is not an instance id'
}

@test "sk-status --ask-owner does not disturb a take-over" {
  sk prep-dev "$disk"
  be "$database"
  rm "$world/bin/dd"
  cat >"$world/bin/dd" <<END
#!/bin/bash
if [[ "\$*" == *of=*encrypted_secret.bin.new* ]]; then timeout 5 $agent/bin/sk-status --ask-owner >/dev/null 2>&1; fi
exec -a dd bash -c 'source $BATS_TEST_DIRNAME/fake' $world/bin/dd "\$@"
END
  chmod +x "$world/bin/dd"
  run sk takeown -i "$web" "$disk"
  expect 0
}
