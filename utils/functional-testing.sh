#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

usage() {
  cat <<'END'
Usage: functional-testing.sh [OPTION]... BASE_URL

Tests a running Sovereign Keys API as an instance sees it: has a secret made, opened
and converted, verifies each signature, and compares. Makes no volume; leaves nothing
but entries in the audit log. The last line is TEST SUCCEED, or TEST FAILED and why.

BASE_URL ends in /v1, as https://abcdef.execute-api.eu-west-3.amazonaws.com/v1

  --instance-id ID        the calling instance; by default the EC2 metadata service is asked
  --other-instance-id ID  convert the secret for this instance, not for the calling one.
                          Behind the gateway only that other instance may ask for that.
  --header 'NAME: VALUE'  send this header with each request; may be repeated
  --keep                  keep the files, the secret among them, and say where they are
  --help                  show this

Exit codes: 0 the test succeeded, 1 it failed, 2 wrong usage or a missing command.
Needs bash, curl, openssl, jq.
END
}

readonly refusal='Wrapped secret and/or context are incorrect'
base_url=''
instance_id=''
other_instance_id=''
headers=('Authorization: functional-testing')
keep=false
work=''
said_result=false
answer_is_for=''

usage_error() {
  echo "functional-testing.sh: $1 (--help shows how it is called)" >&2
  exit 2
}

say() { echo "- $1"; }

fail() {
  said_result=true
  echo "TEST FAILED: $1"
  exit 1
}

# Bash calls this on every way out; the secret's files go with the folder.
clean_up() {
  local status=$?
  trap - EXIT
  if [[ -n $work ]]; then
    if $keep; then
      echo "Files kept in $work" >&2
    else
      rm -rf -- "$work"
    fi
  fi
  if ((status != 0 && status != 2)) && ! $said_result; then
    echo 'TEST FAILED: the test was stopped before its end'
  fi
  exit "$status"
}

parse_arguments() {
  while (($# > 0)); do
    case $1 in
    --instance-id | --other-instance-id | --header)
      (($# >= 2)) || usage_error "$1 wants a value"
      case $1 in
      --instance-id) instance_id=$2 ;;
      --other-instance-id) other_instance_id=$2 ;;
      --header)
        [[ $2 == *:* && $2 != *$'\n'* ]] || usage_error "--header wants 'NAME: VALUE'"
        headers+=("$2")
        ;;
      esac
      shift 2
      ;;
    --keep)
      keep=true
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) usage_error "unknown option $1" ;;
    *)
      [[ -z $base_url ]] || usage_error 'one BASE_URL is wanted'
      base_url=$1
      shift
      ;;
    esac
  done
  [[ -n $base_url ]] || usage_error 'BASE_URL is wanted'
  [[ $base_url == http://* || $base_url == https://* ]] || usage_error 'BASE_URL begins with https:// or http://'
  while [[ $base_url == */ ]]; do base_url=${base_url%/}; done
}

check_commands() {
  local command
  for command in curl openssl jq; do
    if ! command -v "$command" >/dev/null; then
      echo "functional-testing.sh: the command $command is missing; please install it" >&2
      exit 2
    fi
  done
}

# A folder for the calling user only, in RAM where there is a RAM file system.
make_work_folder() {
  local parent
  umask 077
  for parent in /dev/shm "${XDG_RUNTIME_DIR:-}" "${TMPDIR:-/tmp}"; do
    [[ -n $parent && -d $parent && -w $parent ]] || continue
    case $(stat --file-system --format=%T -- "$parent" 2>/dev/null) in
    tmpfs | ramfs)
      make_folder "$parent"
      return
      ;;
    esac
  done
  echo 'Warning: no RAM file system found; the test secret lies in a temporary folder on disk meanwhile' >&2
  make_folder "${TMPDIR:-/tmp}"
}

# The name is set before the folder is made: whoever is interrupted between the two leaves nothing behind.
make_folder() {
  local name
  name=$1/sovereign-keys-test.$$.$(od -An -N 8 -t x1 /dev/urandom | tr -d ' \n')
  work=$name
  mkdir -m 700 -- "$name" || {
    work=''
    fail "no folder could be made in $1"
  }
}

