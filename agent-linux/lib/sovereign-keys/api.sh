# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls to the metadata service and to the API. Files lie in $work; nothing in a request is secret.

readonly refusal='Wrapped secret and/or context are incorrect'
readonly most_tries=4
readonly longest_pause=20

# curl's own start-up file is not read.
ask_metadata() {
  local endpoint=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
  curl --disable --silent --fail --noproxy '*' --connect-timeout 2 --max-time 5 --retry 3 "${@:2}" "${endpoint%/}/latest/$1"
}

# Prints the instance's id: by IMDSv2; by v1 only where agent.conf says so.
ask_instance_id() {
  if ask_metadata api/token --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' --output "$work/token"; then
    printf 'X-aws-ec2-metadata-token: %s\n' "$(<"$work/token")" >"$work/token-header"
    ask_metadata meta-data/instance-id --header "@$work/token-header"
  elif is_set imds_v1; then
    ask_metadata meta-data/instance-id
  else
    return 1
  fi
}

# Sets instance_id.
find_instance_id() {
  instance_id=$(ask_instance_id) ||
    fail "the instance metadata service gave no instance id; is this an EC2 instance, with IMDSv2 switched on? (for version 1: imds_v1=yes in $etc/agent.conf)" "$away"
  is_instance_id "$instance_id" || fail 'the instance metadata service gave an instance id that is none' "$away"
}

is_instance_id() { [[ $1 =~ ^i-([0-9a-f]{8}|[0-9a-f]{17})$ ]]; }

# Nitro's hypervisor gives guests no way to the memory of others, and shows the instance's id to them.
need_nitro() {
  local tag=''
  tag=$(cat "$root/sys/devices/virtual/dmi/id/board_asset_tag" 2>/dev/null) || true
  [[ $tag == "$instance_id" ]] ||
    fail "this is not a Nitro instance, so its memory may not be safe from the provider; --ignore-nitro-check goes on all the same" "$no_nitro"
}

# request METHOD PATH [BODY_FILE]: leaves the answer in $work/answer and its status in $status.
# Tries again a few times when the service is away, after as long as it says.
request() {
  local try pause=1
  for ((try = 1; ; try++)); do
    send "$@"
    case $status in
    429 | 502 | 503 | 504 | 000) ;;
    *) return ;;
    esac
    ((try < most_tries)) || return 0
    sleep "$(retry_after $pause)"
    pause=$((pause * 2))
  done
}

send() {
  local code=0 arguments=(--disable --silent --show-error --proto "$protocols" --connect-timeout 5 --max-time 60
    --max-filesize 65536 --request "$1" --output "$work/answer" --dump-header "$work/answer-headers"
    --write-out '%{http_code}' --header 'Authorization: sovereign-keys-agent')
  if (($# == 3)); then
    arguments+=(--header 'Content-Type: application/json' --data-binary "@$3")
  fi
  : >"$work/answer"
  : >"$work/answer-headers"
  # The limit of the files' size, for answers that do not say how long they are; in KiB.
  status=$(ulimit -f 1024 && curl "${arguments[@]}" "$api_url$2" 2>"$work/error") || code=$?
  case $code in
  0) ;;
  5 | 6 | 7 | 16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) status=000 ;; # not resolved, not connected, cut off, too slow
  *) fail "the call to $api_url failed: $(printable "$work/error"). Check $etc/api_url.txt and this system's certificates" ;;
  esac
}

