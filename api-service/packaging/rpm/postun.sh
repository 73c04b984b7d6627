# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

if [ "$1" = 0 ]; then remove_settings; fi
reload_systemd
exit 0
