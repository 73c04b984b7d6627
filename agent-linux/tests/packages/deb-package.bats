#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The .deb is installed, upgraded, removed and purged in a system of its own.

load chroot

# deb-systemd-helper's, at a first installation.
readonly preset='--root=/ --system --preset-mode=enable-only preset sk-automount.service'

setup_file() {
  find_packages
  make_debian merged
  make_debian split
}

# make_debian merged|split: with a real deb-systemd-helper, and what the package depends on by name.
make_debian() {
  make_template "$1" dash
  put_in "$template" /usr/bin/perl /usr/bin/deb-systemd-helper
  cp -r --parents /usr/lib/*/perl-base "$template"
  # shellcheck disable=SC2046 # names
  add_dpkg $(dependencies "$deb")
}

# with_dpkg OPTION...
with_dpkg() {
  local log=$BATS_TEST_TMPDIR/dpkg.log
  run_dpkg "$@"
  ! grep -v -E '^(\(Reading|Selecting|Preparing|Unpacking|Setting up|Removing|Purging|Installing new version|Configuration file| ==> |$)' "$log" ||
    [[ ${allow_output:-} == yes ]] || fail "$(<"$log")"
}

# make_version_1 [automount.conf] [conffiles]: as one makes it of the original's .rpm.
make_version_1() {
  local tree=$BATS_TEST_TMPDIR/version-1/tree
  version_1=$BATS_TEST_TMPDIR/version-1/version-1.deb
  lay_out_version_1 "$tree" ${1:+"$1"}
  mkdir "$tree/DEBIAN"
  printf '%s\n' 'Package: sovereign-keys' 'Version: 1.1.0-2' 'Architecture: all' 'Maintainer: none' 'Description: as the original' >"$tree/DEBIAN/control"
  [[ -z ${2:-} ]] || (cd "$tree" && find etc -type f -printf '/%p\n') >"$tree/DEBIAN/conffiles"
  printf '#!/bin/sh\ngrep -q sk-automount /etc/crontab || echo "@reboot root /bin/sk-automount" >>/etc/crontab\n' >"$tree/DEBIAN/postinst"
  chmod 755 "$tree/DEBIAN/postinst"
  dpkg-deb --root-owner-group --build "$tree" "$version_1" >/dev/null
}

@test "a first installation enables the unit, and starts nothing" {
  make_system
  with_systemd running
  with_dpkg --install "$deb"
  expect_commands
  is_enabled
  expect_told "$preset" '--system daemon-reload'
  [[ $(cd "$system/etc/sovereign-keys" && stat -c '%a %n' -- *) == $'644 agent.conf\n644 api_public_key.pem\n644 api_url.txt\n644 automount.conf' ]]
}

@test "without systemd it is installed, upgraded, removed and purged without a word" {
  make_system
  rm "$system/usr/bin/deb-systemd-helper"
  make_next_packages
  with_dpkg --install "$deb"
  expect_crontab_line_gone
  [[ -e $system/etc/cron.d/sovereign-keys ]]
  with_dpkg --install "$next"/*.deb
  with_dpkg --remove sovereign-keys
  with_dpkg --purge sovereign-keys
}

@test "an upgrade of version 1 keeps the settings, enables the unit and takes the crontab's line out" {
  local layout list conffiles
  for layout in merged split; do
    for list in '' automount.conf; do
      for conffiles in '' conffiles; do
        rm -rf "$BATS_TEST_TMPDIR"/{system,version-1}
        echo "layout $layout, list '$list', $conffiles"
        make_system "$layout"
        make_version_1 "$list" "$conffiles"
        with_systemd running
        with_dpkg --install "$version_1"
        volumes_are_registered
        remember
        allow_output=yes with_dpkg --install "$deb"
        expect_same_settings
        expect_commands
        expect_crontab_line_gone
        is_enabled
        expect_told "$preset" '--system daemon-reload'
        [[ $(dpkg-query --admindir "$system/var/lib/dpkg" --show --showformat '${Version} ${Status}' sovereign-keys) == "$version install ok installed" ]]
      done
    done
  done
}

@test "settings that are there before the first installation stay" {
  make_system
  settings_of_a_site "$system"
  volumes_are_registered
  remember
  with_dpkg --install "$deb"
  expect_same_settings
}

@test "an upgrade of version 1 that was cut short goes on where it was" {
  make_system
  make_version_1 automount.conf
  with_dpkg --install "$version_1"
  volumes_are_registered
  remember
  with_dpkg --unpack "$deb"
  [[ ! -e $system/etc/sovereign-keys/automount.conf ]]
  with_dpkg --install "$deb"
  expect_same_settings
}

@test "an upgrade keeps what was changed, and brings what was not; the unit stays as the administrator wants it" {
  make_system
  make_next_packages
  with_systemd running
  with_dpkg --install "$deb"
  volumes_are_registered
  echo 'rsa_bits=3072' >>"$system/etc/sovereign-keys/agent.conf"
  remember
  rm "$BATS_TEST_TMPDIR"/remembered/api_*
  rm "$system/etc/systemd/system/multi-user.target.wants/sk-automount.service"
  : >"$system/systemctl.log"
  with_dpkg --install "$next"/*.deb
  expect_same_settings
  [[ $(<"$system/etc/sovereign-keys/api_url.txt") == https://new.* ]]
  ! is_enabled || fail 'it is enabled again'
  expect_told '--system daemon-reload'
}

@test "removal leaves the settings where they are, for the next installation, and stops nothing" {
  make_system
  with_systemd running
  with_dpkg --install "$deb"
  settings_of_a_site "$system"
  volumes_are_registered
  remember
  : >"$system/systemctl.log"
  with_dpkg --remove sovereign-keys
  expect_same_settings
  expect_told '--system daemon-reload'
  ! compgen -G "$system/usr/bin/sk-*" || fail 'commands are left'
  # What cron does then at the start of a system without systemd.
  rmdir "$system/run/systemd/system"
  as_root chroot "$system" /bin/sh -c "$(sed -n 's/^@reboot root //p' "$system/etc/cron.d/sovereign-keys")"
  with_dpkg --install "$deb"
  expect_same_settings
  is_enabled
}

@test "a purge takes the settings too, but no file that is not the package's" {
  make_system
  with_systemd running
  with_dpkg --install "$deb"
  volumes_are_registered
  touch "$system/etc/sovereign-keys/notes"
  allow_output=yes with_dpkg --purge sovereign-keys
  [[ $(ls "$system/etc/sovereign-keys") == notes ]]
  rm -r "$system/etc/sovereign-keys"
  [[ -z $(cd "$system" && find . -path ./var/lib/dpkg -prune -o \( -name '*sk-*' -o -name '*sovereign-keys*' \) -print) ]]
}

@test "an upgrade that is broken off leaves the earlier package as it was" {
  make_system
  make_next_packages
  with_dpkg --install "$deb"
  settings_of_a_site "$system"
  volumes_are_registered
  remember
  # A file of the new package that is another's.
  dpkg-deb --raw-extract "$next"/*.deb "$BATS_TEST_TMPDIR/broken"
  mkdir -p "$BATS_TEST_TMPDIR/broken/usr/share/jq"
  touch "$BATS_TEST_TMPDIR/broken/usr/share/jq/file"
  echo /usr/share/jq/file >>"$system/var/lib/dpkg/info/jq.list"
  dpkg-deb --root-owner-group --build "$BATS_TEST_TMPDIR/broken" "$BATS_TEST_TMPDIR/broken.deb" >/dev/null
  ! with_dpkg --install "$BATS_TEST_TMPDIR/broken.deb" || return 1
  expect_same_settings
  expect_commands
}
