#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The power fails while a disk is prepared and taken over: what QEMU recorded of the disk is rebuilt as a cut may leave it. How to read the
# report: docs/testing/power-cuts.md. SK_VM_LONG=1 for 500 states; SK_VM_SEED for those of another run.

load vm
load powercut

setup_file() {
  export SK_VM_SEED=${SK_VM_SEED:-$((${SK_VM_LONG:-0} == 1 ? $(date +%s) : 1))}
  SK_VM_COMMIT=$(commit)
  export SK_VM_COMMIT
  echo "# commit $SK_VM_COMMIT, seed $SK_VM_SEED" >&3
}

RANDOM=$((SK_VM_SEED + BATS_TEST_NUMBER))
if [[ ${SK_VM_LONG:-} == 1 ]]; then
  readonly prep_states=110 again_states=90 delete_states=110 takeover_states=110 later_states=80 guest_states=5 kills=5 commands_each=5
else
  readonly prep_states=10 again_states=6 delete_states=8 takeover_states=8 later_states=8 guest_states=1 kills=1 commands_each=4
fi

teardown_file() { report; }

@test "a preparation is recorded: of an empty disk, of a volume that is given up, of an unfinished disk" {
  make_callers
  make_disk one 64M
  attach_recorded one sdf
  boot web
  record one prep /dev/sdf sk-prep-dev -f ext4
  guest sk-mount /dev/sdf /mnt/data
  guest_script 'echo precious >/mnt/data/file'
  guest sk-umount /mnt/data
  guest sync
  copy "$vm/one.img" "$kept/volume"
  record one delete /dev/sdf sk-prep-dev -f ext4 --delete-all-existing-data
  guest_script 'mount --bind /bin/false /usr/sbin/mkfs.ext4; sk-prep-dev -f ext4 --delete-all-existing-data /dev/sdf; umount /usr/sbin/mkfs.ext4'
  record one again /dev/sdf sk-prep-dev -f ext4
  shut_down
}

@test "a take-over is recorded: the first of a volume, and one that comes after others" {
  make_callers
  copy "$kept/volume" "$vm/one.img"
  copy "$kept/volume" "$vm/two.img"
  # So many names that those of this take-over lie in two sectors.
  head -c 92 /dev/urandom >"$vm/old"
  for time in 1700000000 1710000000; do mcopy -i "$vm/two.img@@1M" "$vm/old" "::encrypted_secret.bin.$time"; done
  attach_recorded one sdf
  attach_recorded two sdg
  boot database
  record one takeover /dev/sdf sk-takeown -i "$(of web instanceId)"
  record two later-takeover /dev/sdg sk-takeown -i "$(of web instanceId)"
  shut_down
}

# left KIND AS: attaches a state of the record to the next guest, and keeps what it is.
left() {
  local first last
  read -r first last _ <"$kept/$2.record"
  make_state "$2" "$vm/$2.img" $((first + RANDOM % (last - first))) "$SK_VM_SEED-guest"
  classes[$2]=$("$BATS_TEST_DIRNAME/check-state" --look "$1" "$kept/$2.before" "$kept/$2.after" "$vm/$2.img" "$callers")
  attach virtio "$2"
}

# is_recovered KIND AS
is_recovered() {
  recovers "$1" "${classes[$2]}" "/dev/disk/by-id/virtio-$2"
  echo "guest recovered" >>"$kept/outcomes"
}

@test "a guest recovers from what a cut leaves" {
  local as
  declare -A classes
  left takeover takeover
  ((guest_states == 1)) || left takeover later-takeover
  boot database
  is_recovered takeover takeover
  ((guest_states > 1)) || return 0
  is_recovered takeover later-takeover
  expect_no_secret takeover database
  expect_no_secret later-takeover database
  shut_down
  detach_all
  left prep prep
  left prep again
  left delete delete
  boot web
  for as in prep again; do
    is_recovered prep $as
    expect_no_secret $as web
  done
  is_recovered delete delete
  expect_no_secret delete web
}

@test "a guest that is killed leaves what the next one recovers from" {
  local i
  for ((i = 0; i < kills; i++)); do
    if ((i < 3)); then
      rm -f "$vm/killed.img"
      make_disk killed 64M
      kill_during prep web $((5 + RANDOM % 90)) killed sk-prep-dev -f ext4
    else
      copy "$kept/volume" "$vm/killed.img"
      kill_during takeover database $((5 + RANDOM % 90)) killed sk-takeown -i "$(of web instanceId)"
    fi
  done
}

@test "a preparation that is cut leaves nothing, an unfinished disk, or a volume" {
  check_states prep prep $prep_states
}

@test "a preparation of an unfinished disk that is cut leaves an unfinished disk, or a volume" {
  check_states prep again $again_states
}

@test "a preparation that deletes, and is cut, leaves what was there or less, an unfinished disk, or a volume" {
  check_states delete delete $delete_states
}

@test "a take-over that is cut leaves the volume to one of the two, or both" {
  check_states takeover takeover $takeover_states
  check_states takeover later-takeover $later_states
}
