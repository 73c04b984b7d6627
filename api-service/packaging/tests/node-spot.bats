#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The watch for the end of an instance, with stand-ins for the metadata service and the node; and the command sk-node.

load world

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p bin home/{bin,lib} system/run/sovereign-keys-node metadata/spot metadata/autoscaling
  cp "$packaging"/node/bin/{sk-spot-watch,sk-leave} home/bin/
  cp "$packaging"/node/lib/node.sh home/lib/
  echo i-0123456789abcdef0 >metadata/instance-id
  # IMDSv2: what lies below metadata, to whom shows a token, asks it itself, and does not wait for long.
  stand_in curl <<'SH'
echo "${*: -1}" >>asked
if [[ -e away || $LC_ALL != C || $* != '--disable --silent --fail --noproxy * --connect-timeout 2 --max-time 5 '* ]]; then exit 28; fi
case "$*" in
*--request\ PUT\ *-ttl-seconds:\ *http://169.254.169.254/latest/api/token) echo a-token ;;
*http://169.254.169.254/latest/meta-data/*)
  read -r header
  name=metadata/${*: -1}
  name=metadata/${name#*/latest/meta-data/}
  [[ $header == 'X-aws-ec2-metadata-token: a-token' && -e $name ]] || exit 22
  cat "$name"
  ;;
*) exit 3 ;;
esac
SH
  # Notes the naps, and what the health check would say in each; ends the watch at the second one of its own.
  stand_in sleep <<'SH'
if [[ $1 == infinity ]]; then touch rests && exit; fi
echo "sleep $1 $(ls system/run/sovereign-keys-node)" >>calls
if [[ $1 == 5 ]] && (($(grep -c '^sleep 5' calls) > 1)); then kill "$PPID"; fi
SH
  # As sk-node answers: 3 where it does not run, which is where no state is written down.
  cat >home/bin/sk-node <<'SH'
#!/bin/bash
echo "sk-node $*" >>calls
state=$(cat state) || exit 3
case $* in
leave) [[ ! -e broken-node && $state != none ]] ;;
'status --json')
  printf '{"instance":"i-0","address":"10.42.1.10","state":"%s","waitsFor":null,"members":[{"member":"1","votes":true}]}\n' "$state"
  [[ $state == member ]]
  ;;
esac
SH
  chmod +x home/bin/sk-node
  echo member >state
  : >calls
  export PATH=$PWD/bin:$PATH SK_TEST_ROOT=$PWD/system SK_NODES=the-group SK_NODE_STORE=$PWD/store LC_ALL=C.UTF-8
}

watch() { run home/bin/sk-spot-watch; }

expect_calls() { diff calls <(printf '%s\n' "$@"); }

notice() { printf '{"action": "terminate", "time": "2026-11-28T12:02:00Z"}\n' >metadata/spot/instance-action; }

@test "without a notice the node stays" {
  echo InService >metadata/autoscaling/target-lifecycle-state
  watch
  expect_calls 'sleep 5 ' 'sleep 5 '
}

@test "a notice has the health check fail first, then the node leaves" {
  notice
  watch
  expect 0 'EC2 takes the spot instance: {"action": "terminate", "time": "2026-11-28T12:02:00Z"}'
  expect_calls 'sleep 25 draining' 'sk-node leave'
  [[ $output == *'the health check fails from now on'*'the node has left its cluster'*'the node is out of service'* ]] || fail "$output"
  # Ended, it would be started again, and leave again.
  [[ -e rests ]]
}

@test "the end that its group wishes is one as well" {
  echo Terminated >metadata/autoscaling/target-lifecycle-state
  watch
  expect 0 'its group ends the instance'
  expect_calls 'sleep 25 draining' 'sk-node leave'
}

@test "a metadata service that is away is asked again, and ends nothing" {
  touch away
  notice
  watch
  expect_calls 'sleep 5 ' 'sleep 5 '
  # Without a token there is nothing to ask; it would take its time as well.
  ! grep --quiet meta-data asked || fail "it asked for $(<asked)"
}

@test "what cannot read its library does nothing, and fails" {
  local program
  notice
  rm home/lib/node.sh
  for program in sk-spot-watch sk-leave; do
    run "home/bin/$program"
    expect 1 'node.sh: No such file'
    [[ ! -s calls && ! -e rests ]] || fail "it called: $(<calls)"
  done
}

