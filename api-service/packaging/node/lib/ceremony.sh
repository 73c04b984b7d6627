# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the commands of the key ceremony share. A secret is in pipes and in variables of this shell that are exported to nobody: never in
# an argument list, in the environment, in a file, or in a here-document, which may be one.

# Nothing is traced, nothing exported, whatever the caller's shell was told; nothing is dumped.
{ set +xva; } 2>/dev/null
export LC_ALL=C
# /usr/local/bin has ssss-combine where the distribution has none.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin
umask 077
ulimit -c 0

readonly wrong_usage=2 already_there=3 refused=4 no_root=5 away=75
readonly program=${0##*/}
port=8080

warn() { echo "$program: $1" >&2; }

# fail SENTENCE [STATUS]
fail() {
  warn "$1"
  exit "${2:-1}"
}

usage_error() {
  warn "$1 (--help shows how it is called)"
  exit "$wrong_usage"
}

need_root() { ((EUID == 0)) || fail "only root can do this; try: sudo $program" "$no_root"; }

need_commands() {
  local command
  for command; do command -v "$command" >/dev/null || fail "the command $command is missing; docs/node.md says where it comes from"; done
}

# take_port TEXT
take_port() {
  [[ $1 =~ ^[0-9]{1,5}$ ]] || usage_error "$1 is no port"
  port=$1
}

# quiet_terminal: what is typed or pasted is not shown, and what came before is not taken for it.
quiet_terminal() {
  [[ -t 0 ]] || return 0
  terminal=$(stty -g)
  trap restore_terminal EXIT
  trap 'restore_terminal; exit 1' INT TERM HUP
  stty -echo
}

restore_terminal() {
  [[ -z ${terminal:-} ]] || stty "$terminal"
  terminal=''
}

# need_ram WHAT: standard input, which is to bring it, is no file on a disk.
need_ram() {
  local kind
  [[ -f /dev/stdin ]] || return 0
  kind=$(stat --dereference --file-system --format %T /dev/stdin)
  [[ $kind == tmpfs || $kind == ramfs ]] ||
    fail "${file:-standard input} lies on a disk ($kind), where $1 must not be; put it on a RAM file system, as /mnt/ram-store or /dev/shm, or type or paste it"
}

# need_service: any user may listen on the port before the service does, and would be given the secret.
need_service() {
  local table address state owner wanted _
  printf -v wanted ':%04X' "$((10#$port))"
  for table in /proc/net/tcp /proc/net/tcp6; do
    [[ -r $table ]] || continue
    while read -r _ address _ state _ _ _ owner _; do
      [[ $state == 0A && $address == *"$wanted" && $owner != 0 && $owner != "$(id -u sk-api 2>/dev/null)" ]] || continue
      fail "what listens on port $port is neither the service nor root's, but $(id -nu "$owner" 2>/dev/null || echo "user $owner")'s: it was given nothing. End it, and start the service"
    done <"$table"
  done
}

# put PATH WHAT: hands standard input to the node; says what became of it, and ends with the exit code for it.
put() {
  local answer status text
  need_service
  answer=$(curl --disable --silent --show-error --noproxy '*' --proto '=http' --connect-timeout 5 --max-time 60 --request PUT \
    --header 'Content-Type: application/octet-stream' --header 'Expect:' --data-binary @- --write-out '\n%{http_code}' "http://127.0.0.1:$port$1" 2>&1) ||
    fail "the node does not answer on port $port: is sovereign-keys-api.service running? (${answer%%$'\n'*})" "$away"
  status=${answer##*$'\n'}
  text=$(printf '%s' "${answer%$'\n'*}" | jq --raw-output '(.detail // "") + (if .reason then " (" + .reason + ")" else "" end)' 2>/dev/null) || text=''
  text=$(printf '%s' "${text:-no explanation}" | tr -dc '[:print:]' | head -c 400)
  case $status-$text in
  204-*) echo "$program: the node has taken the $2." ;;
  400-*'already present'*) fail "the node has a $2 already, and kept it; nothing to do: $text" "$already_there" ;;
  400-*) fail "the node did not take the $2, and kept nothing: $text" "$refused" ;;
  403-*) fail "the node takes this call from itself only: run $program on the node ($text)" ;;
  503-*) fail "the node cannot take the $2 now; try again when it can: $text" "$away" ;;
  *) fail "the node answered with status $status: $text" ;;
  esac
}
