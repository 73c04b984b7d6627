# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the commands share. For bash 4.2 and later.

# Everything that is parsed here is parsed in English; nothing that is written is open to others, and
# no memory is dumped: of the limits only that of one byte counts where core_pattern is a pipe, as to systemd-coredump.
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
umask 077
prlimit --pid $$ --core=1:1 2>/dev/null || ulimit -c 0
# Others' start-up files and TLS keys' logs have no place in a run that handles secrets.
unset BASH_ENV ENV SSLKEYLOGFILE

# The tests put a folder of their own before the paths of the system.
readonly root=${SK_TEST_ROOT:-}
readonly etc=$root/etc/sovereign-keys
readonly run=$root/run/sovereign-keys

source "$lib/console.sh"
source "$lib/settings.sh"
source "$lib/device.sh"
source "$lib/secret.sh"
source "$lib/api.sh"
source "$lib/store.sh"
source "$lib/volume.sh"
source "$lib/automount.sh"
