#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The self-locker and the seal, with stand-ins for systemd, the metadata service, S3 and the node's health.

load world

readonly instance=i-0123456789abcdef0
readonly order=sovereign-instances/unlock/$instance

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p bin state bucket units
  echo 503 >health
  touch units/{sshd.service,sovereign-keys-api.service,sk-node.service,sk-spot-watch.service,'mnt-ram\x2dstore.mount'}
  # A unit is active while there is a file of its name.
  stand_in systemctl <<'SH'
echo "$*" >>calls
case "$*" in
'mask '*) [[ ! -e unmaskable-$3 ]] ;;
'disable '*) [[ ! -e undisableable ]] ;;
'--quiet is-active '*) [[ -e units/$3 ]] ;;
'show --property ActiveState --value '*) if [[ ! -e units/$5 ]]; then echo inactive; elif [[ -e hanging ]]; then cat hanging; else echo active; fi ;;
'stop mnt-ram'*)
  for unit in sovereign-keys-api.service sk-node.service sk-spot-watch.service 'mnt-ram\x2dstore.mount'; do
    [[ -e hanging || -e stuck-$unit ]] || rm -f "units/$unit"
  done
  ;;
'stop '*) [[ ! -e broken ]] && rm -f "units/$2" ;;
'start --no-block sovereign-keys-node.target') [[ ! -e broken ]] && touch units/{sovereign-keys-api.service,sk-node.service,sk-spot-watch.service} 'units/mnt-ram\x2dstore.mount' ;;
# It has Requisite=sk-spot-watch.service.
'start sk-leave.service') [[ ! -e needed && -e units/sk-spot-watch.service ]] ;;
'start '*) if [[ -e crash ]]; then kill -KILL "$PPID"; elif [[ -e no-start ]]; then cat no-start && exit "$(<no-start)"; else touch "units/$2"; fi ;;
esac
SH
  # Session 7 came over the network.
  stand_in loginctl <<'SH'
[[ ! -e no-logind ]] || { echo 'Failed to list sessions' >&2 && exit 1; }
case "$*" in
list-sessions*) [[ -e no-sessions ]] || printf '%s\n' '5 0 root seat0 tty1' '7 1000 ec2-user - pts/0' ;;
'show-session  '*) touch asked-for-none ;;
'show-session 7 '*) echo yes ;;
'show-session '*) echo no ;;
*) echo "loginctl $*" >>calls ;;
esac
SH
  stand_in curl <<'SH'
case "$*" in
*/healthcheck) cat health ;;
*169.254.169.254*) [[ ! -e no-metadata ]] || exit 28 ;;&
*--request\ PUT*/latest/api/token) echo token ;;
*/latest/meta-data/instance-id) read -r header && [[ $header == 'X-aws-ec2-metadata-token: token' ]] && echo i-0123456789abcdef0 ;;
esac
SH
  stand_in aws <<'SH'
echo "aws $*" >>calls
echo "$AWS_DEFAULT_REGION" >region
[[ ! -e slow ]] || exec /bin/sleep 60
[[ ! -e away ]] || { echo 'Could not connect to the endpoint URL' >&2 && exit 255; }
[[ $* == 's3api head-object --bucket artifacts --key '* && -e bucket/${*: -1} ]] && exit
if [[ -e may-list ]]; then reason='(404) when calling the HeadObject operation: Not Found'; else reason='(403) when calling the HeadObject operation: Forbidden'; fi
echo "An error occurred $reason" >&2
exit 254
SH
  # A turn of the loop ends with the sleep: the locker is ended then, and is started anew for the next turn; unless it has naps left.
  stand_in sleep <<'SH'
[[ $1 != infinity ]] || exit 0
[[ -s naps ]] || kill "$PPID"
sed -i 1d naps
SH
  export PATH=$PWD/bin:$PATH RUNTIME_DIRECTORY=$PWD/state SK_ARTIFACT_BUCKET=artifacts SELF_LOCKER_ON=true
  unset AWS_REGION AWS_DEFAULT_REGION
}

