# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a command says, and how it ends.

readonly wrong_usage=2 no_nitro=3 wrong_state=4 no_root=5
# Trying again may help, as the service is away. Told to sk-automount only; otherwise it is a plain failure, 1.
readonly away=75
tell_away=false
readonly command_name=${0##*/}

# Progress goes to where the command's own output goes, even from within $(…).
exec 3>&1
green='' red='' plain=''
if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
  green=$'\e[32m' red=$'\e[31m' plain=$'\e[m'
fi

step_is_open=false
undo=()

# tell DESCRIPTOR FORMAT TEXT: whoever reads may be gone, as with a terminal that was lost. That ends no command: neither by a failure nor by
# SIGPIPE, which is caught, not ignored, as children would inherit the latter. Subshells forget the trap.
tell() {
  trap : PIPE
  # shellcheck disable=SC2059,SC2261 # the format is ours; printf's own complaints go nowhere
  printf "$2" "$3" >&"$1" 2>/dev/null || :
}

say() { tell 3 '%s\n' "$1"; }

# begin WHAT: a step, which ok or the command's failure ends.
begin() {
  step_is_open=true
  tell 3 '%-72s' "$1..."
}

ok() {
  step_is_open=false
  say "${green}OK${plain}"
}

not_ok() {
  if $step_is_open; then say "${red}NOK${plain}"; fi
  step_is_open=false
}

warn() { tell 2 '%s\n' "$command_name: $1"; }

# fail SENTENCE [STATUS]
fail() {
  not_ok
  warn "$1"
  exit "${2:-1}"
}

usage_error() {
  warn "$1 (--help shows how it is called)"
  exit "$wrong_usage"
}

# at_exit FUNCTION: is called on every way out, the last one first.
at_exit() { undo=("$1" ${undo[@]+"${undo[@]}"}); }

# not_at_exit FUNCTION...: what was done stays.
not_at_exit() {
  local action kept=()
  for action in ${undo[@]+"${undo[@]}"}; do
    [[ " $* " == *" $action "* ]] || kept+=("$action")
  done
  undo=(${kept[@]+"${kept[@]}"})
}

clean_up() {
  local action status=0
  ((${#undo[@]} == 0)) || say 'Cleaning up...'
  for action in ${undo[@]+"${undo[@]}"}; do
    "$action" || status=1
  done
  undo=()
  return $status
}

# leave [STATUS]: bash calls this on every way out but kill -9, after which the next run clears up: see secret.sh.
leave() {
  local status=${1:-$?}
  trap '' INT TERM HUP
  trap - EXIT
  not_ok
  clean_up || ((status != 0)) || status=1
  if ((status == away)) && ! $tell_away; then status=1; fi
  exit "$status"
}

# Where leave runs already, exit would not call it once more.
interrupted() {
  not_ok
  warn 'stopped from outside; run it again when it suits you'
  leave 1
}

# To be called first: whatever comes then is cleaned up after.
start() {
  trap leave EXIT
  trap interrupted INT TERM HUP
}

# The last line of a command that did what it should.
succeed() {
  clean_up || exit 1
  say 'Success'
}

need_root() {
  (($(id -u) == 0)) || fail "only root can do this; try: sudo $command_name $*" "$no_root"
}

need_commands() {
  local command
  for command; do
    command -v "$command" >/dev/null || fail "the command $command is missing; please install its package (docs/agent.md says which)"
  done
}
