# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

if [ -e "$kept/no-unit" ] && command -v systemctl >/dev/null; then
  systemctl --no-reload preset sk-automount.service >/dev/null 2>&1 ||
    echo 'sovereign-keys: sk-automount.service could not be enabled; try: systemctl enable sk-automount.service' >&2
fi
reload_systemd
exit 0
