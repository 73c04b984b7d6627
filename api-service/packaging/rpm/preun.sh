# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

if [ "$1" = 0 ]; then
  stop_node
  remove_aot_cache
fi
exit 0
