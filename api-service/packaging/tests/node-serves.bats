#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The service starts from the package, on the runtime that it brings, and serves on the HSM simulator; an operator brings its
# secrets by the commands of the package.

load world

readonly pin=correct-horse-battery

setup_file() {
  find_packages
  dpkg-deb --extract "$deb" "$BATS_FILE_TMPDIR/deb"
}

setup() {
  tree=$BATS_FILE_TMPDIR/deb
  home=$tree/usr/lib/sovereign-keys-api
  work=$(mktemp -d /dev/shm/sk-serves.XXXXXX)
  node=''
}

teardown() {
  if [[ -n $node ]]; then
    kill "$node" 2>/dev/null || true
    wait "$node" 2>/dev/null || true
  fi
  if [[ -z $BATS_TEST_COMPLETED ]]; then tail -n 30 "$work/log"; fi
  rm -rf "$work"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_node: with nothing of this machine's Java or settings.
start_node() {
  port=$(free_port)
  mkdir "$work"/{token,keys,audit,store}
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout "$work/client.key" -out "$work/client.crt" 2>/dev/null
  printf -- '- VPCID: vpc-0de30000000000001\n' >"$work/customers.yaml"
  env --ignore-environment PATH=/usr/bin:/bin SK_SIMULATOR_TOKEN="$work/token" SK_SIMULATOR_PIN=$pin SK_SIMULATOR_VENDOR=proteccio \
    KEY_FILE="$work/store/client.key" HSM_TYPE=proteccio \
    "$home/bin/sovereign-keys-api" --server.address=127.0.0.1 --server.port="$port" --management.server.port="$(free_port)" \
    --sovereign-keys.hsm.library="$root/hsm-conf/simulator/target/libsk-simulator.so" --sovereign-keys.client-certificate="$work/client.crt" \
    --sovereign-keys.customers=file:"$work/customers.yaml" --sovereign-keys.customer-keys=file:"$work/keys" \
    --sovereign-keys.audit=file:"$work/audit" >"$work/log" 2>&1 3>&- &
  node=$!
  becomes 503
}

# becomes STATUS: the health check's.
becomes() {
  local tries
  for ((tries = 0; tries < 1500; tries++)); do
    health=$(curl --silent --output "$work/health" --write-out '%{http_code}' "http://127.0.0.1:$port/healthcheck" || true)
    [[ $health != "$1" ]] || return 0
    kill -0 "$node" || fail 'the service ended'
    sleep 0.1
  done
  fail "the health check says $health, not $1"
}

# command NAME ARGUMENT...: of the package.
command_of() { "$tree/usr/sbin/$1" --port "$port" "${@:2}"; }

@test "the service serves from the package's runtime, with the AOT cache, once an operator has brought its secrets" {
  "$home/bin/make-aot-cache"
  [[ $(stat -c %a "$home/app/sovereign-keys-api.aot") == 644 ]]
  start_node
  [[ $(readlink -f "/proc/$node/exe") == "$home/runtime/bin/java" ]]
  grep --quiet "$home/app/sovereign-keys-api.aot" "/proc/$node/maps"
  grep --quiet 'waiting for the client key' "$work/health"
  ! grep 'could leave this process' "$work/log" | grep -v 'machine swaps' || fail 'the memory is open'

  run command_of sk-put-client-key "$work/client.key"
  expect 0 'the node has taken the client key'
  ssss-split -t 2 -n 3 -q <<<"$pin" | sed 's/^/sk-hsm-pwd-/' >"$work/shares"
  run bash -c 'sed -n "1p;3p" "$1" | "$2" --port "$3"' - "$work/shares" "$tree/usr/sbin/sk-set-hsm-password" "$port"
  expect 0 'the node has taken the PIN'
  becomes 204

  curl --silent --fail --header 'x-amzn-vpc-id: vpc-0de30000000000001' --header 'X-Forwarded-For: 10.42.0.41' \
    "http://127.0.0.1:$port/v1/public-signing-key" | jq --raw-output .public_key | base64 --decode | openssl pkey -pubin -inform DER -noout
  run command_of sk-put-client-key "$work/client.key"
  expect 3 'the node has a client key already'
  run bash -c 'head -n 2 "$1" | "$2" --port "$3"' - "$work/shares" "$tree/usr/sbin/sk-set-hsm-password" "$port"
  expect 3 'the node has a PIN already'
  ! grep --quiet -e "$pin" "$work/log" || fail 'the PIN is in the log'
}

@test "a node without a cache starts as well; what it does not accept, an operator is told" {
  rm -f "$home/app/sovereign-keys-api.aot"
  start_node
  ! grep --quiet 'sovereign-keys-api.aot' "/proc/$node/maps" || fail 'there is a cache'
  run bash -c 'echo "$1" | "$2" --pin --port "$3"' - wrong "$tree/usr/sbin/sk-set-hsm-password" "$port"
  expect 75 'the node cannot take the PIN now'
  openssl genpkey -algorithm RSA -out "$work/other.key" 2>/dev/null
  run command_of sk-put-client-key "$work/other.key"
  expect 4 'does not belong to the configured client certificate'
  run command_of sk-put-client-key <"$work/client.key"
  expect 0 'the node has taken the client key'
  run bash -c 'echo "$1" | "$2" --pin --port "$3"' - "$pin-not" "$tree/usr/sbin/sk-set-hsm-password" "$port"
  expect 4 'PIN was not accepted'
  run bash -c 'echo "$1" | "$2" --pin --port "$3"' - "$pin" "$tree/usr/sbin/sk-set-hsm-password" "$port"
  expect 0 'the node has taken the PIN'
  becomes 204
}
