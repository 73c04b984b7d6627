# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

if [ "$1" = 0 ] && command -v systemctl >/dev/null; then
  systemctl --no-reload disable sk-automount.service >/dev/null 2>&1 || true
fi
exit 0
