# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Begins each script of the packages. They run in sh, as root, also where no systemd runs, as in the making of an image. An upgrade
# stops and starts nothing: an operator replaces nodes, or restarts the service when it suits.

home=/usr/lib/sovereign-keys-api
cache=$home/app/sovereign-keys-api.aot
target=sovereign-keys-node.target
store='mnt-ram\x2dstore.mount'

make_user() { systemd-sysusers sovereign-keys-api.conf; }

# Saves seconds at each start, and is not needed for one.
make_aot_cache() {
  "$home/bin/make-aot-cache" || echo 'sovereign-keys-api: there is no AOT cache; the service starts without it, more slowly' >&2
}

remove_aot_cache() { rm -f "$cache" "$cache.new"; }

# say_what_runs: after an upgrade.
say_what_runs() {
  if [ -d /run/systemd/system ]; then
    systemctl --quiet is-active sovereign-keys-api.service || return 0
    echo 'sovereign-keys-api: the service runs on in its earlier version until it ends, and so do sk-node, sk-self-locker, sk-spot-watch and' \
      'sk-log. Then the client key is there still, but a PIN comes from other nodes alone; a node for itself alone needs sk-set-hsm-password'
  fi
}

# stop_node: and drops the RAM store, with the client key in it; neither that nor the seal is part of the target.
stop_node() {
  if [ -d /run/systemd/system ]; then
    systemctl disable --now "$target" >/dev/null 2>&1 || true
    systemctl stop "$store" sk-seal.service >/dev/null 2>&1 || echo "sovereign-keys-api: /mnt/ram-store is still there, and so are the secrets in it" >&2
  fi
}

# What the scripts of the HSM layers and an operator wrote beside node.env.
remove_settings() {
  rm -f /etc/sovereign-keys-api/hsm.env
  rmdir /etc/sovereign-keys-api 2>/dev/null || true
}

reload_systemd() {
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
}
