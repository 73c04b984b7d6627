# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later
# Read by utils/demo and utils/sandbox/sandbox: builds the project, and runs API nodes on the HSM simulator. What reads
# this sets $root, the folder of the repository, and before a node is made $work, a private folder, and $vendor; and
# defines fail TEXT, which ends it.

readonly jar=$root/api-service/target/sovereign-keys-api.jar
readonly sandbox_jar=$root/utils/sandbox/target/sovereign-keys-sandbox.jar
readonly memory_s3_jar=$root/utils/memory-s3/target/sovereign-keys-memory-s3.jar
readonly simulator=$root/hsm-conf/simulator/target/libsk-simulator.so
readonly built=$root/utils/sandbox/target/built

# Options of env that take away what the user's environment says to AWS's clients, to Spring, to any Java, to etcd and to moto: what
# is started here is set up by its arguments alone. Names that no shell variable can have count too, for Spring reads them.
foreign=()
while IFS= read -r -d '' variable; do
  name=${variable%%=*}
  case ${name^^} in
  AWS[_.]* | ETCD[_.]* | SPRING[_.]* | SERVER[_.]* | MANAGEMENT[_.]* | LOGGING[_.]* | SOVEREIGN[-_]KEYS[_.]* | SOVEREIGNKEYS[_.]* | MOTO_* | \
    JAVA_TOOL_OPTIONS | _JAVA_OPTIONS | JDK_JAVA_OPTIONS | SK_JAR | HSM_TYPE | KEY_FILE | EKT_BUCKET | AUDIT_BUCKET | \
    VPC_INFOS_TABLE) foreign+=(-u "$name") ;;
  esac
done < <(env -0)
readonly foreign
node_environment=()

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' green='' red='' plain=''
fi
readonly bold green red plain

step() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
say() { printf '  %s\n' "$1"; }
indent() { sed 's/^/  /'; }
celebrate() { step "$green$1$plain"; }
# quoted TEXT: as a shell reads it back, for commands that are shown.
quoted() { printf '%q' "$1"; }
complain() { printf '\n%s%s%s\n' "$red" "$1" "$plain" >&2; }

# show_end FILE NAME: a log's last lines, to standard error.
show_end() {
  [[ -s $1 ]] || return 0
  echo "The last lines of the $2's log:" >&2
  grep --extended-regexp --invert-match '^\s+at ' "$1" | tail -n 25 >&2
}

# For what listens here no proxy is asked.
use_no_proxy() {
  export no_proxy="${no_proxy:+$no_proxy,}127.0.0.1" NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1"
}

# check_machine GROUP...: of packages.
check_machine() {
  "$root/utils/install-packages" "$@" || exit 1
  java_home=$("$root/utils/find-jdk") || exit 1
}

# checked_since FILE: the file itself, or what says that later nothing newer was found.
checked_since() {
  if [[ $built -nt $1 ]]; then echo "$built"; else echo "$1"; fi
}

all_is_built() { [[ -f $jar && -f $sandbox_jar && -f $memory_s3_jar && -f $simulator ]]; }

# Whether nothing that the build reads is newer than what it made. Folders count too: they tell of deleted files. The
# jars themselves carry a fixed date; what they were made from does not.
is_built() {
  all_is_built || return 1
  local made newer
  for made in "$jar.original" "$sandbox_jar.original" "$memory_s3_jar"; do
    [[ -f $made ]] || return 1
    newer=$(find "$root/pom.xml" "$root/.mvn" "$root"/{api-service,auth-lambda,utils/sandbox,utils/memory-s3}/pom.xml \
      "$root"/{api-service,auth-lambda,utils/sandbox,utils/memory-s3}/src/main -newer "$(checked_since "$made")" -print -quit)
    [[ -z $newer ]] || return 1
  done
  newer=$(find "$root/hsm-conf/simulator" -name target -prune -o -type f \
    \( -name '*.[ch]' -o -name Makefile -o -name pom.xml \) -newer "$(checked_since "$simulator")" -print -quit)
  [[ -z $newer ]]
}

