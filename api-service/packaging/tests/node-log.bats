#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The copy of the journal, with a stand-in for it.

load world

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir run
  stand_in journalctl <<'SH'
echo "$*" >>calls
cat journal
SH
  printf '%s\n' '2026-11-28T12:00:00+0000 node sovereign-keys-api[7]: node: ready' '2026-11-28T12:00:01+0000 node sshd[8]: \t ends ' >journal
  export PATH=$PWD/bin:$PATH RUNTIME_DIRECTORY=$PWD/run
}

@test "what the units and SSH say is copied to the byte, from the start of the machine" {
  run "$packaging/node/bin/sk-log"
  expect 0
  diff journal run/node.log
  local unit
  for unit in sovereign-keys-api sk-node sk-seal sk-self-locker sk-spot-watch sk-leave sshd ssh; do grep --quiet -e "--unit $unit.service" calls; done
  grep --quiet -e '--follow --no-tail --boot' calls
}

@test "started again, it goes on where it was" {
  "$packaging/node/bin/sk-log"
  touch -d @1790000000 run/node.log
  "$packaging/node/bin/sk-log"
  tail -n 1 calls | grep --quiet -e '--since @1790000000$'
}

@test "a file that is full is turned over once, so that the log never takes all RAM" {
  local number
  for number in {1..5}; do printf 'line %s\n' "$number"; done >journal
  SK_LOG_LIMIT=12 "$packaging/node/bin/sk-log"
  diff run/node.log.1 <(printf 'line 3\nline 4\n')
  diff run/node.log <(printf 'line 5\n')
  [[ $(ls run) == $'node.log\nnode.log.1' ]]
}
