# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

case $1 in
remove) reload_systemd ;;
purge) remove_settings ;;
esac
