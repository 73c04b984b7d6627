# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

keep_conf
rm -f "$kept/no-unit"
# The first package with the unit may be an upgrade: of version 1.
if [ ! -e /usr/lib/systemd/system/sk-automount.service ]; then : >"$kept/no-unit"; fi
exit 0
