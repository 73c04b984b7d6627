# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
configure)
  make_user
  make_aot_cache
  reload_systemd
  ;;
esac
