# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
remove)
  stop_node
  remove_aot_cache
  ;;
upgrade) remove_aot_cache ;;
esac
