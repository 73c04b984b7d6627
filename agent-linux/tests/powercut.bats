#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The power fails before each write to the disk in turn. What was written with a flush is there afterwards, the rest is not.

load world

# Every so-many-th cut is tried; all of them take minutes.
readonly step=${SK_TEST_CUT_STEP:-3}

# cut_at NUMBER COMMAND...: false when the command ended before it came to that write.
cut_at() {
  : >"$world/log/writes"
  ! SK_TEST_CUT=$1 sk "${@:2}" >/dev/null 2>&1
}

new_world() {
  local image
  reboot
  rm -f "$world"/plain/*
  for image in "$disk" "${disk}p1" "${disk}p128"; do
    rm -f "$image"
  done
  truncate -s 64M "$disk"
  reboot
}

@test "a preparation that is cut anywhere is simply run again" {
  local at=1
  while cut_at $at prep-dev "$disk"; do
    reboot
    run sk prep-dev "$disk"
    echo "cut at write $at"
    expect 0
    run sk mount "$disk" "$world/mnt/data"
    expect 0
    new_world
    at=$((at + step))
  done
  ((at > 10))
}

@test "a preparation that is killed anywhere is simply run again, without a reboot" {
  local at=1
  while cut_at $at prep-dev "$disk"; do
    echo "killed at write $at"
    run sk prep-dev "$disk"
    if ((status != 0)); then # the file "preparing" was gone: it is finished
      expect_text 'is not empty'
      run sk mount "$disk" "$world/mnt/data"
    fi
    expect 0
    new_world
    at=$((at + step))
  done
  ((at > 10))
}

@test "a take-over that is killed anywhere is simply run again, without a reboot" {
  local at=1
  sk prep-dev "$disk"
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  be "$database"
  while cut_at $at takeown -i "$web" "$disk"; do
    echo "killed at write $at"
    run sk takeown -i "$web" "$disk"
    expect 0
    expect_nothing_left
    cp "$BATS_TEST_TMPDIR/store" "${disk}p128"
    at=$((at + step))
  done
  ((at > 4))
}

@test "the preparation of an unfinished disk that is cut anywhere is simply run again" {
  local at=1 image
  SK_TEST_BROKEN=mkfs.xfs run sk prep-dev "$disk"
  expect 1
  for image in "$disk" "${disk}p1" "${disk}p128"; do cp "$image" "$image.unfinished"; done
  while cut_at $at prep-dev "$disk"; do
    echo "cut at write $at"
    reboot
    run sk prep-dev "$disk"
    expect 0
    new_world
    for image in "$disk" "${disk}p1" "${disk}p128"; do cp "$image.unfinished" "$image"; done
    reboot
    at=$((at + step))
  done
  ((at > 13))
}

@test "a take-over that is cut anywhere leaves the volume to one of the two, and is simply run again" {
  local at=1
  sk prep-dev "$disk"
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  be "$database"
  while cut_at $at takeown -i "$web" "$disk"; do
    echo "cut at write $at"
    reboot
    be "$web"
    run sk mount "$disk" "$world/mnt/data"
    if ((status != 0)); then
      be "$database"
      run sk mount "$disk" "$world/mnt/data"
    fi
    expect 0
    sk umount "$world/mnt/data"
    be "$database"
    run sk takeown -i "$web" "$disk"
    expect 0
    run sk mount "$disk" "$world/mnt/data"
    expect 0
    reboot
    cp "$BATS_TEST_TMPDIR/store" "${disk}p128"
    at=$((at + step))
  done
  ((at > 4))
}
