# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-3.0-or-later
# Read by utils/sandbox/sandbox: what a cluster has in place of the one node, and how its parts are broken and mended.

readonly nodes=(node-1 node-2 node-3) members=(etcd-1 etcd-2 etcd-3)

# of_part PART MEMBER
of_part() { jq --raw-output --arg part "$1" --arg member "$2" '.parts[$part][$member]' "$home/cluster.json"; }

# urls_of PART...: with commas between them.
urls_of() {
  local part urls=''
  for part in "$@"; do urls+=,$(of_part "$part" url); done
  echo "${urls#,}"
}

# describe_cluster PORT...: writes down where each part is to listen.
describe_cluster() {
  jq --null-input --arg vendor "$vendor" '
    def url(scheme; i): scheme + "://127.0.0.1:" + $ARGS.positional[i];
    def three(name; scheme; second; first): [range(3) | . as $i | {key: "\(name)-\($i + 1)",
      value: {url: url(scheme; first + 2 * $i), (second): url(scheme; first + 1 + 2 * $i)}}] | from_entries;
    {vendor: $vendor, parts: ({s3: {url: url("http"; 0)}}
      + three("etcd"; "https"; "peers"; 1) + three("node"; "http"; "management"; 7))}' --args "$@" >"$home/cluster.json"
}

# certify NAME COMMON_NAME USAGE: makes a key, and has our authority certify it.
certify() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
    -keyout "$home/tls/$1.key" -out "$home/tls/$1.csr" 2>/dev/null || fail "openssl could not make the key of $1."
  openssl x509 -req -in "$home/tls/$1.csr" -CA "$home/tls/ca.crt" -CAkey "$home/tls/ca.key" -CAcreateserial -days 2 \
    -extfile <(printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=%s\n' "$3") \
    -out "$home/tls/$1.crt" 2>/dev/null || fail "openssl could not make the certificate of $1."
}

# Members are told from nodes by their common name: a node cannot join as a member. After this the authority has no key.
make_certificates() {
  mkdir -- "$home/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=authority of the sandbox' \
    -keyout "$home/tls/ca.key" -out "$home/tls/ca.crt" 2>/dev/null || fail 'openssl could not make the authority.'
  local part
  for part in "${members[@]}"; do certify "$part" 'etcd member' serverAuth,clientAuth; done
  for part in "${nodes[@]}" operator; do certify "$part" "$part" clientAuth; done
  rm -f -- "$home"/tls/{ca.key,ca.srl,*.csr}
}

run_s3() {
  local url
  url=$(of_part s3 url)
  exec setsid env "${foreign[@]}" "$java_home/bin/java" -XX:+UseSerialGC -jar "$memory_s3_jar" --port "${url##*:}"
}

# run_member NAME
run_member() {
  local url peers member all='' tls=$home/tls
  url=$(of_part "$1" url)
  peers=$(of_part "$1" peers)
  for member in "${members[@]}"; do all+=,$member=$(of_part "$member" peers); done
  exec setsid env "${foreign[@]}" etcd --name="$1" --data-dir="$home/$1/data" --logger=zap \
    --listen-client-urls="$url" --advertise-client-urls="$url" \
    --listen-peer-urls="$peers" --initial-advertise-peer-urls="$peers" \
    --initial-cluster="${all#,}" --initial-cluster-token=sandbox --initial-cluster-state=new \
    --client-cert-auth --trusted-ca-file="$tls/ca.crt" --cert-file="$tls/$1.crt" --key-file="$tls/$1.key" \
    --peer-client-cert-auth --peer-trusted-ca-file="$tls/ca.crt" --peer-cert-file="$tls/$1.crt" \
    --peer-key-file="$tls/$1.key" --peer-cert-allowed-cn='etcd member' \
    --auto-compaction-mode=periodic --auto-compaction-retention=1h
}

# run_node_of_cluster NAME
run_node_of_cluster() {
  local url management
  url=$(of_part "$1" url)
  management=$(of_part "$1" management)
  set_stores
  node_environment+=(
    AWS_ENDPOINT_URL_S3="$(of_part s3 url)"
    SK_JAVA_OPTS="${SK_JAVA_OPTS:--Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}"
  )
  run_node "$home/$1" "${url##*:}" "${management##*:}" "${stores[@]}" \
    --sovereign-keys.cluster="etcd:$(urls_of "${members[@]}")" --sovereign-keys.etcd.ca="$home/tls/ca.crt" \
    --sovereign-keys.etcd.certificate="$home/tls/$1.crt" --sovereign-keys.etcd.key="$home/tls/$1.key"
}

# start_one PART
start_one() {
  mkdir -p -- "$home/$1"
  case $1 in
  node-*) start "$1" run_node_of_cluster "$1" ;;
  etcd-*) start "$1" run_member "$1" ;;
  s3) start s3 run_s3 ;;
  esac
}

# answers_as_operator STATUS URL: to whoever has the operator's certificate.
answers_as_operator() {
  answers "$1" --cacert "$home/tls/ca.crt" --cert "$home/tls/operator.crt" --key "$home/tls/operator.key" "$2"
}

s3_is_well() { answers 200 "$1/memory-s3/state"; }
member_is_well() { answers_as_operator 200 "$1/health"; }
# knows_etcd URL: whether a node waits for something else.
knows_etcd() {
  local detail
  detail=$(curl --silent --max-time 5 "$1/healthcheck" | jq --raw-output '.detail // ""' 2>/dev/null) || return 1
  [[ $detail && $detail != *etcd* ]]
}

