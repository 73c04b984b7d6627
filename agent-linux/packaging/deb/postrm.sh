# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
remove) reload_systemd ;;
purge)
  if command -v deb-systemd-helper >/dev/null; then
    deb-systemd-helper purge sk-automount.service >/dev/null || true
  fi
  rm -f "$conf/automount.conf" "$conf/automount.conf.new" "$conf/automount.conf.tmp"
  rm -rf "$kept"
  rmdir "$conf" 2>/dev/null || true
  ;;
abort-install | abort-upgrade) rm -rf "$kept" ;;
esac