# retry_after DEFAULT: the pause in seconds that the last answer asks for, within bounds.
retry_after() {
  local seconds
  seconds=$(tr -d '\r' <"$work/answer-headers" | sed -n 's/^[Rr]etry-[Aa]fter:[[:space:]]*\([0-9]\{1,6\}\)$/\1/p' | tail -n 1)
  seconds=${seconds:-$1}
  echo $((10#$seconds > longest_pause ? longest_pause : 10#$seconds))
}

# What the answer says is wrong: the problem's detail and reason, or the gateway's message.
problem() {
  local text
  jq --raw-output '(.detail // .message | strings) + (if .reason then " (\(.reason))" else "" end)' \
    "$work/answer" >"$work/problem" 2>/dev/null || cp -- "$work/answer" "$work/problem"
  text=$(printable "$work/problem")
  echo "${text:-no explanation}"
}

was_refused() { [[ $status == 400 && $(problem) == "$refusal"* ]]; }

expect_success() {
  case $status in
  200) ;;
  000) fail "the service at $api_url does not answer: $(printable "$work/error")" "$away" ;;
  429 | 502 | 503 | 504) fail "the service is away for now (status $status): $(problem)" "$away" ;;
  401 | 403) fail "the service does not let this instance in (status $status): $(problem)" ;;
  *) fail "the service said no (status $status): $(problem)" ;;
  esac
}

# take MEMBER FILE [MEMBER FILE]…: writes the decoded members of the answer. One jq for all of them, as it is slow to start.
take() {
  local names=() list='' files=() members=() i
  while (($# > 0)); do
    names+=("$1") list+=" $1" files+=("$2")
    shift 2
  done
  jq --raw-output --arg names "${list# }" \
    '. as $answer | $names | split(" ")[] | $answer[.] | if type == "string" then . else "" end' \
    "$work/answer" >"$work/members" 2>/dev/null || : >"$work/members"
  readarray -t members <"$work/members"
  for i in "${!names[@]}"; do
    [[ -n ${members[i]:-} ]] || fail "the answer of $api_url has no ${names[i]}; is this the address of Sovereign Keys?"
    printf '%s' "${members[i]}" | base64 --decode >"${files[i]}" 2>/dev/null || fail "${names[i]} in the answer of $api_url is not base64"
  done
}

# take_signed MEMBER NAME: writes NAME.bin and NAME.sig, and verifies.
take_signed() {
  take "$1" "$work/$2.bin" "$1_signature" "$work/$2.sig"
  openssl dgst -sha256 -verify "$public_key" -signature "$work/$2.sig" "$work/$2.bin" >/dev/null 2>&1 ||
    fail "the signature does not verify: the answer is not from the HSM that $public_key belongs to. Run sk-chk-pubkey; if the keys differ, ask the operators before anything else"
}

take_encrypted_secret() {
  take_signed encrypted_secret "$1"
  has_size "$work/$1.bin" "$blob_size" || fail "encrypted_secret in the answer does not have $blob_size bytes; please tell the operators of the service"
}

# body NAME VALUE [NAME VALUE]…: writes $work/body. The values are ids and base64, which JSON takes as they are.
body() {
  local members=''
  while (($# > 0)); do
    [[ $2 =~ ^[A-Za-z0-9+/=-]+$ ]] || fail "$1 would have characters that it cannot have; the service was not asked"
    members+=",\"$1\":\"$2\""
    shift 2
  done
  printf '{%s}' "${members#,}" >"$work/body"
}

base64_of() { base64 --wrap=0 "$1"; }

# ask_generate VOLUME: asks only, as all of these; the caller looks at $status.
ask_generate() {
  body volume_uuid "$1" rsa_wrapping_key "$(base64_of "$work/rsa_pub_key.der")"
  request POST "/encryption/$instance_id/generate-secret" "$work/body"
}

# ask_decrypt VOLUME BLOB_FILE
ask_decrypt() {
  body volume_uuid "$1" rsa_wrapping_key "$(base64_of "$work/rsa_pub_key.der")" encrypted_secret "$(base64_of "$2")"
  request POST "/encryption/$instance_id/decrypt-secret" "$work/body"
}

# ask_convert VOLUME BLOB_FILE SOURCE_INSTANCE
ask_convert() {
  body volume_uuid "$1" source_instance_id "$3" encrypted_secret "$(base64_of "$2")"
  request POST "/encryption/$instance_id/convert-secret" "$work/body"
}

# same_public_key: asks the service for its key and compares it with the file.
same_public_key() {
  take public_key "$work/remote_key.der"
  openssl pkey -pubin -in "$public_key" -outform DER -out "$work/local_key.der" 2>/dev/null &&
    cmp --silent "$work/local_key.der" "$work/remote_key.der"
}
