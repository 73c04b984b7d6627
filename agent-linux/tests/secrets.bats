#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Where a secret shows: nowhere.

load world

# expect_no_secret FILE...: in no form in which a shell could leave it.
expect_no_secret() {
  [[ -s $SK_TEST_STUB/secrets ]]
  python3 - "$SK_TEST_STUB/secrets" "$SK_TEST_RSA_KEY" "$@" <<'END'
import base64, re, sys

secrets = open(sys.argv[1], "rb").read()
key = re.sub(rb"-----.*-----\n?", b"", open(sys.argv[2], "rb").read()).replace(b"\n", b"")
forms = [key[64:128]]
for at in range(0, len(secrets), 32):
    secret = secrets[at:at + 32]
    forms += [secret, secret.hex().encode(), base64.b64encode(secret)[:40], secret.split(b"\0")[-1] if len(secret.split(b"\0")[-1]) > 8 else secret]
for path in sys.argv[3:]:
    content = open(path, "rb").read().replace(b"\n", b"") if "/log/" in path else open(path, "rb").read()
    for form in forms:
        if form in content:
            sys.exit("a secret is in " + path)
END
}

everything() { find "$world" -type f -size -80M; }

@test "neither arguments, environment, output nor the disk hold the secret, after each story" {
  local files
  look_at awk base64 cat cmp cp cut date find fsck.fat grep head jq mv rm sed sort tail tr wc
  {
    sk prep-dev -a "$world/mnt/data" "$disk"
    sk umount "$world/mnt/data"
    sk mount "$disk" "$world/mnt/data"
    sk umount "$world/mnt/data"
    be "$database"
    sk takeown -i "$web" "$disk"
  } >"$world/log/output" 2>&1
  readarray -t files < <(everything)
  expect_no_secret "${files[@]}"
}

@test "a trace of the shell shows no secret" {
  PATH=$world/bin:$PATH bash -x "$agent/bin/sk-prep-dev" "$disk" >"$world/log/output" 2>&1
  expect_no_secret "$world/log/output"
}

@test "the key file has 32 bytes and belongs to its owner alone, in a RAM file system that the run holds; no memory is dumped" {
  rm "$world/bin/mkfs.xfs"
  cat >"$world/bin/mkfs.xfs" <<'END'
#!/bin/bash
stat -c '%a %s' "$SK_TEST_ROOT"/run/sovereign-keys/secrets.*/secret.bin >"$SK_TEST_ROOT/log/key"
stat -c %a "$SK_TEST_ROOT"/run/sovereign-keys/secrets.* >>"$SK_TEST_ROOT/log/key"
flock --nonblock "$SK_TEST_ROOT"/run/sovereign-keys/secrets.* true || echo held >>"$SK_TEST_ROOT/log/key"
sed -n 's/^Max core file size *\([0-9]* *[0-9]*\) .*/\1/p' /proc/self/limits | tr -s ' ' >>"$SK_TEST_ROOT/log/key"
printf 'fs' >"${!#}"
END
  chmod +x "$world/bin/mkfs.xfs"
  sk prep-dev "$disk"
  [[ $(<"$world/log/key") == $'600 32\n700\nheld\n1 1' ]]
  grep --quiet '^mount -t ramfs -o mode=0700' "$world/log/arguments"
  grep --quiet "^cryptsetup luksFormat .*--key-file $world/run/sovereign-keys/secrets.[A-Za-z0-9]*/secret.bin --keyfile-size 32" "$world/log/arguments"
}

@test "without a RAM file system that stays out of swap, no secret is asked for" {
  rm "$world/bin/mount"
  printf '#!/bin/bash\nexit 32\n' >"$world/bin/mount"
  chmod +x "$world/bin/mount"
  echo '/dev/vda3 partition 1 0 -2' >>"$world/proc/swaps"
  run sk prep-dev "$disk"
  expect 1
  expect_text 'no RAM file system that stays out of swap'
  [[ $(requests generate) == 0 ]]
}

@test "the one-time key is made anew for each run, in the size that the configuration says" {
  unset SK_TEST_RSA_KEY
  echo rsa_bits=3072 >>"$world/etc/sovereign-keys/agent.conf"
  sk prep-dev "$disk"
  grep --quiet '^openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out .*/secrets.[A-Za-z0-9]*/rsa_key.pem' "$world/log/arguments"
}

