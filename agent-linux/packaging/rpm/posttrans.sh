# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later

# After the earlier package's files and scripts.
put_back_conf
remove_crontab_line
exit 0
