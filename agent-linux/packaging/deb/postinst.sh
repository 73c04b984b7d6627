# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

# deb-systemd-helper enables at the first installation, and knows later what the administrator chose.
enable_unit() {
  command -v deb-systemd-helper >/dev/null || return 0
  deb-systemd-helper unmask sk-automount.service >/dev/null || true
  if deb-systemd-helper --quiet was-enabled sk-automount.service; then
    deb-systemd-helper enable sk-automount.service >/dev/null || true
  else
    deb-systemd-helper update-state sk-automount.service >/dev/null || true
  fi
}

case $1 in
configure)
  put_back_conf
  # sk-prep-dev writes it, so it is no conffile, which dpkg would ask about.
  if [ ! -e "$conf/automount.conf" ]; then
    cp /usr/share/sovereign-keys/automount.conf "$conf/automount.conf"
    chmod 644 "$conf/automount.conf"
  fi
  enable_unit
  remove_crontab_line
  reload_systemd
  ;;
abort-upgrade | abort-remove | abort-deconfigure) rm -rf "$kept" ;;
esac
