#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the suites of the virtual machine rely on, as far as it needs no machine: does it see what must not be?

load world

# A volume of web's that is to be deleted or taken over, on one disk, and who may ask for its secret.
make_volume() {
  local caller
  sk prep-dev "$disk" >/dev/null
  before=$BATS_TEST_TMPDIR/before state=$BATS_TEST_TMPDIR/state callers=$BATS_TEST_TMPDIR/callers
  cp --sparse=always "$disk" "$before"
  dd if="${disk}p128" of="$before" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if="${disk}p1" of="$before" bs=1M seek=2 conv=notrunc,sparse status=none
  for caller in web database; do
    mkdir -p "$callers/$caller"
    cp "$world/etc/sovereign-keys/api_url.txt" "$callers/$caller/"
    cp "$SK_TEST_STUB/origin" "$callers/$caller/metadata"
    echo "${!caller}" >"$callers/$caller/instance"
  done
  cp "$SK_TEST_STUB/api_public_key.pem" "$SK_TEST_RSA_KEY" "$callers/"
  restore
}

restore() { cp --sparse=always "$before" "$state"; }

# overwrite OFFSET [TEXT]: a byte of the state, in place of what is there.
overwrite() { printf '%b' "${2:-\\001}" | dd of="$state" bs=1 seek="$1" conv=notrunc status=none; }

lose_signatures() {
  local at
  for at in "$@"; do head -c 6 /dev/zero | dd of="$state" bs=1 seek="$at" conv=notrunc status=none; done
}

# is_seen_as CLASS KIND [AFTER]: CLASS is violation for what must not be.
is_seen_as() {
  local code=0
  run "$BATS_TEST_DIRNAME/vm/check-state" --look "$2" "$before" "${3-$before}" "$state" "$callers"
  [[ $1 != violation ]] || code=1
  expect $code
  [[ $1 == violation || ${lines[-1]} == "$1" ]] || expect_text "$1"
}

readonly first_header=2097152 second_header=2113536 in_the_data=41943040 in_the_store=1500000 in_the_table=1024 in_the_second_table=67107840

@test "a volume that is given up has lost nothing but signatures of LUKS when it bears no sign" {
  make_volume
  is_seen_as untouched delete
  lose_signatures $first_header
  is_seen_as emptied delete
  lose_signatures $first_header $second_header
  is_seen_as emptied delete
  for place in $in_the_data $in_the_store $in_the_table $((first_header + 8)); do
    overwrite "$place"
    is_seen_as violation delete
    overwrite 524288 'Sovereign Keys prepares this disk'
    is_seen_as unfinished delete
    restore
    lose_signatures $first_header $second_header
  done
  mdel -i "$state@@1M" ::encrypted_secret.bin
  is_seen_as violation delete
}

@test "a volume that is taken over changes in its Secret Store alone" {
  make_volume
  is_seen_as untouched takeover
  overwrite $in_the_store
  is_seen_as old-owner takeover
  for place in $in_the_data $in_the_table $in_the_second_table $first_header; do
    restore
    overwrite "$place"
    is_seen_as violation takeover
  done
  restore
  mdel -i "$state@@1M" ::encrypted_secret.bin
  is_seen_as violation takeover
}

@test "a volume is whole when its data are what they were at the end; where nobody knows them, when it opens" {
  make_volume
  after=$before before=/dev/null
  is_seen_as owned prep "$after"
  overwrite $in_the_data
  is_seen_as violation prep "$after"
  is_seen_as owned prep ''
  lose_signatures $first_header $second_header
  is_seen_as violation prep ''
}

@test "the guest's image is made on x86_64 only, and says so elsewhere" {
  printf '#!/bin/sh\necho aarch64\n' >"$world/bin/uname"
  chmod +x "$world/bin/uname"
  PATH=$world/bin:$PATH run "$BATS_TEST_DIRNAME/vm/guest-image" "$BATS_TEST_TMPDIR/image"
  expect 1
  expect_text 'a machine of x86_64; this one is aarch64'
  [[ ! -e $BATS_TEST_TMPDIR/image ]]
}