# turn: one look of the locker; what systemctl was told, but for questions, is in told.
turn() {
  : >calls
  run "$packaging/node/bin/sk-self-locker"
  grep -v -e ' is-active ' -e '^show ' calls >told || true
}

is_open() { [[ -e units/sshd.service ]]; }

expect_told() { [[ $(<told) == "$(printf '%s\n' "$@")" ]] || fail "told: $(<told)"; }

put_order() {
  mkdir -p "bucket/${order%/*}"
  touch "bucket/$order"
}

# An hour has passed.
later() { touch -d '1 hour ago' state/locked; }

@test "SSH is open while the node waits for its secrets" {
  local state
  for state in 503 000; do
    echo $state >health
    turn
    is_open
    expect_told ''
  done
}

@test "SSH is closed as soon as the node has its PIN, though its HSM is away; not while an operator must bring a secret" {
  local sentences=$root/api-service/src/main/java/org/sovereignkeys/cluster/NodeState.java said
  for said in 'waiting for etcd to answer' 'waiting for the client key' 'waiting for the PIN' 'waiting for another PIN'; do
    grep --quiet --fixed-strings "$said" "$sentences"
    printf '{"detail":"%s"}\n503' "$said" >health
    turn
    is_open
  done
  sentences+=" $root/api-service/src/main/java/org/sovereignkeys/health/HealthcheckController.java"
  for said in 'waiting for the HSM to come back' 'waiting for another node to make the first keys' 'is being taken out of service' \
    'cannot write its audit log' 'can serve nothing now'; do
    rm -f state/*
    touch units/sshd.service
    # shellcheck disable=SC2086 # two files
    grep --quiet --fixed-strings "$said" $sentences
    printf '{"detail":"%s"}\n503' "$said" >health
    turn
    ! is_open || fail "it is open: $said"
  done
}

@test "SSH is stopped when the node is ready, never disabled, and that is said" {
  echo 204 >health
  turn
  ! is_open || fail 'it is open'
  [[ $output == *'the lock is on'*'the node has its secrets: SSH is closed now'*'stopped sshd.service'* ]] || fail "$output"
  expect_told 'stop sshd.service'
}

@test "Debian's units, and sockets, are stopped as well" {
  touch units/{ssh.service,ssh.socket,sshd.socket}
  echo 204 >health
  turn
  expect_told 'stop ssh.socket' 'stop sshd.socket' 'stop ssh.service' 'stop sshd.service'
}

@test "it stays closed whatever the node's health is then, and whoever starts it" {
  local state
  echo 204 >health
  turn
  for state in 503 000 204; do
    echo $state >health
    touch units/sshd.service
    turn
    ! is_open || fail "it is open at $state"
  done
}

@test "sessions that came over the network end after a while, and no others" {
  echo 204 >health
  turn
  turn
  ! grep --quiet loginctl calls || fail 'at once'
  later
  turn
  grep --quiet --line-regexp 'loginctl terminate-session 7' calls
  ! grep --quiet 'terminate-session 5' calls || fail 'the console too'
  touch no-sessions
  turn
  [[ ! -e asked-for-none ]] || fail 'it asked for a session that is none'
}

@test "that sessions cannot be listed is said once, until they can be" {
  echo 204 >health
  turn
  later
  touch no-logind
  # They can be in the third look.
  printf '%s\n' 1 2 3 >naps
  stand_in sleep <<'SH'
[[ -s naps ]] || kill "$PPID"
sed -i 1d naps
case $(wc -l <naps) in 1) rm no-logind ;; 0) touch no-logind ;; esac
SH
  turn
  [[ $(grep --count 'sessions cannot be listed: whoever is logged in stays' <<<"$output") == 2 ]] || fail "$output"
}

@test "SSH that cannot be stopped is a failure, and tried again" {
  touch broken
  echo 204 >health
  turn
  expect 1 'sshd.service cannot be stopped'
  rm broken
  echo 503 >health
  turn
  ! is_open || fail 'it is open'
}

@test "an order opens SSH, after the node has left and given its secrets up" {
  echo 204 >health
  turn
  put_order
  turn
  is_open
  expect_told "aws s3api head-object --bucket artifacts --key $order" 'start sk-leave.service' \
    'stop mnt-ram\x2dstore.mount sovereign-keys-api.service sk-node.service sk-spot-watch.service' 'start sshd.service'
  [[ $output == *'an operator orders SSH open'*'started sshd.service'*'SSH is open; the node serves nobody'* ]] || fail "$output"
}

@test "while a secret may be there, no order opens SSH" {
  echo 204 >health
  turn
  put_order
  local how
  for how in active deactivating activating; do
    echo $how >hanging
    turn
    ! is_open || fail "it is open while a service is $how"
    [[ $output == *'does not stop: SSH stays closed'* ]] || fail "$output"
  done
  rm hanging
  for how in 'mnt-ram\x2dstore.mount' sovereign-keys-api.service sk-node.service; do
    touch "stuck-$how" "units/$how"
    turn
    ! is_open || fail "it is open beside $how"
    [[ $output == *"$how does not stop: SSH stays closed"* ]] || fail "$output"
    rm "stuck-$how"
  done
  turn
  is_open
}

@test "a node that has left leaves once, and is opened though the order is taken back in between" {
  echo 204 >health
  turn
  put_order
  touch stuck-sk-node.service
  turn
  ! is_open || fail 'it is open beside sk-node'
  rm stuck-sk-node.service
  rm -r "bucket/$order"
  echo 000 >health
  turn
  is_open
  ! grep --quiet -e sk-leave told || fail "it left again: $(<told)"
  turn
  grep --quiet --line-regexp 'start --no-block sovereign-keys-node.target' told
  # It takes part again: it stays until there is an order again, and has to leave again.
  echo 204 >health
  turn
  turn
  ! is_open || fail 'it is open without an order'
  put_order
  turn
  grep --quiet --line-regexp 'start sk-leave.service' told
}

@test "a node that was started while it was being opened leaves again" {
  echo 204 >health
  turn
  put_order
  touch stuck-sk-node.service
  turn
  rm stuck-sk-node.service
  touch units/{sovereign-keys-api.service,sk-spot-watch.service} needed
  turn
  ! is_open || fail 'it is open'
  [[ -e units/sovereign-keys-api.service ]] || fail 'it was stopped without a leave'
}

@test "SSH that does not start is not said to be open, and is tried again" {
  local status
  echo 204 >health
  turn
  put_order
  # What fails at once, and what is not there though it was started.
  for status in 1 0; do
    echo $status >no-start
    turn
    [[ $output == *'sshd.service does not start: SSH may be closed still'* && $output != *'SSH is open'* ]] || fail "$output"
    [[ -e state/locked && ! -e state/opened ]]
  done
  rm no-start
  turn
  is_open
  [[ $output == *'started sshd.service'*'SSH is open'* ]] || fail "$output"
}

@test "why no order can be read is said once, until one can be" {
  echo 204 >health
  turn
  # It is away in the first three looks, there in the fourth, and away again.
  touch away
  printf '%s\n' 1 2 3 4 >naps
  stand_in sleep <<'SH'
[[ -s naps ]] || kill "$PPID"
sed -i 1d naps
case $(wc -l <naps) in 1) rm away ;; 0) touch away ;; esac
SH
  SK_ORDER_PAUSE=0 turn
  [[ $(grep --count 'it cannot be read whether' <<<"$output") == 2 ]] || fail "$output"
}

@test "an order that cannot be read any more counts no longer" {
  echo 204 >health
  turn
  put_order
  touch needed
  echo 1 >naps
  stand_in sleep <<'SH'
[[ -s naps ]] || kill "$PPID"
sed -i 1d naps
touch away
SH
  SK_ORDER_PAUSE=0 turn
  [[ $(grep --count '^start sk-leave' told) == 1 && $(grep --count '^aws ' told) == 2 ]] || fail "told: $(<told)"
}

@test "an order is asked for once a minute, not at each look" {
  echo 204 >health
  turn
  printf '%s\n' 1 2 3 >naps
  turn
  [[ $(grep --count '^aws ' calls) == 1 ]] || fail "$(<calls)"
  printf '%s\n' 1 2 3 >naps
  SK_ORDER_PAUSE=0 turn
  [[ $(grep --count '^aws ' calls) == 4 ]] || fail "$(<calls)"
}

@test "a node that its cluster needs stays as it is, and closed" {
  echo 204 >health
  turn
  put_order
  touch needed
  turn
  ! is_open || fail 'it is open'
  [[ -e units/mnt-ram\\x2dstore.mount || -e 'units/mnt-ram\x2dstore.mount' ]] || fail 'its secrets are gone'
  [[ $output == *'the node cannot leave its cluster now'* ]] || fail "$output"
  rm needed
  turn
  is_open
}

@test "no order, and no answer, opens nothing; the order of another node neither" {
  echo 204 >health
  turn
  turn
  ! is_open || fail 'without an order'
  touch away
  turn
  ! is_open || fail 'without an answer'
  expect 143 'it cannot be read whether an operator orders SSH open: Could not connect to the endpoint URL'
  rm away
  mkdir -p bucket/sovereign-instances/unlock
  touch bucket/sovereign-instances/unlock/{i-0123456789abcdef1,all}
  turn
  ! is_open || fail 'with the order of another'
  SK_ARTIFACT_BUCKET='' turn
  ! is_open || fail 'without a bucket'
  ! grep '^aws ' calls || fail 'there is nothing to ask'
}

@test "an order that is taken back starts the node, which closes SSH when it is ready again" {
  echo 204 >health
  turn
  put_order
  turn
  echo 000 >health
  touch away
  rm -r "bucket/$order"
  turn
  expect_told "aws s3api head-object --bucket artifacts --key $order"
  is_open
  rm away
  touch no-metadata
  turn
  expect_told ''
  expect 143 'cannot be read whether an operator orders SSH open: the metadata service does not say'
  rm no-metadata
  touch may-list
  turn
  expect_told "aws s3api head-object --bucket artifacts --key $order" 'start --no-block sovereign-keys-node.target'
  [[ $output == *'the order is taken back: the node starts again'* ]] || fail "$output"
  is_open
  turn
  expect_told ''
  echo 204 >health
  turn
  ! is_open || fail 'it is open'
}

@test "a node that was opened and has no bucket any more starts again, for none can keep it open" {
  echo 204 >health
  turn
  put_order
  turn
  echo 000 >health
  SK_ARTIFACT_BUCKET='' turn
  expect_told 'start --no-block sovereign-keys-node.target'
}

@test "an order opens what was stopped since the last one, and nothing that ran before" {
  echo 204 >health
  turn
  put_order
  turn
  rm -r "bucket/$order"
  mv units/sshd.service units/ssh.socket
  echo 000 >health
  turn
  echo 204 >health
  turn
  put_order
  turn
  [[ -e units/ssh.socket ]] || fail 'what ran was not started'
  ! is_open || fail 'what did not run was started'
}

@test "S3 is asked in the region of the node, by whichever name AWS's command knows it" {
  echo 204 >health
  turn
  AWS_REGION=eu-west-3 turn
  [[ $(<region) == eu-west-3 ]]
  AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-1 turn
  [[ $(<region) == eu-west-1 ]]
}

@test "S3 that does not answer holds up nothing for long" {
  echo 204 >health
  turn
  touch slow
  local start=$SECONDS
  SK_ORDER_LIMIT=1 turn
  ((SECONDS - start < 20)) || fail 'it waited'
  expect 143 'no answer of S3 in 1 s'
  ! is_open || fail 'it is open'
}

@test "a locker that is killed while it opens SSH goes on with it; so does one that cannot start the node again" {
  echo 204 >health
  turn
  put_order
  touch crash
  turn
  expect 137
  ! is_open || fail 'it was not killed'
  rm crash
  echo 000 >health
  turn
  is_open
  rm "bucket/$order"
  touch broken
  turn
  expect 1
  rm broken
  turn
  expect_told "aws s3api head-object --bucket artifacts --key $order" 'start --no-block sovereign-keys-node.target'
}

@test "a node that somebody starts while an order is there is closed when it is ready" {
  echo 204 >health
  turn
  put_order
  turn
  is_open
  turn
  ! is_open || fail 'it is open beside its secrets'
}

@test "an order that is there already does not keep the node from locking" {
  put_order
  echo 204 >health
  turn
  ! is_open || fail 'it is open'
}

@test "with the lock off, SSH stays as it is, and that is said" {
  echo 204 >health
  SELF_LOCKER_ON=false turn
  expect 0 'the lock is off'
  is_open
  expect_told ''
}

@test "the seal turns swap off, masks each way in, and stops what runs of them" {
  local unit
  stand_in swapoff <<'SH'
echo "swapoff $*" >>calls
[[ ! -e full ]]
SH
  export SK_TEST_ROOT=$PWD/system
  mkdir -p system/usr/lib/systemd
  # shellcheck disable=SC2016 # for the script that is written here
  printf '#!/bin/bash\necho "sysctl $*" >>calls\n' >system/usr/lib/systemd/systemd-sysctl
  chmod +x system/usr/lib/systemd/systemd-sysctl
  : >calls
  run "$packaging/node/bin/sk-seal"
  expect 0 'swap is off'
  expect 0 'console logins, the SSM agent, kernel dumps and sleep are masked'
  grep -v -e is-active calls | diff - <(
    echo 'swapoff --all'
    printf 'mask --quiet %s\n' serial-getty@.service getty@.service console-getty.service debug-shell.service amazon-ssm-agent.service \
      snap.amazon-ssm-agent.amazon-ssm-agent.service kdump.service kdump-tools.service swap.target hibernate.target hybrid-sleep.target \
      suspend-then-hibernate.target
    printf 'stop %s\n' 'serial-getty@*.service' 'getty@*.service' console-getty.service debug-shell.service amazon-ssm-agent.service \
      snap.amazon-ssm-agent.amazon-ssm-agent.service
    echo "sysctl $SK_TEST_ROOT/usr/lib/sysctl.d/60-sovereign-keys-api.conf"
  )
  touch unmaskable-snap.amazon-ssm-agent.amazon-ssm-agent.service
  run "$packaging/node/bin/sk-seal"
  expect 0
  grep --quiet --line-regexp -e 'disable --quiet snap.amazon-ssm-agent.amazon-ssm-agent.service' calls
  touch undisableable
  run "$packaging/node/bin/sk-seal"
  expect 1 'can be neither masked nor disabled'
  rm undisableable
  touch units/amazon-ssm-agent.service broken
  run "$packaging/node/bin/sk-seal"
  expect 1 'amazon-ssm-agent.service does not stop'
  rm units/amazon-ssm-agent.service broken
  touch full
  run "$packaging/node/bin/sk-seal"
  expect 1 'swap cannot be turned off'
}

@test "what cannot read its library does nothing, and fails" {
  local program
  mkdir -p node/{bin,lib}
  for program in sk-self-locker sk-seal; do
    cp "$packaging/node/bin/$program" node/bin/
    : >calls
    run "node/bin/$program"
    expect 1 'node.sh: No such file'
    [[ ! -s calls ]] || fail "it called: $(<calls)"
  done
}