build() {
  step 'Building the service, its front door, and the HSM simulator'
  if is_built; then
    say 'Already built, and no source is newer.'
    return
  fi
  say 'This takes a minute or two; the first time also downloads what the build needs.'
  local started
  started=$(mktemp)
  # What is built is for showing, so its formatting and its tests are not asked about here: ./mvnw verify does that.
  (cd "$root" && JAVA_HOME=$java_home ./mvnw -B -q -DskipTests -Dmaven.test.skip=true -Dspotless.check.skip=true package </dev/null) ||
    { rm -f "$started" && fail 'the build failed; Maven'\''s words stand above.'; }
  mv -- "$started" "$built"
  all_is_built || fail "the build made not all of $jar, $sandbox_jar, $memory_s3_jar and $simulator"
  say 'Built.'
}

lies_in_ram() { [[ $(stat --file-system --format=%T -- "$1" 2>/dev/null) == @(tmpfs|ramfs) ]]; }

# Prints a folder in which files lie in RAM, or else one for temporary files.
find_ram() {
  if [[ -d /dev/shm && -w /dev/shm ]] && lies_in_ram /dev/shm; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

# free_ports COUNT: prints that many ports of the loopback address that are free now. They lie below those that the kernel
# gives out by itself, so that nothing else takes one before it is used.
free_ports() {
  python3 - "$1" <<'END'
import random
import socket
import sys

ports = []
for port in random.sample(range(20000, 32000), 12000):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    ports.append(port)
    if len(ports) == int(sys.argv[1]):
        break
print(*ports)
END
}

# Makes what an operator brings: client key and certificate in $work, and the PIN, in $pin alone.
make_node_secrets() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=sovereign-keys-demo" \
    -keyout "$work/client.key" -out "$work/client.crt" 2>/dev/null || fail 'openssl could not make the client key.'
  say 'A private key and certificate, by which the node will identify itself to the HSM.'
  pin=$(openssl rand -hex 12)
  if [[ $vendor == cloudhsm ]]; then
    pin=demo-user:$pin
    say 'A PIN, random for this run. This vendor wants it as user:password.'
  else
    say 'A PIN, random for this run.'
  fi
  choose_profile
  if [[ $profile ]]; then
    say "Warning: $work is no RAM file system. The client key lies on disk meanwhile, which only the profile"
    say "\"$profile\" allows."
  fi
  mkdir "$work/token"
}

# choose_profile: sets the Spring profile that a node in $work needs.
choose_profile() {
  profile=''
  lies_in_ram "$work" || profile=sandbox
}

# run_node FOLDER PORT MANAGEMENT_PORT ARGUMENT...: becomes a node, in a session of its own, so that Ctrl-C does not reach
# it. It keeps its client key in the folder. The arguments say what it shares with other nodes and where its stores are, and
# $node_environment what else its environment holds. The PIN is in the environment for the simulator alone, which makes its
# token with it at the first start. A real HSM has its PIN already.
run_node() {
  local folder=$1 port=$2 management_port=$3
  shift 3
  exec setsid env "${foreign[@]}" "${node_environment[@]}" SK_JAVA="$java_home/bin/java" \
    SK_SIMULATOR_TOKEN="$work/token" SK_SIMULATOR_PIN="$pin" SK_SIMULATOR_VENDOR="$vendor" \
    SPRING_PROFILES_ACTIVE="$profile" \
    "$root/api-service/bin/sovereign-keys-api" \
    --server.address=127.0.0.1 --server.port="$port" --management.server.port="$management_port" \
    --sovereign-keys.hsm.type="$vendor" --sovereign-keys.hsm.library="$simulator" \
    --sovereign-keys.client-key-file="$folder/used-client.key" --sovereign-keys.client-certificate="$work/client.crt" "$@"
}

# await_health ORIGIN STATUS SECONDS IS_ALIVE...: and says what it is then. IS_ALIVE is a command.
await_health() {
  local origin=$1 wanted=$2 seconds=$3 deadline=$((SECONDS + $3)) status=000
  shift 3
  while ((SECONDS < deadline)); do
    : >"$work/answer"
    status=$(curl --silent --max-time 5 --output "$work/answer" --write-out '%{http_code}' "$origin/healthcheck" || true)
    if [[ $status == "$wanted" ]]; then
      say "GET /healthcheck: $status $(jq --raw-output '.detail // ""' "$work/answer" 2>/dev/null || true)"
      return
    fi
    "$@" || fail 'the service ended by itself.'
    sleep 0.2
  done
  fail "the health check says $status, not $wanted, after $seconds seconds."
}

# put URL CURL_ARGUMENT...: an operator's call; its body comes from a file or from standard input, never from an argument.
put() {
  local url=$1 status
  shift
  status=$(curl --silent --show-error --max-time 60 --request PUT --output "$work/answer" --write-out '%{http_code}' \
    "$@" "$url") || fail "PUT $url was not answered."
  [[ $status == 204 ]] || fail "PUT $url: status $status: $(head -c 500 "$work/answer")"
}

# play_operator ORIGIN IS_ALIVE...: brings the two secrets, and returns when the node serves.
play_operator() {
  local origin=$1
  shift
  step 'Playing the operator, who brings the two secrets'
  put "$origin/client-key" --upload-file "$work/client.key"
  say "PUT /client-key: taken. The key fits the certificate${profile:+, and lies on disk, for this is a sandbox}."
  await_health "$origin" 503 120 "$@"
  printf '{"pin":"%s"}' "$pin" | put "$origin/hsm-pin" --header 'Content-Type: application/json' --data-binary @-
  say 'PUT /hsm-pin: taken. The HSM let the node in, and made its domain key and its signing key.'
  await_health "$origin" 204 120 "$@"
  say 'The node serves.'
}
