# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The packages: those in SK_TEST_PACKAGES, which Maven sets, or fresh ones.

agent=$(readlink -f -- "${BATS_TEST_DIRNAME%/*}/..")
readonly agent

find_packages() {
  if [[ -z ${SK_TEST_PACKAGES:-} ]]; then
    export SK_TEST_PACKAGES=$BATS_FILE_TMPDIR/packages
    "$agent/packaging/build" "$SK_TEST_PACKAGES" 2>/dev/null
  fi
  rpm=$(echo "$SK_TEST_PACKAGES"/*.rpm)
  deb=$(echo "$SK_TEST_PACKAGES"/*.deb)
  version=$(dpkg-deb --field "$deb" Version)
  export rpm deb version
}

setup_file() { find_packages; }

fail() {
  echo "$*"
  return 1
}

# copy_sources FOLDER: what packaging/build reads.
copy_sources() {
  mkdir -p "$1/docs" "$1/agent-linux"
  cp "$agent/../docs/agent.md" "$1/docs/"
  cp "$agent/../LICENSE" "$1/"
  cp -r "$agent"/{bin,etc,lib,man,packaging,systemd} "$1/agent-linux/"
}
