#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The .rpm is installed, upgraded and removed in a system of its own.

load chroot

setup_file() {
  find_packages
  make_template merged bash
  make_template split bash
}

# with_rpm OPTION...
with_rpm() {
  run_rpm "$@"
  # A script of a package that fails is a warning only.
  [[ ! -s $BATS_TEST_TMPDIR/rpm.log || ${allow_output:-} == yes ]] || fail "$(<"$BATS_TEST_TMPDIR/rpm.log")"
}

# make_version_1 [automount.conf] [%config]
make_version_1() {
  local top=$BATS_TEST_TMPDIR/version-1
  lay_out_version_1 "$top/tree" ${1:+"$1"}
  cat >"$top/sovereign-keys.spec" <<SPEC
Name: sovereign-keys
Version: 1.1.0
Release: 1
Summary: as the original
License: GPL
BuildArch: noarch
AutoReqProv: no
%description
As the original.
%install
cp -a $top/tree/. %{buildroot}/
%files
/bin/sk-*
${2:-} /etc/sovereign-keys/*
%post
grep -q sk-automount /etc/crontab || echo '@reboot root /bin/sk-automount' >>/etc/crontab
%postun
[ \$1 -gt 0 ] || sed -i '/sk-automount\$/d' /etc/crontab
SPEC
  rpmbuild -bb --target noarch-linux --define "_topdir $top" --define "_dbpath $top/db" --define '__os_install_post %{nil}' \
    --define '_build_name_fmt version-1.rpm' "$top/sovereign-keys.spec" >"$top/log" 2>&1 || fail "$(<"$top/log")"
  version_1=$top/RPMS/version-1.rpm
}

@test "a first installation enables the unit, and starts nothing" {
  make_system
  with_systemd running
  with_rpm --install "$rpm"
  expect_commands
  expect_told '--no-reload preset sk-automount.service' '--system daemon-reload'
  grep --quiet --line-regexp 'enable sk-automount.service' "$system/usr/lib/systemd/system-preset/80-sovereign-keys.preset"
  [[ $(cd "$system/etc/sovereign-keys" && stat -c '%a %n' -- *) == $'644 agent.conf\n644 api_public_key.pem\n644 api_url.txt\n644 automount.conf' ]]
}

@test "in an image that is being made, systemd is not running: the unit is enabled all the same" {
  make_system
  with_systemd
  with_rpm --install "$rpm"
  expect_told '--no-reload preset sk-automount.service'
}

@test "without systemd it is installed, upgraded and removed without a word" {
  make_system
  make_next_packages
  with_rpm --install "$rpm"
  expect_crontab_line_gone
  [[ -e $system/etc/cron.d/sovereign-keys ]]
  with_rpm --upgrade "$next"/*.rpm
  with_rpm --erase sovereign-keys
}

@test "an upgrade of version 1 keeps the settings, enables the unit and takes the crontab's line out" {
  local layout list config
  for layout in merged split; do
    for list in '' automount.conf; do
      for config in '' '%config' '%config(noreplace)'; do
        rm -rf "$BATS_TEST_TMPDIR"/{system,version-1}
        echo "layout $layout, list '$list', $config"
        make_system "$layout"
        make_version_1 "$list" "$config"
        with_systemd running
        with_rpm --install "$version_1"
        volumes_are_registered
        remember
        allow_output=yes with_rpm --upgrade "$rpm"
        expect_same_settings
        expect_commands
        expect_crontab_line_gone
        is_enabled
        expect_told '--no-reload preset sk-automount.service' '--system daemon-reload'
        [[ $(rpm --root "$system" --dbpath /var/lib/rpm --query sovereign-keys) == "sovereign-keys-$version-1.noarch" ]]
      done
    done
  done
}

@test "settings that are there before the first installation stay" {
  make_system
  settings_of_a_site "$system"
  volumes_are_registered
  remember
  allow_output=yes with_rpm --install "$rpm"
  expect_same_settings
}

@test "an upgrade keeps what was changed, and brings what was not; the unit stays as the administrator wants it" {
  make_system
  make_next_packages
  with_systemd running
  with_rpm --install "$rpm"
  volumes_are_registered
  echo 'rsa_bits=3072' >>"$system/etc/sovereign-keys/agent.conf"
  remember
  rm "$BATS_TEST_TMPDIR"/remembered/api_*
  : >"$system/systemctl.log"
  allow_output=yes with_rpm --upgrade "$next"/*.rpm
  expect_same_settings
  [[ $(<"$system/etc/sovereign-keys/api_url.txt") == https://new.* ]]
  expect_told '--system daemon-reload'
}

@test "removal leaves what was changed where it is, for the next installation, and stops nothing" {
  make_system
  with_systemd running
  with_rpm --install "$rpm"
  settings_of_a_site "$system"
  volumes_are_registered
  remember
  rm "$BATS_TEST_TMPDIR/remembered/agent.conf"
  : >"$system/systemctl.log"
  allow_output=yes with_rpm --erase sovereign-keys
  expect_same_settings
  expect_told '--no-reload disable sk-automount.service' '--system daemon-reload'
  [[ $(cd "$system" && find . -name '*sk-*' -o -name '*sovereign-keys*') == ./etc/sovereign-keys ]]
  allow_output=yes with_rpm --install "$rpm"
  expect_same_settings
  expect_told '--no-reload preset sk-automount.service' '--system daemon-reload'
}

@test "removal of what was not changed leaves nothing" {
  make_system
  with_rpm --install "$rpm"
  with_rpm --erase sovereign-keys
  [[ -z $(cd "$system" && find . -name '*sk-*' -o -name '*sovereign-keys*') ]]
}
