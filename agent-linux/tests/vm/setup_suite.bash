# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What all suites share: the guest's image, and a sandbox that stands for AWS and the service.

setup_suite() {
  local here root number options=()
  here=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
  root=$here/../../..
  export SK_VM_IMAGE=$here/../../target/guest SK_VM_SANDBOX=${SK_VM_SANDBOX:-}
  "$here/guest-image" "$SK_VM_IMAGE"
  export SK_VM_KEYS=$BATS_RUN_TMPDIR/keys
  mkdir "$SK_VM_KEYS"
  for number in {10..49}; do
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$SK_VM_KEYS/$number" 2>/dev/null
  done
  # One that is there already serves, and stays.
  [[ -z $SK_VM_SANDBOX ]] || return 0
  SK_VM_SANDBOX=$BATS_RUN_TMPDIR/sandbox
  [[ -z ${SK_VM_NO_BUILD:-} ]] || options=(--no-build)
  # The sandbox's processes stay behind; bats would wait for whoever holds its descriptors.
  "$root/utils/sandbox/sandbox" up --brief --home "$SK_VM_SANDBOX" ${options[@]+"${options[@]}"} 3>&- 4>&-
  touch "$SK_VM_SANDBOX.ours"
}

teardown_suite() {
  [[ ! -e ${SK_VM_SANDBOX:-}.ours ]] || "${BASH_SOURCE[0]%/*}/../../../utils/sandbox/sandbox" down --home "$SK_VM_SANDBOX"
}