@test "a command that is stopped leaves nothing behind" {
  sk prep-dev "$disk"
  faults 'decrypt-secret slow 30'
  PATH=$world/bin:$PATH setsid "$agent/bin/sk-mount" "$disk" "$world/mnt/data" >"$world/log/output" 2>&1 3>&- &
  until grep --quiet decrypt-secret "$SK_TEST_STUB/requests" && [[ $(requests decrypt-secret) == 2 ]]; do sleep 0.1; done
  kill -TERM -- "-$(pgrep --newest --full "$agent/bin/sk-mount $disk")" 2>/dev/null || kill $!
  wait $! || true
  grep --quiet 'stopped from outside' "$world/log/output"
  expect_nothing_left
}

# without_output terminal|nohup|pipe CALL COMMAND...: the output's reader is gone when the service gets this CALL. See lose-output.
without_output() {
  : >"$SK_TEST_STUB/requests"
  run timeout 60 "$BATS_TEST_DIRNAME/lose-output" "$1" "$SK_TEST_STUB/requests" "$2" env PATH="$world/bin:$PATH" "$agent/bin/sk-$3" "${@:4}" 3>&-
}

@test "a terminal that is lost while secrets lie in the RAM file system leaves nothing behind" {
  faults 'decrypt-secret slow 2'
  without_output terminal decrypt-secret prep-dev "$disk"
  expect 1
  expect_nothing_left
  no_faults
  sk prep-dev "$disk"
  faults 'decrypt-secret slow 2' 'convert-secret slow 2'
  without_output terminal decrypt-secret mount "$disk" "$world/mnt/data"
  expect 1
  expect_nothing_left
  be "$database"
  without_output terminal convert-secret takeown -i "$web" "$disk"
  expect 1
  expect_nothing_left
}

@test "a failure that nobody hears of leaves nothing behind" {
  local kind
  faults 'decrypt-secret slow 1' 'decrypt-secret 403 9 {}'
  for kind in nohup pipe; do
    without_output $kind decrypt-secret prep-dev "$disk"
    expect 1
    expect_nothing_left
  done
}

@test "a command whose output nobody reads does what it should" {
  local kind conf=$world/etc/sovereign-keys/automount.conf
  ln -sf /bin/true "$world/bin/sleep"
  for kind in nohup pipe; do
    without_output $kind '' prep-dev --delete-all-existing-data "$disk"
    expect 0
    expect_nothing_left
    without_output $kind '' mount "$disk" "$world/mnt/data"
    expect 0
    is_mounted
    without_output $kind '' umount "$world/mnt/data"
    expect 0
    expect_nothing_left
    be "$database"
    without_output $kind '' takeown -i "$web" "$disk"
    expect 0
    expect_nothing_left
    printf '%s\n' 'no line' "$disk:$world/mnt/data" >"$conf"
    without_output $kind '' automount
    expect 1
    is_mounted
    sk umount "$world/mnt/data"
    faults 'decrypt-secret 503 5'
    without_output $kind '' automount --wait 1
    expect 1
    is_mounted
    sk umount "$world/mnt/data"
    rm "$conf"
    no_faults
    be "$web"
  done
}

is_mounted() { grep --quiet " $world/mnt/data " "$world/proc/self/mountinfo"; }

@test "what is stopped while it unmounts or closes is unmounted and closed on the way out" {
  local tool pattern
  for tool in umount cryptsetup; do
    pattern='*/store.*'
    [[ $tool == umount ]] || pattern='close*'
    rm "$world/bin/$tool"
    cat >"$world/bin/$tool" <<END
#!/bin/bash
if [[ "\$*" == $pattern && ! -e $world/log/stopped.$tool ]]; then
  : >$world/log/stopped.$tool
  kill -TERM \$PPID
  exit 1
fi
exec -a $tool bash -c 'source $BATS_TEST_DIRNAME/fake' $world/bin/$tool "\$@"
END
    chmod +x "$world/bin/$tool"
    run sk prep-dev "$disk"
    expect 1
    [[ -e $world/log/stopped.$tool ]]
    expect_nothing_left
  done
}
