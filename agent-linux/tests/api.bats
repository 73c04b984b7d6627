#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls to the service and to the metadata service.

load world

@test "the address may end in slashes and blanks" {
  printf '\n  %s/v1//  \r\n' "$AWS_EC2_METADATA_SERVICE_ENDPOINT" >"$world/etc/sovereign-keys/api_url.txt"
  run sk chk-pubkey
  expect 0
}

@test "an address without TLS is refused, unless for a test" {
  : >"$world/etc/sovereign-keys/agent.conf"
  run sk chk-pubkey
  expect 1
  expect_text 'without TLS'
  echo nonsense >"$world/etc/sovereign-keys/api_url.txt"
  run sk chk-pubkey
  expect 1
  expect_text 'holds no address'
}

@test "503 is tried again, as late as it says" {
  faults 'public-signing-key 503 2 {"detail": "etcd is out of reach"}'
  run sk chk-pubkey
  expect 0
  [[ $(requests public-signing-key) == 3 ]]
  [[ $(grep --count '^sleep 1$' "$world/log/arguments") == 2 ]]
}

@test "a service that stays away is said after four tries" {
  rm "$world/bin/sleep"
  printf '#!/bin/bash\necho "sleep $*" >>%q\n' "$world/log/sleeps" >"$world/bin/sleep"
  chmod +x "$world/bin/sleep"
  faults 'public-signing-key 503 99 {"detail": "etcd is out of reach"}'
  run sk chk-pubkey
  expect 1
  expect_text 'the service is away for now (status 503): etcd is out of reach'
  [[ $(requests public-signing-key) == 4 ]]
  echo 'http://127.0.0.1:1/v1' >"$world/etc/sovereign-keys/api_url.txt"
  run sk chk-pubkey
  expect 1
  expect_text 'does not answer'
  [[ $(tail -n 3 "$world/log/sleeps") == $'sleep 1\nsleep 2\nsleep 4' ]]
}

@test "other refusals are not repeated, and cannot speak to the terminal" {
  faults 'public-signing-key 400 9 {"detail": "no\u001b[31m red"}'
  run sk chk-pubkey
  expect 1
  expect_text 'the service said no (status 400): no[31m red'
  [[ $(requests public-signing-key) == 1 ]]
}

@test "an answer without end is not taken in" {
  faults "public-signing-key 200 9 $(head -c 80000 /dev/zero | tr '\0' x)"
  run sk chk-pubkey
  expect 1
  expect_text 'the call to '
}

@test "a certificate of nobody we know is refused" {
  local port=0
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/cert" -subj /CN=127.0.0.1 -days 1 2>/dev/null
  python3 -c '
import http.server, ssl, sys
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()' "$BATS_TEST_TMPDIR/cert" "$BATS_TEST_TMPDIR/key" >"$BATS_TEST_TMPDIR/port" 2>/dev/null 3>&- &
  until [[ -s $BATS_TEST_TMPDIR/port ]]; do sleep 0.1; done
  read -r port <"$BATS_TEST_TMPDIR/port"
  echo "https://127.0.0.1:$port/v1" >"$world/etc/sovereign-keys/api_url.txt"
  echo 'insecure' >"$world/.curlrc"
  HOME=$world run sk chk-pubkey
  kill %%
  expect 1
  expect_text 'certificate'
}

@test "the metadata service is asked without a proxy, in version 2" {
  sk prep-dev "$disk"
  http_proxy=http://127.0.0.1:1 no_proxy=${SK_TEST_NO_PROXY:-127.0.0.1} run sk mount "$disk" "$world/mnt/data"
  expect 0
  grep --quiet '^curl .*--noproxy .*/latest/api/token' "$world/log/arguments"
}

@test "version 1 of the metadata service is asked only where the configuration says so" {
  faults 'api/token 403 99'
  run sk prep-dev "$disk"
  expect 1
  expect_text 'the instance metadata service gave no instance id'
  [[ $(requests meta-data/instance-id) == 0 ]]
  echo 'imds_v1 = yes # old image' >>"$world/etc/sovereign-keys/agent.conf"
  run sk prep-dev "$disk"
  expect 0
}

@test "a metadata service that says nonsense is not believed" {
  echo '../../x' >"$SK_TEST_STUB/instance"
  run sk prep-dev "$disk"
  expect 1
  expect_text 'an instance id that is none'
}
