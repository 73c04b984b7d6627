#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of the key ceremony, with the real ssss-combine and curl, and a stand-in for the node.

# shellcheck disable=SC2030,SC2031 # a test has a shell of its own
load world

# With what JSON and shells take for something else.
readonly pin='skuser:Ta"el\los_42'

setup() {
  ((EUID == 0)) || skip 'the commands want root'
  work=$(mktemp -d /dev/shm/sk-ceremony.XXXXXX)
  cd "$work" || return
  echo 204 >answer
  coproc NODE { exec "$BATS_TEST_DIRNAME/stub-node" answer calls 3>&- 2>/dev/null; }
  stub=$NODE_PID
  read -r port <&"${NODE[0]}"
  printf '%s\n' "$pin" | ssss-split -t 2 -n 3 -w sk-hsm-pwd -q >shares
  printf -- '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGFuZCBpbiBub25lIG9mIHRoZSBmaWxlcyBpdCBpcw==\n-----END PRIVATE KEY-----\n' >key
}

teardown() {
  kill "$stub" 2>/dev/null || true
  rm -rf "$work"
}

set_password() { "$packaging/node/bin/sk-set-hsm-password" --port "$port" "$@"; }
put_key() { "$packaging/node/bin/sk-put-client-key" --port "$port" "$@"; }

# given: the PIN in the last call.
given() { tail -n 1 calls | sed 's,^PUT /hsm-pin ,,' | jq --raw-output .pin; }
not_called() { [[ ! -e calls ]] || fail "it was called: $(<calls)"; }

with_shares() {
  sed -n "$1" shares >chosen
  run set_password "${@:2}" <chosen
}

@test "any two of three shares make the PIN, whatever is in it" {
  local lines
  for lines in '1,2p' '2,3p' '1p;3p'; do
    with_shares "$lines"
    expect 0 'the node has taken the PIN'
    [[ $(given) == "$pin" ]] || fail "$(given)"
  done
  [[ $output != *"$pin"* ]]
}

@test "another threshold and another prefix, and none" {
  printf '%s\n' "$pin" | ssss-split -t 3 -n 5 -q | sed 's/^/keepers-2026-/' >shares
  with_shares '2,4p' --threshold 3 --prefix keepers-2026-
  expect 0
  [[ $(given) == "$pin" ]]
  sed -i 's/^keepers-2026-//' shares
  with_shares '1,3p' -t 3 -p ''
  expect 0
  [[ $(given) == "$pin" ]]
}

@test "lines of other systems end otherwise, and the last may have no end" {
  sed -n '1,2p' shares | sed 's/$/\r/' | head -c -2 >chosen
  run set_password <chosen
  expect 0
  [[ $(given) == "$pin" ]]
}

@test "shares that cannot be right never reach the HSM" {
  printf '%s\n' 'skuser:Something_42' | ssss-split -t 2 -n 3 -q | sed 's/^/sk-hsm-pwd-/' >others
  { sed -n 1p shares && sed -n 2p others; } >chosen
  run set_password <chosen
  expect 4 'the shares do not belong together'
  printf '%s\n' "$pin" | ssss-split -t 3 -n 3 -q | sed 's/^/sk-hsm-pwd-/' | head -n 2 >chosen
  run set_password <chosen
  expect 4 'fewer than were made necessary'
  { sed -n 1p shares && sed -n 1p shares; } >chosen
  run set_password <chosen
  expect 4 'one stands there twice'
  not_called
}

@test "what is no share is said by its place, and never repeated" {
  with_shares '1p'
  expect 2 'there is no share 2 of 2 on standard input'
  { sed -n 1p shares && echo "the-PIN-itself-$pin"; } >chosen
  run set_password <chosen
  expect 2 'share 2 does not begin with "sk-hsm-pwd-"'
  [[ $output != *"$pin"* ]] || fail 'it is shown'
  echo "sk-hsm-pwd-$pin" >chosen
  run set_password <chosen
  expect 2 'share 1 is not of the form sk-hsm-pwd-NUMBER-HEX'
  [[ $output != *"$pin"* ]] || fail 'it is shown'
  not_called
}

