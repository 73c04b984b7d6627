# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the install scripts of the HSMs share: they take files of the artifact bucket, none without its checksum, and write the
# configuration of the HSM's client. They change nothing before all was taken and checked, and may be run again. They set $layer; $etc, where
# the client has its certificates; and $certificates, the names of those in the bucket.

export LC_ALL=C
umask 022
readonly program=sovereign-keys-hsm-${layer:?}
# The tests put a folder of their own before the paths of the system.
readonly root=${SK_TEST_ROOT:-}
readonly ram_key=/mnt/ram-store/client.key
readonly settings=$root/etc/sovereign-keys-api/hsm.env

say() { echo "$program: $1"; }

fail() {
  echo "$program: $1" >&2
  exit 1
}

# start: sets $work, a folder for what is not known to be whole yet, and reads the checksums.
start() {
  [[ -n ${SK_ARTIFACT_BUCKET:-} ]] || fail 'SK_ARTIFACT_BUCKET is not set: the name of the bucket with the files of the HSM'
  command -v aws >/dev/null || fail 'the command aws is missing; please install it (package awscli, or awscli-2)'
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  read_checksums
}

# in_bucket NAME: what the layer's files are named by.
in_bucket() { echo "s3://$SK_ARTIFACT_BUCKET/sovereign-instances/$1"; }

fetch() { aws s3 cp --only-show-errors "$(in_bucket "$1")" "$2" 2>"$work/error"; }

# read_checksums: those that lie beside this script, which came with the package, count more than those of the bucket.
read_checksums() {
  local pinned=${here:?}/SHA256SUMS
  if [[ -e $pinned ]]; then
    cp -- "$pinned" "$work/SHA256SUMS"
  else
    fetch "$layer-conf/SHA256SUMS" "$work/SHA256SUMS" ||
      fail "$(in_bucket "$layer-conf/SHA256SUMS") cannot be read: $(<"$work/error"). hsm-conf/README.md says how to make it"
  fi
}

has_checksum() { grep --quiet -E "^[0-9a-f]{64} [ *]$1\$" "$work/SHA256SUMS"; }

# take NAME: the file NAME of the bucket, in $work/taken/NAME, if it has the checksum that stands for it.
take() {
  local place=$work/taken/$1
  has_checksum "$1" || fail "SHA256SUMS has no line for $1: nothing is installed without a checksum"
  mkdir -p -- "${place%/*}"
  fetch "$1" "$place" || fail "$(in_bucket "$1") cannot be read: $(<"$work/error")"
  (cd -- "$work/taken" && grep -E "^[0-9a-f]{64} [ *]$1\$" ../SHA256SUMS | sha256sum --check --quiet --strict >/dev/null 2>&1) ||
    fail "$(in_bucket "$1") has another checksum than SHA256SUMS says; it was not installed"
}

# put MODE NAME FILE: what was taken, to its place, in one step.
put() {
  local place=$root$3
  mkdir -p -- "${place%/*}"
  install -m "$1" -- "$work/taken/$2" "$place.new"
  mv -- "$place.new" "$place"
}

# take_certificates: which are such, and with which no private key comes.
take_certificates() {
  local name
  for name in "${certificates[@]:?}"; do
    take "$name"
    grep --quiet 'BEGIN CERTIFICATE' "$work/taken/$name" || fail "$name is no certificate in PEM"
    if grep --quiet 'PRIVATE KEY' "$work/taken/$name"; then
      fail "$name holds a private key: take it out of the bucket, with all its versions, and make another key"
    fi
  done
}

put_certificates() {
  local name
  for name in "${certificates[@]:?}"; do put 644 "$name" "${etc:?}/${name##*/}"; done
}

# link_key FILE: where the HSM's client looks for its key; the service writes it to the RAM store.
link_key() {
  mkdir -p -- "$root${1%/*}"
  [[ ! -e $root$1 || -L $root$1 ]] || fail "$1 is a file on the disk; the key must lie in RAM alone. Remove the file, and count the key as lost"
  ln -sfn -- "$ram_key" "$root$1"
}

# write_settings NAME=VALUE...: for the units of the service.
write_settings() {
  mkdir -p -- "${settings%/*}"
  printf '%s\n' "# Written by the install script of the HSM layer $layer." "$@" >"$work/settings"
  install -m 640 -- "$work/settings" "$settings.new"
  mv -- "$settings.new" "$settings"
}
