# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the programs of a node share.

export LC_ALL=C
# The first version of AWS's command line knows the other name alone.
export AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-${AWS_REGION:-}}
readonly program=${0##*/}
# The tests put a folder of their own before the paths of the system.
# shellcheck disable=SC2034
readonly root=${SK_TEST_ROOT:-}

# To the journal, or to whoever called.
say() { printf '%s: %s\n' "$program" "$1"; }

# fail SENTENCE [STATUS]
fail() {
  say "$1" >&2
  exit "${2:-1}"
}

# ask_metadata PATH: by IMDSv2; fails where the metadata service has no such thing, or does not answer.
ask_metadata() {
  local endpoint=http://169.254.169.254/latest token
  local options=(--disable --silent --fail --noproxy '*' --connect-timeout 2 --max-time 5)
  token=$(curl "${options[@]}" --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$endpoint/api/token") || return
  curl "${options[@]}" --header @- "$endpoint/meta-data/$1" <<<"X-aws-ec2-metadata-token: $token"
}
