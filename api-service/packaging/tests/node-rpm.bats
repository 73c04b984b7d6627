#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The .rpm of a node is installed, upgraded and removed in a system of its own.

load chroot

setup_file() {
  find_packages
  make_template bash
}

# with_rpm OPTION...
with_rpm() {
  run_rpm "$@"
  # A script of a package that fails is a warning only.
  ! grep -v '^Creating \(group\|user\) ' "$BATS_TEST_TMPDIR/rpm.log" || [[ ${allow_output:-} == yes ]] || fail "$(<"$BATS_TEST_TMPDIR/rpm.log")"
}

@test "a first installation makes the user, and starts and enables nothing" {
  make_system
  with_systemd
  with_rpm --install "$rpm"
  has_user
  expect_told '--system daemon-reload'
  [[ $(stat -c '%a %U' "$system/etc/sovereign-keys-api/node.env") == '640 root' ]]
  as_root chroot "$system" /usr/sbin/sk-set-hsm-password --help | grep --quiet 'Usage: sk-set-hsm-password'
}

@test "where the AOT cache cannot be made, the installation says so and goes on" {
  make_system
  unset SK_NO_AOT_CACHE
  allow_output=yes with_rpm --install "$rpm"
  grep --quiet 'sovereign-keys-api: there is no AOT cache; the service starts without it' "$BATS_TEST_TMPDIR/rpm.log"
  [[ ! -e $system/$cache ]]
  [[ $(rpm --root "$system" --dbpath /var/lib/rpm --query sovereign-keys-api) == sovereign-keys-api-"$version"-1.* ]]
}

@test "installed again, as an upgrade is, it keeps the settings, and stops nothing" {
  make_system
  with_systemd
  with_rpm --install "$rpm"
  settings_of_a_site
  touch "$system/$cache"
  : >"$system/systemctl.log"
  allow_output=yes with_rpm --upgrade --replacepkgs "$rpm"
  expect_settings_of_a_site
  [[ -e $system/etc/sovereign-keys-api/hsm.env && ! -e $system/$cache ]]
  ! grep --quiet disable "$system/systemctl.log" || fail 'it was stopped'
}

@test "an upgrade takes what the earlier version alone had, keeps the settings, learns anew, stops nothing and says so" {
  local folder=$BATS_TEST_TMPDIR
  make_system
  with_systemd
  unset SK_NO_AOT_CACHE
  make_light_packages 1.9.0 "$folder/earlier" as_earlier
  make_light_packages 1.10.0 "$folder/later"
  with_rpm --install "$folder"/earlier/*.rpm
  [[ $(<"$system/$cache") == 'learned from 1.9.0' ]]
  settings_of_a_site
  : >"$system/systemctl.log"
  allow_output=yes with_rpm --upgrade "$folder"/later/*.rpm
  grep --quiet 'the service runs on in its earlier version until it ends, and so do sk-node, sk-self-locker, sk-spot-watch and sk-log' "$folder/rpm.log"
  expect_told '--system daemon-reload' '--quiet is-active sovereign-keys-api.service' '--system daemon-reload'
  expect_settings_of_a_site
  [[ $(<"$system/$cache") == 'learned from 1.10.0' ]]
  {
    rpm --query --package --queryformat '[%{FILEMODES:perms} %{FILENAMES}\n]' "$folder"/later/*.rpm | sed -n 's/^[^d][^ ]* //p'
    printf '%s\n' "/$cache" /etc/sovereign-keys-api/hsm.env /etc/sovereign-keys-api/node.env.rpmnew
  } | expect_files
  allow_output=yes with_rpm --erase sovereign-keys-api
  [[ $(ls "$system/etc/sovereign-keys-api") == $'node.env.rpmnew\nnode.env.rpmsave' ]]
  rm -r "$system/etc/sovereign-keys-api"
  expect_nothing_left
}

@test "removal stops the node, and leaves nothing but settings that were changed" {
  make_system
  with_systemd
  with_rpm --install "$rpm"
  settings_of_a_site
  touch "$system/$cache"
  : >"$system/systemctl.log"
  allow_output=yes with_rpm --erase sovereign-keys-api
  expect_told 'disable --now sovereign-keys-node.target' 'stop mnt-ram\x2dstore.mount sk-seal.service' '--system daemon-reload'
  [[ $(ls "$system/etc/sovereign-keys-api") == node.env.rpmsave ]]
  rm -r "$system/etc/sovereign-keys-api"
  expect_nothing_left
}
