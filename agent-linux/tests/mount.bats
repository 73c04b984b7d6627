#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# sk-mount and sk-umount.

load world

@test "a volume is mounted, unmounted and mounted again" {
  sk prep-dev "$disk"
  run sk mount "$disk" "$world/mnt/my data/deep"
  expect 0
  [[ ${lines[-1]} == Success ]]
  [[ $(stat -c %a "$world/mnt/my data") == 755 ]]
  [[ -z $(find "$world/run" -name 'secrets.*' -o -name 'store.*') ]]
  run sk umount "$world/mnt/my data/deep"
  expect 0
  expect_nothing_left
  run sk mount "$disk" "$world/mnt/my data/deep"
  expect 0
}

@test "what is mounted there already is said, and nobody is asked" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  : >"$SK_TEST_STUB/requests"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
  expect_text 'already'
  run sk mount "$disk" "$world/mnt/other"
  expect 4
  expect_text "is mounted on $world/mnt/data already"
  [[ ! -s $SK_TEST_STUB/requests ]]
}

@test "a mount point that is taken is refused" {
  sk prep-dev "$disk"
  printf '%s\n' "30 20 8:1 / $world/mnt/my\\040\\134data rw - ext4 /dev/sda1 rw" >"$world/proc/self/mountinfo"
  run sk mount "$disk" "$world/mnt/my \\data"
  expect 4
  expect_text 'something else is mounted'
}

@test "of two volumes for one mount point, the second does not cover the first" {
  sk prep-dev "$disk"
  # shellcheck disable=SC2016 # for the stand-in
  printf '#!/bin/bash\n[[ "$*" != *mnt/data ]] || echo "30 20 8:1 / ${!#} rw - ext4 /dev/sda1 rw" >>%q\nexec /usr/bin/mkdir "$@"\n' \
    "$world/proc/self/mountinfo" >"$world/bin/mkdir"
  chmod +x "$world/bin/mkdir"
  run sk mount "$disk" "$world/mnt/data"
  expect 4
  expect_text 'something else is mounted'
  [[ $(<"$world/proc/self/mountinfo") == *"$world/mnt/data "*sda1* && -z $(ls "$world/dev/mapper") ]]
}

@test "a volume that a killed run left open is mounted without a question" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  with_tools umount "$world/mnt/data"
  : >"$SK_TEST_STUB/requests"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
  [[ ! -s $SK_TEST_STUB/requests ]]
}

@test "another instance is told to take the volume over" {
  sk prep-dev "$disk"
  be "$database"
  run sk mount "$disk" "$world/mnt/data"
  expect 1
  expect_text "sk-takeown -i THAT_INSTANCE $disk"
  [[ ! -e $world/mnt/data ]]
  expect_nothing_left
}

