# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What bats kept of the last run, looked at; for suites on disks that are files, and in guests.

# expect STATUS: of the last run.
expect() {
  [[ $status == "$1" ]] || {
    echo "status $status, not $1; output:"
    echo "$output"
    return 1
  }
}

# expect_text TEXT
expect_text() {
  [[ $output == *"$1"* ]] || {
    echo "not '$1' in:"
    echo "$output"
    return 1
  }
}

expect_no_text() {
  [[ $output != *"$1"* ]] || {
    echo "'$1' in:"
    echo "$output"
    return 1
  }
}