# The instance's own id, from the metadata service (IMDSv2); its token stays out of the argument list.
ask_metadata_service() {
  local endpoint=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
  local imds=(curl --silent --fail --noproxy '*' --connect-timeout 2 --max-time 5)
  "${imds[@]}" --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    --output "$work/token" "${endpoint%/}/latest/api/token" &&
    printf 'X-aws-ec2-metadata-token: %s\n' "$(<"$work/token")" >"$work/token-header" &&
    "${imds[@]}" --header "@$work/token-header" "${endpoint%/}/latest/meta-data/instance-id"
}

find_instance_id() {
  if [[ -z $instance_id ]]; then
    instance_id=$(ask_metadata_service) ||
      fail 'the EC2 metadata service gave no instance id; on another machine use --instance-id'
  fi
  local id
  for id in "$instance_id" ${other_instance_id:+"$other_instance_id"}; do
    [[ $id =~ ^i-([0-9a-f]{8}|[0-9a-f]{17})$ ]] || fail "$id is not an instance id: i- and 8 or 17 hex digits are wanted"
  done
}

# request METHOD PATH [BODY_FILE]: leaves the answer in $work/answer and its status in $status.
request() {
  local arguments=(--silent --show-error --connect-timeout 5 --max-time 60 --request "$1" --output "$work/answer"
    --write-out '%{http_code}' --header "@$work/headers")
  if (($# == 3)); then
    arguments+=(--header 'Content-Type: application/json' --data-binary "@$3")
  fi
  answer_is_for="$1 $2"
  : >"$work/answer"
  status=$(curl "${arguments[@]}" "$base_url$2" 2>"$work/error") ||
    fail "$answer_is_for: no answer. $(tr '\n' ' ' <"$work/error")"
}

# What the answer says is wrong: the problem's detail and reason, or the gateway's message.
problem() {
  local text
  text=$(jq --raw-output '(.detail // .message) + (if .reason then " (\(.reason))" else "" end)' "$work/answer" 2>/dev/null) || true
  [[ -n $text ]] || text=$(head -c 300 "$work/answer" | tr -dc '[:print:]')
  echo "${text:-no explanation}"
}

expect_success() {
  [[ $status == 200 ]] || fail "$answer_is_for: status $status: $(problem)"
}

# take MEMBER FILE: writes the decoded member of the answer.
take() {
  local base64
  base64=$(jq --exit-status --raw-output --arg name "$1" '.[$name] | strings' "$work/answer" 2>/dev/null) ||
    fail "$answer_is_for: the answer has no $1"
  base64 --decode <<<"$base64" >"$2" 2>/dev/null || fail "$answer_is_for: $1 is not base64"
}

# take_signed MEMBER NAME: writes NAME.bin and NAME.sig, and verifies.
take_signed() {
  take "$1" "$work/$2.bin"
  take "$1_signature" "$work/$2.sig"
  openssl dgst -sha256 -verify "$work/ec_pub_key.pem" -signature "$work/$2.sig" "$work/$2.bin" >/dev/null 2>&1 ||
    fail "$answer_is_for: the signature of $1 does not verify"
}

expect_size() {
  local size
  size=$(wc -c <"$work/$1")
  ((size == $2)) || fail "$answer_is_for: $3 has $size bytes, not $2"
}

# unwrap NAME SECRET: opens NAME.bin with the one-time key.
unwrap() {
  openssl pkeyutl -decrypt -inkey "$work/rsa_key.pem" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
    -pkeyopt rsa_mgf1_md:sha256 -in "$work/$1.bin" -out "$work/$2.bin" 2>/dev/null ||
    fail "$answer_is_for: the wrapped secret does not open with the one-time key"
  expect_size "$2.bin" 32 'the secret'
}

# write_body [NAME VALUE]...: writes $work/body. Nothing in a body is secret.
write_body() {
  local body='{}'
  while (($# > 0)); do
    body=$(jq --compact-output --arg name "$1" --arg value "$2" '.[$name] = $value' <<<"$body")
    shift 2
  done
  printf '%s' "$body" >"$work/body"
}

make_one_time_key() {
  say 'Making a one-time RSA key of 4096 bits'
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out "$work/rsa_key.pem" 2>/dev/null
  openssl pkey -in "$work/rsa_key.pem" -pubout -outform DER -out "$work/rsa_pub_key.der"
  rsa_wrapping_key=$(base64 --wrap=0 <"$work/rsa_pub_key.der")
}

get_signing_key() {
  request GET /public-signing-key
  expect_success
  take public_key "$work/ec_pub_key.der"
  openssl pkey -pubin -inform DER -in "$work/ec_pub_key.der" -out "$work/ec_pub_key.pem" 2>/dev/null ||
    fail "$answer_is_for: public_key is not a public key in DER"
  openssl pkey -pubin -in "$work/ec_pub_key.pem" -noout -text | grep --quiet secp384r1 ||
    fail "$answer_is_for: the signing key is not on P-384"
  say 'The signing key is there: P-384'
}

generate() {
  write_body volume_uuid "$volume" rsa_wrapping_key "$rsa_wrapping_key"
  request POST "/encryption/$instance_id/generate-secret" "$work/body"
  expect_success
  take_signed encrypted_secret enc_secret
  take_signed wrapped_secret wrap_secret1
  expect_size enc_secret.bin 92 'encrypted_secret'
  unwrap wrap_secret1 secret
  say "A secret was made for $instance_id; both signatures verify; it opens with the one-time key"
}

# decrypt INSTANCE ENCRYPTED VOLUME: asks only; the caller looks at the answer.
decrypt() {
  write_body volume_uuid "$3" rsa_wrapping_key "$rsa_wrapping_key" \
    encrypted_secret "$(base64 --wrap=0 <"$work/$2.bin")"
  request POST "/encryption/$1/decrypt-secret" "$work/body"
}

# decrypt_and_compare INSTANCE ENCRYPTED NAME
decrypt_and_compare() {
  decrypt "$1" "$2" "$volume"
  expect_success
  take_signed wrapped_secret "wrap_$3"
  unwrap "wrap_$3" "$3"
  cmp --silent "$work/secret.bin" "$work/$3.bin" || fail "$answer_is_for: the secret is not the one that was made"
}

# expect_refusal WHAT: the last answer must be the refusal of the HSM.
expect_refusal() {
  [[ $status == 400 ]] || fail "$1 was answered with status $status, not 400: $(problem)"
  [[ $(problem) == "$refusal"* ]] || fail "$1 was refused with other words than '$refusal': $(problem)"
}

refuse_other_volume() {
  decrypt "$instance_id" enc_secret "not-$volume"
  expect_refusal 'a secret under the name of another volume'
  say 'It does not open under the name of another volume'
}

convert() {
  write_body volume_uuid "$volume" source_instance_id "$instance_id" \
    encrypted_secret "$(base64 --wrap=0 <"$work/enc_secret.bin")"
  request POST "/encryption/$target_id/convert-secret" "$work/body"
  expect_success
  take_signed encrypted_secret enc_secret2
  expect_size enc_secret2.bin 92 'encrypted_secret'
  ! cmp --silent "$work/enc_secret.bin" "$work/enc_secret2.bin" || fail "$answer_is_for: the converted secret is the old one"
  decrypt_and_compare "$target_id" enc_secret2 secret_converted
  say "It was converted for $target_id; the signature verifies; it opens to the same secret"
  if [[ $target_id != "$instance_id" ]]; then
    decrypt "$instance_id" enc_secret2 "$volume"
    expect_refusal "what was converted for $target_id, asked for by $instance_id,"
    say "What was converted for $target_id does not open for $instance_id"
  fi
}

main() {
  parse_arguments "$@"
  check_commands
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  make_work_folder
  find_instance_id
  target_id=${other_instance_id:-$instance_id}
  # Not hexadecimal: a volume is named by 1 to 64 of A-Z a-z 0-9 -
  volume="functional-test-$(openssl rand -hex 16)"
  printf '%s\n' "${headers[@]}" >"$work/headers"

  say "Testing $base_url as $instance_id with volume $volume"
  get_signing_key
  make_one_time_key
  generate
  decrypt_and_compare "$instance_id" enc_secret secret_retrieve
  say 'It was decrypted again; the signature verifies; it is the same secret'
  refuse_other_volume
  convert
  echo 'Secrets match!!!'
  said_result=true
  echo 'TEST SUCCEED'
}

main "$@"
