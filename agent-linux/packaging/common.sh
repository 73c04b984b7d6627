# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Begins each script of the packages. They run in sh, as root, also where no systemd runs and no systemctl is there, as in the making
# of an image. They start and stop nothing: stopping a unit would stop those that need the volumes.

conf=/etc/sovereign-keys
# Where an upgrade keeps what it must not lose.
kept=/var/lib/sovereign-keys.upgrade

# What an upgrade kept that was cut short stays kept.
keep_conf() {
  [ -d "$kept" ] || mkdir -m 700 "$kept"
  for file in api_url.txt api_public_key.pem automount.conf; do
    if [ -f "$conf/$file" ]; then cp -p "$conf/$file" "$kept/$file"; fi
  done
}

is_site_file() {
  case $1 in
  *.pem) grep -q 'BEGIN PUBLIC KEY' "$1" 2>/dev/null ;;
  *.txt) grep -q '^[[:space:]]*http' "$1" 2>/dev/null && ! grep -q '//example\.' "$1" ;;
  esac
}

# A package that was made without a site's files does not take the place of those that work; and a list of volumes that an earlier package
# had as its own stays.
put_back_conf() {
  for file in api_url.txt api_public_key.pem; do
    if is_site_file "$kept/$file" && ! is_site_file "$conf/$file"; then cp -p "$kept/$file" "$conf/$file"; fi
  done
  if [ -f "$kept/automount.conf" ] && [ ! -e "$conf/automount.conf" ]; then
    cp -p "$kept/automount.conf" "$conf/automount.conf"
  fi
  rm -rf "$kept"
}

# The line of version 1. The unit takes its place, or our own line in /etc/cron.d.
remove_crontab_line() {
  line='^[[:space:]]*@reboot[[:space:]]\{1,\}root[[:space:]]\{1,\}\(/usr\)\{0,1\}/bin/sk-automount[[:space:]]*$'
  for file in /etc/crontab /etc/cron.d/*; do
    if grep -q "$line" "$file" 2>/dev/null; then sed -i --follow-symlinks "\\#$line#d" "$file"; fi
  done
}

reload_systemd() {
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
}
