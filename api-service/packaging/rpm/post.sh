# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

make_user
make_aot_cache
reload_systemd
if [ "$1" -gt 1 ]; then say_what_runs; fi
exit 0
