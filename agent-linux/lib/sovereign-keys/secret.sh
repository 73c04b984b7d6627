# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where secrets are while they are needed: files in a RAM file system of this run alone.
# No secret is ever in a variable, in an argument list, in the environment or in a pipe.

readonly secret_size=32
readonly blob_size=92

# make_secrets_folder: sets $work. ramfs is never swapped out; where it is missing, tmpfs may be, unless there is no swap or noswap is known.
make_secrets_folder() {
  mkdir -p -- "$run"
  lock_secrets || fail 'another command of Sovereign Keys does not end; look for it, and try again' "$away"
  remove_leftovers
  work=$(mktemp -d -- "$run/secrets.XXXXXX")
  at_exit remove_secrets
  mount_secrets
  # Whoever holds this lives; see remove_leftovers.
  exec 8<"$work"
  flock 8
  exec 6>&-
}

# lock_secrets: one run at a time makes such a folder, or removes one.
lock_secrets() {
  exec 6>>"$run/lock.secrets"
  flock --wait 15 6
}

mount_secrets() {
  mount -t ramfs -o mode=0700,nosuid,nodev,noexec sovereign-keys "$work" 2>/dev/null ||
    mount -t tmpfs -o mode=0700,nosuid,nodev,noexec,size=1m,noswap sovereign-keys "$work" 2>/dev/null ||
    { no_swap && mount -t tmpfs -o mode=0700,nosuid,nodev,noexec,size=1m sovereign-keys "$work"; } ||
    fail 'no RAM file system that stays out of swap can be mounted; load the module ramfs, or turn swap off'
}

no_swap() { (($(wc -l <"$root/proc/swaps") <= 1)); }

remove_secrets() {
  lock_secrets || true
  exec 8<&-
  remove_folder "$work" || {
    warn "$work could not be unmounted; unmount it by hand, it holds a secret"
    return 1
  }
}

remove_folder() {
  local folder=$1 tries
  if is_mount_point "$folder"; then
    find "$folder" -type f -delete
    for tries in 1 2 3 4 5; do
      umount -- "$folder" 2>/dev/null && break
      sleep 0.2
    done
  fi
  [[ ! -d $folder ]] || rmdir -- "$folder" 2>/dev/null
}

# What runs left that were killed with no chance to clear up: nobody holds it.
remove_leftovers() {
  local folder
  for folder in "$run"/secrets.*; do
    [[ -d $folder ]] && flock --nonblock "$folder" true || continue
    remove_folder "$folder" || warn "$folder, of a run that was killed, could not be unmounted; unmount it by hand"
  done
}

# The one-time key that the service wraps the secret with.
make_one_time_key() {
  local bits
  bits=$(setting rsa_bits 4096)
  RANDFILE=$work/rnd openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits" -out "$work/rsa_key.pem" 2>"$work/error" &&
    openssl pkey -in "$work/rsa_key.pem" -pubout -outform DER -out "$work/rsa_pub_key.der" 2>>"$work/error" ||
    fail "openssl made no RSA key of $bits bits: $(printable "$work/error")"
}

# unwrap NAME SECRET: opens NAME.bin with the one-time key; SECRET.bin is a key file for cryptsetup.
unwrap() {
  openssl pkeyutl -decrypt -inkey "$work/rsa_key.pem" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
    -pkeyopt rsa_mgf1_md:sha256 -in "$work/$1.bin" -out "$work/$2.bin" 2>/dev/null ||
    fail 'the answer is signed, but does not open with the one-time key; please tell the operators of the service'
  has_size "$work/$2.bin" "$secret_size" ||
    fail "the secret in the answer does not have $secret_size bytes; please tell the operators of the service"
}

has_size() { [[ -f $1 ]] && (($(wc -c <"$1") == $2)); }

# printable FILE: a short text of others, made harmless for a terminal.
printable() { head -c 400 "$1" | tr '\n\t' '  ' | tr -dc '[:print:]'; }

# make_plain_folder: sets $work, for commands that any user may run and that handle no secret.
make_plain_folder() {
  work=$(mktemp -d)
  at_exit remove_plain_folder
}

remove_plain_folder() { rm -rf -- "$work"; }
