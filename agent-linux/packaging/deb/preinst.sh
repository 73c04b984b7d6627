# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
install | upgrade) if [ -d "$conf" ]; then keep_conf; fi ;;
abort-upgrade) rm -rf "$kept" ;;
esac
