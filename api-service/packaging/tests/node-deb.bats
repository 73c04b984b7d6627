#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The .deb of a node is installed, upgraded, removed and purged in a system of its own.

load chroot

setup_file() {
  find_packages
  make_template dash
  # shellcheck disable=SC2046 # names
  add_dpkg $(dependencies "$deb")
}

@test "a first installation makes the user, and starts and enables nothing" {
  make_system
  with_systemd
  run_dpkg --install "$deb"
  has_user
  expect_told '--system daemon-reload'
  [[ $(stat -c '%a %U' "$system/etc/sovereign-keys-api/node.env") == '640 root' ]]
  [[ ! -e $system/$cache ]]
  as_root chroot "$system" /usr/sbin/sk-set-hsm-password --help | grep --quiet 'Usage: sk-set-hsm-password'
}

@test "where the AOT cache cannot be made, the installation says so and goes on" {
  make_system
  # Java finds its libraries by /proc, which is not there.
  unset SK_NO_AOT_CACHE
  run_dpkg --install "$deb"
  grep --quiet 'sovereign-keys-api: there is no AOT cache; the service starts without it' "$BATS_TEST_TMPDIR/dpkg.log"
  [[ ! -e $system/$cache ]]
  [[ $(dpkg-query --admindir "$system/var/lib/dpkg" --show --showformat '${Status}' sovereign-keys-api) == 'install ok installed' ]]
}

@test "installed again, it keeps the settings, and stops nothing" {
  make_system
  with_systemd
  run_dpkg --install "$deb"
  settings_of_a_site
  touch "$system/$cache"
  : >"$system/systemctl.log"
  run_dpkg --install "$deb"
  expect_settings_of_a_site
  # What the JVM learned of other files is of no use.
  [[ -e $system/etc/sovereign-keys-api/hsm.env && ! -e $system/$cache ]]
  expect_told '--system daemon-reload' '--quiet is-active sovereign-keys-api.service'
}

@test "an upgrade takes what the earlier version alone had, keeps the settings, learns anew, stops nothing and says so; nothing is left of either" {
  local folder=$BATS_TEST_TMPDIR
  make_system
  with_systemd
  unset SK_NO_AOT_CACHE
  make_light_packages 1.9.0 "$folder/earlier" as_earlier
  make_light_packages 1.10.0 "$folder/later"
  run_dpkg --install "$folder"/earlier/*.deb
  ! grep --quiet 'runs on in its earlier version' "$folder/dpkg.log" || fail 'a first installation speaks of an earlier one'
  [[ $(<"$system/$cache") == 'learned from 1.9.0' ]]
  settings_of_a_site
  : >"$system/systemctl.log"
  run_dpkg --install "$folder"/later/*.deb
  grep --quiet 'the service runs on in its earlier version until it ends, and so do sk-node, sk-self-locker, sk-spot-watch and sk-log' "$folder/dpkg.log"
  expect_told '--system daemon-reload' '--quiet is-active sovereign-keys-api.service'
  expect_settings_of_a_site
  [[ $(<"$system/$cache") == 'learned from 1.10.0' ]]
  {
    dpkg-deb --fsys-tarfile "$folder"/later/*.deb | tar --list --quoting-style=literal | sed -n 's:^\.\(/.*[^/]\)$:\1:p'
    printf '%s\n' "/$cache" /etc/sovereign-keys-api/hsm.env /etc/sovereign-keys-api/node.env.dpkg-dist
  } | expect_files
  run_dpkg --purge sovereign-keys-api
  expect_nothing_left
}

@test "an upgrade that is broken off leaves the earlier version as it was" {
  local folder=$BATS_TEST_TMPDIR
  make_system
  unset SK_NO_AOT_CACHE
  make_light_packages 1.9.0 "$folder/earlier"
  make_light_packages 1.10.0 "$folder/later" with_file_of_another
  echo /usr/share/jq/file >>"$system/var/lib/dpkg/info/jq.list"
  run_dpkg --install "$folder"/earlier/*.deb
  settings_of_a_site
  ! run_dpkg --install "$folder"/later/*.deb || fail 'it was installed'
  expect_settings_of_a_site
  [[ $(<"$system/$cache") == 'learned from 1.9.0' ]]
  [[ $(<"$system/usr/lib/sovereign-keys-api/app/sk-node/sk-node.jar") == 'sk-node 1.9.0' ]]
}

@test "removal stops the node and leaves the settings; a purge takes them, but no file that is not the package's" {
  make_system
  with_systemd
  run_dpkg --install "$deb"
  settings_of_a_site
  touch "$system/$cache"
  : >"$system/systemctl.log"
  run_dpkg --remove sovereign-keys-api
  expect_settings_of_a_site
  expect_told 'disable --now sovereign-keys-node.target' 'stop mnt-ram\x2dstore.mount sk-seal.service' '--system daemon-reload'
  [[ ! -e $system/usr/lib/sovereign-keys-api ]]
  touch "$system/etc/sovereign-keys-api/notes"
  run_dpkg --purge sovereign-keys-api
  [[ $(ls "$system/etc/sovereign-keys-api") == notes ]]
  rm -r "$system/etc/sovereign-keys-api"
  expect_nothing_left
}
