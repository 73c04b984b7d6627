# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the agent's packages meet in a small system.

load world
load ../../../utils/tests/chroot

readonly url=https://abcde12345.execute-api.eu-west-3.amazonaws.com/v1

# make_template merged|split SHELL
make_template() { lay_out "$1" "$2" cat chmod cp grep ln ls mkdir mv rm rmdir sed touch; }

# make_system [split]
make_system() {
  copy_template "${1:-merged}"
  printf '%s\n' '# a site'\''s crontab' '17 * * * * root run-parts /etc/cron.hourly' '@reboot root /bin/sk-automount' \
    '@reboot root /bin/sk-automount && /usr/bin/start-database' >"$system/etc/crontab"
  chmod 600 "$system/etc/crontab"
  printf '@reboot\troot  /usr/bin/sk-automount \n' >"$system/etc/cron.d/by-hand"
}

# with_systemd [running]: systemctl knows preset and disable.
with_systemd() {
  put_systemctl <<'SH'
wanted=/etc/systemd/system/multi-user.target.wants
case "$*" in
*" preset "*) mkdir -p "$wanted" && ln -s /usr/lib/systemd/system/sk-automount.service "$wanted" ;;
*" disable "*) rm "$wanted/sk-automount.service" ;;
esac
SH
  if [[ ${1:-} == running ]]; then mkdir -p "$system/run/systemd/system"; fi
}

is_enabled() { [[ -L $system/etc/systemd/system/multi-user.target.wants/sk-automount.service ]]; }

# expect_told CALL...: all that systemctl was told since the last look.
expect_told() {
  local told
  told=$(sort -u "$system/systemctl.log")
  : >"$system/systemctl.log"
  [[ $told == "$(printf '%s\n' "$@" | sort)" ]] || fail "systemctl was told: $told"
}

expect_crontab_line_gone() {
  ! grep --quiet 'sk-automount$' "$system/etc/crontab" || fail 'the line is there'
  [[ $(wc -l <"$system/etc/crontab") == 3 ]] || fail 'not this line alone is gone'
  [[ $(stat -c %a "$system/etc/crontab") == 600 ]] || fail 'its mode is another'
  [[ ! -s $system/etc/cron.d/by-hand ]] || fail 'the line is there in /etc/cron.d'
}

# settings_of_a_site: as they are on an instance.
settings_of_a_site() {
  mkdir -p "$1/etc/sovereign-keys"
  echo "$url" >"$1/etc/sovereign-keys/api_url.txt"
  printf -- '-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE\n-----END PUBLIC KEY-----\n' >"$1/etc/sovereign-keys/api_public_key.pem"
}

# volumes_are_registered: as sk-prep-dev does it.
volumes_are_registered() {
  printf '/dev/sdf:/mnt/data\n/dev/sdg:/mnt/other' >"$system/etc/sovereign-keys/automount.conf"
}

# remember: the settings as they are; expect_same_settings: they still are so, but for files that are new.
remember() {
  rm -rf "$BATS_TEST_TMPDIR/remembered"
  cp -a "$system/etc/sovereign-keys" "$BATS_TEST_TMPDIR/remembered"
}
expect_same_settings() {
  local file
  for file in "$BATS_TEST_TMPDIR"/remembered/*; do cmp "$file" "$system/etc/sovereign-keys/${file##*/}"; done
  [[ ! -e $system/var/lib/sovereign-keys.upgrade ]] || fail 'the upgrade left its copies'
}

# expect_commands: ours, and none of version 1 beside them.
expect_commands() {
  local file
  for file in "$agent"/bin/*; do cmp "$file" "$system/usr/bin/${file##*/}"; done
  [[ -L $system/bin ]] || ! compgen -G "$system/bin/sk-*" || fail 'commands of version 1 are there'
}

# lay_out_version_1 FOLDER [automount.conf]: what the original installs; with a list of volumes of its own, or without.
lay_out_version_1() {
  local name
  mkdir -p "$1/bin"
  for name in sk-automount sk-chk-pubkey sk-mount sk-prep-dev sk-takeown sk-umount; do
    printf '#!/bin/bash\necho version 1\n' >"$1/bin/$name"
    chmod 755 "$1/bin/$name"
  done
  settings_of_a_site "$1"
  if (($# > 1)); then : >"$1/etc/sovereign-keys/$2"; fi
}

# make_next_packages: of version 99, for a site with another URL, in $next.
make_next_packages() {
  local sources=$BATS_TEST_TMPDIR/sources
  next=$BATS_TEST_TMPDIR/next
  copy_sources "$sources"
  sed -i '1s/(.*)/(99.0.0)/' "$sources/agent-linux/packaging/changelog"
  settings_of_a_site "$sources/agent-linux"
  echo 'https://new.execute-api.eu-west-3.amazonaws.com/v1' >"$sources/agent-linux/etc/sovereign-keys/api_url.txt"
  echo '#rsa_bits=3072 is quicker' >>"$sources/agent-linux/etc/sovereign-keys/agent.conf"
  echo '# another comment' >>"$sources/agent-linux/etc/sovereign-keys/automount.conf"
  "$sources/agent-linux/packaging/build" "$next"
}