@test "each answer of the node has its words and its exit code" {
  local answer code words
  while IFS='|' read -r answer code words; do
    echo "$answer" >answer
    with_shares '1,2p'
    expect "$code" "$words"
    run put_key <key
    expect "$code"
  done <<'END'
204|0|the node has taken the PIN.
400 PIN already present|3|the node has a PIN already, and kept it; nothing to do: PIN already present
400 CLIENT KEY already present|3|already present
400 PIN was not accepted|4|the node did not take the PIN, and kept nothing: PIN was not accepted
400 The client key does not belong to the configured client certificate.|4|does not belong
403 Operator calls are taken from the node itself only: call http://localhost, on the node.|1|the node takes this call from itself only
503 The HSM client needs its key first: PUT /client-key, and then the PIN.|75|the node cannot take the PIN now; try again when it can: The HSM client needs its key first
500|1|the node answered with status 500
END
}

@test "a node that does not run is said to" {
  kill "$stub"
  wait "$stub" 2>/dev/null || true
  with_shares '1,2p'
  expect 75 "the node does not answer on port $port: is sovereign-keys-api.service running?"
  run put_key key
  expect 75 'the node does not answer'
}

@test "a program of another user that took the port first gets neither secret" {
  kill "$stub"
  wait "$stub" 2>/dev/null || true
  # Nobody may look into the folder of these tests.
  mkdir open && cp "$BATS_TEST_DIRNAME/stub-node" answer open/
  chmod 755 . && chown -R nobody open
  coproc NODE { exec setpriv --reuid nobody --regid nogroup --clear-groups open/stub-node open/answer open/calls 3>&- 2>/dev/null; }
  stub=$NODE_PID
  read -r port <&"${NODE[0]}"
  with_shares '1,2p'
  expect 1 "what listens on port $port is neither the service nor root's, but nobody's"
  run put_key key
  expect 1 'neither the service'
  [[ ! -e open/calls ]] || fail "it was called: $(<open/calls)"
}

@test "the client key arrives to the byte, from a file in RAM and from a pipe" {
  run put_key key
  expect 0 "the key is still in key; remove it there"
  diff <(sed '1s,^PUT /client-key ,,' calls) <(
    cat key
    echo
  )
  rm calls
  run bash -c 'cat key | "$0" --port "$1"' "$packaging/node/bin/sk-put-client-key" "$port"
  expect 0 'the node has taken the client key'
  diff <(sed '1s,^PUT /client-key ,,' calls) <(
    cat key
    echo
  )
}

@test "a key on a disk is refused, also as standard input; so are shares and a PIN" {
  [[ $(stat --file-system --format %T "$BATS_TEST_TMPDIR") != tmpfs ]] || skip 'the folder for temporary files lies in RAM'
  cp key "$BATS_TEST_TMPDIR/key"
  run put_key "$BATS_TEST_TMPDIR/key"
  expect 1 'lies on a disk'
  run put_key <"$BATS_TEST_TMPDIR/key"
  expect 1 'standard input lies on a disk'
  run put_key nowhere
  expect 1
  sed -n '1,2p' shares >"$BATS_TEST_TMPDIR/shares"
  run set_password <"$BATS_TEST_TMPDIR/shares"
  expect 1 'standard input lies on a disk'
  run set_password --pin <"$BATS_TEST_TMPDIR/shares"
  expect 1 'standard input lies on a disk'
  not_called
}

@test "what is typed is not shown, and the terminal is as before" {
  sed -n '1,2p' shares >lines
  run "$BATS_TEST_DIRNAME/type-into" lines "$packaging/node/bin/sk-set-hsm-password" --port "$port"
  expect 0 'the node has taken the PIN'
  [[ $output == *'share 1 of 2: '*'share 2 of 2: '* ]] || fail "$output"
  ! grep --quiet --fixed-strings -e "$(sed -n '1s/^sk-hsm-pwd-1-//p' shares)" <<<"$output" || fail 'a share is shown'
  [[ $(given) == "$pin" ]]
  run "$BATS_TEST_DIRNAME/type-into" key "$packaging/node/bin/sk-put-client-key" --port "$port"
  expect 0 'the node has taken the client key'
  [[ $output != *MC4CAQ* ]] || fail 'the key is shown'
  echo "$pin" >lines
  run "$BATS_TEST_DIRNAME/type-into" lines "$packaging/node/bin/sk-set-hsm-password" --pin --port "$port"
  expect 0 'the node has taken the PIN'
  [[ $output != *"$pin"* ]] || fail 'the PIN is shown'
}

