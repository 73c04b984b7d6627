# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

make_user
make_aot_cache
reload_systemd
exit 0