@test "a node for itself alone is drained, and has no cluster" {
  notice
  SK_NODES='' watch
  expect_calls 'sleep 25 draining'
  rm home/bin/sk-node system/run/sovereign-keys-node/draining
  : >calls
  watch
  expect_calls 'sleep 25 draining'
}

# expect_states: those of this suite are sk-node's.
expect_states() {
  local state
  for state; do grep --quiet -F "\"$state\"" "$root/sk-node/src/main/java/org/sovereignkeys/node/Status.java"; done
}

@test "a node that takes no part in its cluster, or has no vote, has nothing to leave" {
  local state
  expect_states none learner left
  mkdir -p store/etcd/member
  touch broken-node
  notice
  for state in none learner left; do
    echo $state >state
    rm -f system/run/sovereign-keys-node/draining
    : >calls
    watch
    expect 0 'takes no part in its cluster'
    expect_calls 'sleep 25 draining' 'sk-node leave' 'sk-node status --json'
    [[ -e system/run/sovereign-keys-node/draining ]]
  done
}

@test "a node whose sk-node does not run has something to leave if etcd has data here" {
  rm state
  run home/bin/sk-leave
  expect 0 'takes no part in its cluster'
  mkdir -p store/etcd/member
  run home/bin/sk-leave
  expect 1 'the node cannot leave its cluster now (sk-node does not answer)'
  [[ ! -e system/run/sovereign-keys-node/draining ]]
}

@test "a node that its cluster needs, or that waits for it, serves again, unless it ends all the same" {
  local state
  expect_states starting waiting member
  touch broken-node
  for state in starting waiting member; do
    echo $state >state
    run home/bin/sk-leave
    expect 1 "the node cannot leave its cluster now ($state), and its health check is as before; one that is cut off from its cluster can be ended, not opened"
    [[ ! -e system/run/sovereign-keys-node/draining ]]
  done
  notice
  watch
  expect 0 'the node is out of service'
  [[ -e system/run/sovereign-keys-node/draining ]]
}

@test "a leave that is killed does not leave the health check failing; one that succeeded does" {
  local result command
  command=$(sed -n "s:^ExecStopPost=/bin/sh -c '\(.*\)'$:\1:p" "$packaging/node/systemd/sk-leave.service")
  [[ $command == *' /run/sovereign-keys-node/draining' ]] || fail "$command"
  for result in success timeout signal exit-code; do
    touch system/run/sovereign-keys-node/draining
    SERVICE_RESULT=$result sh -c "${command/ \/run/ system/run}"
    [[ $result == success ]] || [[ ! -e system/run/sovereign-keys-node/draining ]] || fail "$result"
    [[ $result != success ]] || [[ -e system/run/sovereign-keys-node/draining ]] || fail "$result"
  done
}

@test "sk-node runs with the settings of the node, as the user of the service, with the options of each JVM" {
  mkdir -p system/etc/sovereign-keys-api home/runtime/bin
  printf '# a comment\nSK_NODES=another-group\nSK_AUTHORITY_KEY=arn:aws:kms:eu-west-3:1:key/a=b\nnot a setting\n' >system/etc/sovereign-keys-api/node.env
  cp "$packaging/node/bin/sk-node" home/bin/
  # shellcheck disable=SC2016 # for the script that is written here
  printf '#!/bin/bash\necho "java $* $SK_NODES $SK_AUTHORITY_KEY $SK_NODE_STORE ${JAVA_TOOL_OPTIONS-}" >>calls\nexit 3\n' >home/runtime/bin/java
  chmod +x home/runtime/bin/java
  stand_in setpriv <<'SH'
echo "setpriv $1 $2 $3 $4 $5" >>calls
exec "${@:6}"
SH
  JAVA_TOOL_OPTIONS=-Dother run home/bin/sk-node status --json
  expect 3
  home=$PWD/home
  ((EUID != 0)) || grep --quiet --line-regexp 'setpriv --reuid sk-api --regid sk-api --init-groups' calls
  grep --quiet --line-regexp -F "java @$home/bin/jvm-options -jar $home/app/sk-node/sk-node.jar status --json another-group arn:aws:kms:eu-west-3:1:key/a=b /mnt/ram-store/node " calls
  # What bash keeps for itself cannot be set; with some of the settings alone it would not be this node's.
  echo EUID=1 >>system/etc/sovereign-keys-api/node.env
  : >calls
  run home/bin/sk-node status
  expect 1 'EUID: readonly variable'
  [[ ! -s calls ]] || fail "it called: $(<calls)"
}