start_stores() {
  step 'Starting three members of etcd and an S3 in memory'
  make_certificates
  local part
  for part in "${members[@]}" s3; do start_one "$part"; done
  for part in "${members[@]}"; do await 120 "$part" member_is_well "$(of_part "$part" url)"; done
  say 'etcd lets in who shows a certificate of the authority made for this run, members and clients; its data lies'
  say 'where the sandbox does.'
  await 120 s3 s3_is_well "$(of_part s3 url)"
  say "$(of_part s3 url): S3, whose delay and faults can be set."
}

start_nodes() {
  step "Starting three nodes on one HSM simulator ($vendor)"
  make_node_secrets
  local node first=${nodes[0]}
  for node in "${nodes[@]}"; do start_one "$node"; done
  start front-door run_java serve "$aws" "$home" "$(urls_of "${nodes[@]}")" "${front_door_options[@]}"
  for node in "${nodes[@]}"; do
    await 180 "$node" knows_etcd "$(of_part "$node" url)"
    say "$node listens on $(of_part "$node" url), but has no secrets yet."
  done
  suspect=$first
  play_operator "$(of_part "$first" url)" is_alive "$first"
  suspect=''
  await_others "$(microseconds)"
}

microseconds() { echo "${EPOCHREALTIME/[.,]/}"; }

# await_others TIME: until the nodes serve that no operator came to; TIME is when the first one did, in microseconds.
await_others() {
  step "Waiting for the others, which get the secrets from ${nodes[0]} over etcd"
  local node tenths
  for node in "${nodes[@]:1}"; do
    await 60 "$node" node_is_well "$(of_part "$node" url)"
    tenths=$((($(microseconds) - $1) / 100000))
    say "$node serves, $((tenths / 10)).$((tenths % 10)) s after ${nodes[0]}."
  done
}

# begin_work: no other call changes this cluster meanwhile.
begin_work() {
  require_whole
  is_cluster_here || refuse "The sandbox in $home has one node only; \"cluster\" starts one with parts to break."
  lock
  require_whole # "down" may have been before us
}

# find_pid PART
find_pid() {
  is_alive "$1" || refuse "$1 does not run."
  read -r pid _ <"$home/$1.pid"
}

# expect SECONDS TEST...
expect() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

has_ended() { ! is_alive "$1"; }

kill_part() {
  begin_work
  find_pid "$1"
  kill -KILL "$pid"
  expect 20 has_ended "$1" || refuse "$1 (process $pid) was killed, but has not ended yet."
  echo "$1 was killed."
  [[ $1 != s3 ]] || echo 'All that it held is lost.'
}

pause_part() {
  begin_work
  find_pid "$1"
  ! is_paused "$1" || refuse "$1 is paused already."
  kill -STOP "$pid"
  expect 20 is_paused "$1" || refuse "$1 (process $pid) does not stop."
  echo "$1 is paused: its connections stay, and nothing answers."
}

resume_part() {
  begin_work
  find_pid "$1"
  is_paused "$1" || refuse "$1 is not paused."
  kill -CONT "$pid"
  echo "$1 goes on."
}

start_part() {
  begin_work
  ! is_alive "$1" || refuse "$1 runs already."
  umask 077
  failure="$1 did not start"
  work=$home pin='' vendor=$(of_sandbox .vendor) aws=$(of_sandbox .aws)
  java_home=$("$root/utils/find-jdk") || exit 1
  choose_profile
  start_one "$1"
  case $1 in
  s3)
    await 120 s3 s3_is_well "$(of_part s3 url)"
    (run_java buckets "$(of_part s3 url)") || fail 'its buckets could not be made.'
    echo 's3 was started. Its buckets are there again, and empty.'
    ;;
  etcd-*) echo "$1 was started. \"status\" tells when it is well, for which most of the members are needed." ;;
  *) echo "$1 was started. \"status\" tells when it is well; it needs no operator while etcd has the secrets." ;;
  esac
}

# delay_s3 MILLISECONDS
delay_s3() {
  begin_work
  find_pid s3
  answers 200 -X PUT "$(of_part s3 url)/memory-s3/delay?put=$1" || refuse 's3 does not answer.'
  echo "From now on an object is there $1 ms after it was put."
}

tell_parts_of_cluster() {
  local part
  tell S3 s3 "$(of_part s3 url)" s3_is_well
  for part in "${members[@]}"; do tell "$part" "$part" "$(of_part "$part" url)" member_is_well; done
  for part in "${nodes[@]}"; do tell "$part" "$part" "$(of_part "$part" url)" node_is_well; done
}

show_parts_of_cluster() {
  local s3 tls
  s3=$(of_part s3 url)
  tls=$(quoted "$home/tls")
  cat <<END
  The log, as its bucket grows:
    watch -n 1 "curl -s '$s3/$(of_sandbox .auditBucket)?versions' | grep -o '<Key>[^<]*' | sort | tail -n 20"

  Faults of S3 (FAILING, SLOW_DOWN, HANGING, SERVED_UNANSWERED, NONE), and how it behaves now:
    curl -X PUT '$s3/memory-s3/fault?kind=FAILING&share=0.1'
    curl $s3/memory-s3/state

  etcd, which tells nothing to whoever has no certificate:
    curl --cacert $tls/ca.crt --cert $tls/operator.crt --key $tls/operator.key $(of_part etcd-1 url)/health

  To break and mend (${nodes[*]} ${members[*]} s3):
    $(quoted "$root/utils/sandbox/sandbox") kill|start|pause|resume PART$home_option
    $(quoted "$root/utils/sandbox/sandbox") delay-s3 MILLISECONDS$home_option

  As an operator:  curl -sSi $(of_part node-1 url)/healthcheck
  Metrics:         curl $(of_part node-1 management)/actuator/prometheus
  Logs:            $(quoted "$home")/{gateway,authorizer,node-1,etcd-1,s3,front-door,emulator}.log
END
}
