# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The packages: those in SK_TEST_PACKAGES, which Maven sets, or fresh ones.

packaging=$(readlink -f -- "${BASH_SOURCE[0]%/*}/..")
root=$(readlink -f -- "$packaging/../..")
sk_node=$root/sk-node/target/sk-node
readonly packaging root sk_node

fail() {
  echo "$*"
  return 1
}

find_packages() {
  if [[ -z ${SK_TEST_PACKAGES:-} ]]; then
    export SK_TEST_PACKAGES=$BATS_FILE_TMPDIR/packages
    "$packaging/build" --node "$sk_node" "$SK_TEST_PACKAGES"
  fi
  rpm=$(echo "$SK_TEST_PACKAGES"/*.rpm)
  deb=$(echo "$SK_TEST_PACKAGES"/*.deb)
  version=$(dpkg-deb --field "$deb" Version)
  export rpm deb version
}

# expect STATUS [TEXT]: of what was run.
expect() {
  [[ $status == "$1" ]] || fail "it ended with $status, not $1: $output"
  [[ -z ${2:-} || $output == *"$2"* ]] || fail "it did not say '$2', but: $output"
}

# stand_in COMMAND: in bin, with a script from standard input.
stand_in() {
  mkdir -p bin
  {
    echo '#!/bin/bash'
    cat
  } >"bin/$1"
  chmod +x "bin/$1"
}

# copy_sources FOLDER: what the build reads.
copy_sources() {
  mkdir -p "$1"/{api-service/packaging,docs,utils}
  cp -r "$packaging"/{application,build,changelog,common.sh,deb,node,rpm,runtime} "$1/api-service/packaging/"
  cp -r "$packaging/../bin" "$1/api-service/bin"
  cp -r "$root/hsm-conf" "$1/hsm-conf"
  cp "$root/utils/find-jdk" "$1/utils/"
  cp "$root/docs/node.md" "$1/docs/"
  cp "$root/LICENSE" "$1/"
}
