#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The power fails before each write to the disk in turn. What was written with a flush is there afterwards, the rest is not.

load world

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
  local cuts=0
  while cut_at $((cuts + 1)) prep-dev "$disk"; do
    cuts=$((cuts + 1))
    reboot
    run sk prep-dev "$disk"
    echo "cut $cuts"
    expect 0
    run sk mount "$disk" "$world/mnt/data"
    expect 0
    new_world
  done
  echo "$cuts cuts"
  ((cuts >= 12))
}

@test "a second preparation over data that is cut anywhere leaves the data, or may be run again" {
  local cuts=0
  sk prep-dev "$disk"
  cp "$disk" "$BATS_TEST_TMPDIR/disk"
  cp "${disk}p1" "$BATS_TEST_TMPDIR/p1"
  cp "${disk}p128" "$BATS_TEST_TMPDIR/p128"
  while cut_at $((cuts + 1)) prep-dev --delete-all-existing-data "$disk"; do
    cuts=$((cuts + 1))
    echo "cut $cuts"
    reboot
    run sk prep-dev --delete-all-existing-data "$disk"
    expect 0
    new_world
    cp "$BATS_TEST_TMPDIR/disk" "$disk"
    cp "$BATS_TEST_TMPDIR/p1" "${disk}p1"
    cp "$BATS_TEST_TMPDIR/p128" "${disk}p128"
    reboot
  done
  ((cuts >= 15))
}

@test "a take-over that is cut anywhere leaves the volume to one of the two, and is simply run again" {
  local cuts=0
  sk prep-dev "$disk"
  cp "${disk}p128" "$BATS_TEST_TMPDIR/store"
  be "$database"
  while cut_at $((cuts + 1)) takeown -i "$web" "$disk"; do
    cuts=$((cuts + 1))
    echo "cut $cuts"
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
  done
  ((cuts >= 4))
}