@test "a new copy that was not renamed opens the volume" {
  sk prep-dev "$disk"
  mren -i "${disk}p128" ::encrypted_secret.bin ::encrypted_secret.bin.new
  head -c 92 /dev/urandom | mcopy -i "${disk}p128" - ::encrypted_secret.bin
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "the newest archive opens the volume" {
  sk prep-dev "$disk"
  mren -i "${disk}p128" ::encrypted_secret.bin ::encrypted_secret.bin.1700000000
  head -c 92 /dev/urandom | mcopy -i "${disk}p128" - ::encrypted_secret.bin.999
  run sk mount "$disk" "$world/mnt/data"
  expect 0
  [[ $(requests decrypt-secret) == 2 ]]
}

@test "a copy that cannot be read is no copy" {
  sk prep-dev "$disk"
  stored encrypted_secret.bin | mcopy -i "${disk}p128" - ::encrypted_secret.bin.1700000000
  cat >"$world/bin/cp" <<'END'
#!/bin/bash
[[ " $* " != */encrypted_secret.bin\ * ]] || exit 1
exec /bin/cp "$@"
END
  chmod +x "$world/bin/cp"
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "a file whose cluster is free in the FAT, as a power cut leaves it, does not hide the archive" {
  sk prep-dev "$disk"
  stored encrypted_secret.bin | mcopy -i "${disk}p128" - ::encrypted_secret.bin.1700000000
  # Of the clusters 2 and 3, the second is taken: 12 bits each, in both FATs.
  for at in 515 1539; do printf '\0\360\377' | dd of="${disk}p128" bs=1 seek=$at conv=notrunc status=none; done
  run sk mount "$disk" "$world/mnt/data"
  expect 0
}

@test "a Secret Store without a secret is said" {
  sk prep-dev "$disk"
  mdel -i "${disk}p128" ::encrypted_secret.bin
  run sk mount "$disk" "$world/mnt/data"
  expect 4
  expect_text 'holds no encrypted secret'
  expect_nothing_left
}

@test "a secret that does not open the header mounts nothing" {
  sk prep-dev "$disk"
  faults 'other secret'
  run sk mount "$disk" "$world/mnt/data"
  expect 1
  expect_nothing_left
}

@test "a damaged header is told from a secret that is not the volume's" {
  sk prep-dev "$disk"
  head -c 1048576 /dev/zero | dd of="${disk}p1" conv=notrunc status=none
  run sk mount "$disk" "$world/mnt/data"
  expect 1
  expect_text "cryptsetup could not open ${disk}p1"
  expect_nothing_left
}

@test "one derivation of the key opens the volume" {
  sk prep-dev "$disk"
  : >"$world/log/arguments"
  sk mount "$disk" "$world/mnt/data"
  [[ $(grep --count '^cryptsetup open' "$world/log/arguments") == 1 ]]
}

@test "a file system that cannot be mounted leaves nothing mapped" {
  sk prep-dev "$disk"
  : >"$world/plain/nvme1n1p1"
  run sk mount "$disk" "$world/mnt/data"
  expect 1
  expect_text 'cannot be mounted'
  expect_nothing_left
}

@test "what is no volume of ours is not mounted and not unmounted" {
  run sk mount "$disk" "$world/mnt/data"
  expect 4
  expect_text 'is not a volume of Sovereign Keys'
  echo "30 20 8:1 / $world/mnt/data rw - ext4 /dev/sda1 rw" >"$world/proc/self/mountinfo"
  run sk umount "$world/mnt/data"
  expect 4
  [[ -s $world/proc/self/mountinfo ]]
}

@test "a volume that is mounted elsewhere too is not said to be closed" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  echo "37 35 253:0 /folder $world/mnt/b rw - xfs $world/dev/mapper/sk-nvme1n1p1 rw" >>"$world/proc/self/mountinfo"
  run sk umount "$world/mnt/data"
  expect 1
  expect_text "mounted on $world/mnt/b too"
  run sk umount "$world/mnt/b"
  expect 0
  expect_nothing_left
}

@test "what is mounted over a volume is left alone" {
  sk prep-dev -a "$world/mnt/data" "$disk"
  echo "37 36 0:50 / $world/mnt/data rw - tmpfs tmpfs rw" >>"$world/proc/self/mountinfo"
  run sk umount "$world/mnt/data"
  expect 4
  expect_text 'something else is mounted over'
  [[ $(wc -l <"$world/proc/self/mountinfo") == 2 ]]
  sed -i '$d' "$world/proc/self/mountinfo"
  run sk umount "$world/mnt/data"
  expect 0
}

@test "a volume whose disk was detached by force is unmounted and closed" {
  sk prep-dev -a "$world/mnt/my data" "$disk"
  detach nvme1n1
  run sk umount "$world/mnt/other"
  expect 4
  run sk umount "$world/mnt/my data"
  expect 0
  expect_nothing_left
}

# leave_secrets NAME: as a run does that was killed.
leave_secrets() {
  left=$world/run/sovereign-keys/$1
  mkdir -p "$left"
  echo secret >"$left/secret.bin"
  echo "30 20 0:99 / $left rw - ramfs none rw" >"$world/proc/self/mountinfo"
}

@test "a run that was killed is cleared up after by the next, though its number is another process's now" {
  sk prep-dev "$disk"
  leave_secrets secrets.$$
  sk mount "$disk" "$world/mnt/data"
  [[ ! -e $left ]]
}

@test "what a run that lives has is left alone" {
  sk prep-dev "$disk"
  leave_secrets secrets.999999999
  exec 7<"$left"
  flock 7
  sk mount "$disk" "$world/mnt/data"
  [[ -e $left/secret.bin ]]
  exec 7<&-
}

@test "one command works on a disk at a time" {
  sk prep-dev "$disk"
  exec 7>"$world/run/sovereign-keys/lock.nvme1n1"
  flock 7
  # shellcheck disable=SC2016 # for the script that is written here
  printf '#!/bin/bash\nexec /usr/bin/flock --nonblock "${@: -1}"\n' >"$world/bin/flock"
  chmod +x "$world/bin/flock"
  run sk mount "$disk" "$world/mnt/data"
  exec 7>&-
  expect 1
  expect_text 'another command of Sovereign Keys works on'
}

@test "a preparation killed after mkfs is not mounted, though its mapping is open" {
  rm "$world/bin/mkfs.xfs"
  # shellcheck disable=SC2016 # for the stand-in
  printf '#!/bin/bash\nprintf "fs" >"${!#}"\nkill -9 -- "-$(ps -o pgid= -p $$ | tr -d " ")"\n' >"$world/bin/mkfs.xfs"
  chmod +x "$world/bin/mkfs.xfs"
  run sk prep-dev "$disk"
  run sk mount "$disk" "$world/mnt/data"
  expect 4
}

@test "a Secret Store that a killed run left mounted is unmounted by whoever comes next" {
  local words
  sk prep-dev "$disk"
  sk mount "$disk" "$world/mnt/data"
  for words in "umount $world/mnt/data" 'status --ask-owner' "mount $disk $world/mnt/data" "umount $world/mnt/data" "takeown -i $web $disk"; do
    mkdir -p "$world/run/sovereign-keys/store.nvme1n1"
    with_tools mount -t vfat -o ro -- "${disk}p128" "$world/run/sovereign-keys/store.nvme1n1"
    # shellcheck disable=SC2086 # several words
    run sk $words
    expect 0
    [[ $(<"$world/proc/self/mountinfo") != *store.nvme1n1* && ! -e $world/run/sovereign-keys/store.nvme1n1 ]]
  done
}

@test "TERM while cryptsetup opens leaves nothing mapped" {
  sk prep-dev "$disk"
  rm "$world/bin/cryptsetup"
  cat >"$world/bin/cryptsetup" <<END
#!/bin/bash
if [[ " \$* " != *--test-passphrase* && \$1 == open ]]; then kill -TERM \$PPID; fi
exec -a cryptsetup bash -c 'source $BATS_TEST_DIRNAME/fake' $world/bin/cryptsetup "\$@"
END
  chmod +x "$world/bin/cryptsetup"
  run sk mount "$disk" "$world/mnt/data"
  [[ -z $(ls "$world/dev/mapper") ]]
}
