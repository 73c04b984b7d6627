#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The .deb of a node is installed, upgraded, removed and purged in a system of its own.

load chroot

setup_file() {
  local package
  find_packages
  make_template dash
  mkdir -p "$template"/var/lib/dpkg/{info,updates}
  for package in base-files $(dpkg-deb --field "$deb" Depends | sed 's/([^)]*)//g' | tr -d ','); do
    printf '%s\n' "Package: $package" 'Status: install ok installed' 'Maintainer: none' 'Architecture: all' 'Version: 999' 'Description: by name' '' >>"$template/var/lib/dpkg/status"
    : >"$template/var/lib/dpkg/info/$package.list"
  done
  printf '%s\n' /. /bin /dev /etc /lib /lib64 /sbin /usr /usr/bin /usr/lib /usr/sbin /usr/share >"$template/var/lib/dpkg/info/base-files.list"
}

# with_dpkg OPTION...: nobody answers its questions.
with_dpkg() {
  local log=$BATS_TEST_TMPDIR/dpkg.log
  as_root dpkg --root="$system" --log="$log.history" --force-confdef --force-confold "$@" </dev/null >"$log" 2>&1 || fail "$(<"$log")"
}

# make_next: the same as version 99, in $next.
make_next() {
  next=$BATS_TEST_TMPDIR/next.deb
  dpkg-deb --raw-extract "$deb" "$BATS_TEST_TMPDIR/raw"
  sed -i 's/^Version: .*/Version: 99.0.0/' "$BATS_TEST_TMPDIR/raw/DEBIAN/control"
  echo '# another comment' >>"$BATS_TEST_TMPDIR/raw/etc/sovereign-keys-api/node.env"
  dpkg-deb --root-owner-group -Znone --build "$BATS_TEST_TMPDIR/raw" "$next" >/dev/null
  rm -r "$BATS_TEST_TMPDIR/raw"
}

@test "a first installation makes the user, and starts and enables nothing" {
  make_system
  with_systemd
  with_dpkg --install "$deb"
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
  with_dpkg --install "$deb"
  grep --quiet 'sovereign-keys-api: there is no AOT cache; the service starts without it' "$BATS_TEST_TMPDIR/dpkg.log"
  [[ ! -e $system/$cache ]]
  [[ $(dpkg-query --admindir "$system/var/lib/dpkg" --show --showformat '${Status}' sovereign-keys-api) == 'install ok installed' ]]
}

@test "installed again and upgraded, it keeps the settings, and stops nothing" {
  make_system
  with_systemd
  make_next
  with_dpkg --install "$deb"
  settings_of_a_site
  touch "$system/$cache"
  with_dpkg --install "$deb"
  expect_settings_of_a_site
  # What the JVM learned of other files is of no use.
  [[ ! -e $system/$cache ]]
  : >"$system/systemctl.log"
  with_dpkg --install "$next"
  expect_settings_of_a_site
  [[ -e $system/etc/sovereign-keys-api/hsm.env ]]
  expect_told '--system daemon-reload'
  [[ $(dpkg-query --admindir "$system/var/lib/dpkg" --show --showformat '${Version}' sovereign-keys-api) == 99.0.0 ]]
}

@test "removal stops the node and leaves the settings; a purge takes them, but no file that is not the package's" {
  make_system
  with_systemd
  with_dpkg --install "$deb"
  settings_of_a_site
  touch "$system/$cache"
  : >"$system/systemctl.log"
  with_dpkg --remove sovereign-keys-api
  expect_settings_of_a_site
  expect_told 'disable --now sovereign-keys-node.target' '--system daemon-reload'
  [[ ! -e $system/usr/lib/sovereign-keys-api ]]
  touch "$system/etc/sovereign-keys-api/notes"
  with_dpkg --purge sovereign-keys-api
  [[ $(ls "$system/etc/sovereign-keys-api") == notes ]]
  rm -r "$system/etc/sovereign-keys-api"
  expect_nothing_left
}