# expect_untraced FILE: neither PIN, nor a share, nor the key; what all programs were called with is in the file.
expect_untraced() {
  local secret
  grep --quiet execve "$1"
  grep --quiet curl "$1"
  for secret in los_42 "$(sed -n '1s/^sk-hsm-pwd-1-//p' shares)" "$(sed -n '2s/^sk-hsm-pwd-2-//p' shares)" MC4CAQ; do
    ! grep --quiet --fixed-strings -e "$secret" "$1" || fail "$secret is in it"
  done
}

@test "no secret is in an argument, in the environment, or in a file that is written" {
  local options=(--follow-forks --seccomp-bpf --quiet=all --no-abbrev --string-limit=65536 '--trace=execve,openat,open,creat,memfd_create' --output=trace)
  sed -n '1,2p' shares >chosen
  strace "${options[@]}" "$packaging/node/bin/sk-set-hsm-password" --port "$port" <chosen
  expect_untraced trace
  ! grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(|memfd' trace | grep -v -E '"/dev/(null|tty)"' || fail 'a file is written'
  strace "${options[@]}" "$packaging/node/bin/sk-put-client-key" --port "$port" key
  expect_untraced trace
  ! grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(|memfd' trace | grep -v -E '"/dev/(null|tty)"' || fail 'a file is written'
}

@test "no secret is in a trace of the shell, and none is exported, whatever the caller's shell was told" {
  sed -n '1,2p' shares >chosen
  echo "touch $PWD/start-up" >start-up-file
  run env SHELLOPTS=xtrace:allexport:verbose BASH_ENV="$PWD/start-up-file" strace --follow-forks --quiet=all --no-abbrev --string-limit=65536 --trace=execve --output=trace \
    "$packaging/node/bin/sk-set-hsm-password" --port "$port" <chosen
  expect 0
  expect_untraced trace
  [[ ! -e start-up ]] || fail 'a start-up file of the caller counts'
  run bash -x -a "$packaging/node/bin/sk-set-hsm-password" --port "$port" <chosen
  expect 0
  [[ $output != *los_42* && $output != *"$(sed -n '1s/^sk-hsm-pwd-1-//p' shares)"* ]] || fail 'the shell shows it'
}

@test "no proxy gets to see it, and no start-up file of curl's counts" {
  mkdir home
  echo "trace-ascii = $PWD/stolen" >home/.curlrc
  sed -n '1,2p' shares >chosen
  HOME=$PWD/home http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 run set_password <chosen
  expect 0
  [[ ! -e stolen ]] || fail 'curl keeps a trace'
}

@test "wrong usage is said, and only root may" {
  local arguments
  for arguments in --what '--threshold 1' '--threshold two' --port '--port x' '--threshold 100'; do
    # shellcheck disable=SC2086 # words
    run "$packaging/node/bin/sk-set-hsm-password" $arguments
    expect 2 '--help shows how it is called'
  done
  run "$packaging/node/bin/sk-put-client-key" one two
  expect 2 'one file is wanted'
  run setpriv --reuid nobody --regid nogroup --clear-groups "$packaging/node/bin/sk-put-client-key"
  expect 5 'only root can do this'
  run setpriv --reuid nobody --regid nogroup --clear-groups "$packaging/node/bin/sk-set-hsm-password"
  expect 5
  not_called
}

@test "a PIN that is not shared, and an empty one" {
  echo "$pin" >lines
  run set_password --pin <lines
  expect 0
  [[ $(given) == "$pin" ]]
  echo >lines
  rm calls
  run set_password --pin <lines
  expect 2 'the PIN is empty'
  not_called
}
