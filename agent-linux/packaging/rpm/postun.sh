# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later

# rpm renames what was changed. Under its own name, it is there for the next installation.
if [ "$1" = 0 ]; then
  for file in "$conf"/*.rpmsave; do
    if [ -f "$file" ] && [ ! -e "${file%.rpmsave}" ]; then mv "$file" "${file%.rpmsave}"; fi
  done
fi
reload_systemd
exit 0
