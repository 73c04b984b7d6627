# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
configure)
  make_user
  make_aot_cache
  reload_systemd
  if [ -n "${2:-}" ]; then say_what_runs; fi
  ;;
# It was taken away before.
abort-upgrade) make_aot_cache ;;
esac
