#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The system starts, with systemd as the first process, and its volumes are mounted, or wait for the service.

load vm

# A volume that is registered for automount, with data in it; the guest is switched off.
make_registered() {
  make_disk volume
  attach nvme volume sdf
  boot web
  run sk prep-dev -a /mnt/data /dev/sdf
  expect 0
  guest_script 'echo precious >/mnt/data/file'
  expect_no_secret volume web
  guest cat /etc/sovereign-keys/automount.conf >"$vm/automount.conf"
  grep -x '/dev/sdf:/mnt/data' "$vm/automount.conf"
  shut_down
}

# within SECONDS COMMAND...: succeeds before they are over.
within() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < end)) || fail "not within $1 s: ${*:2}"
    sleep 1
  done
}

has_login() { grep --quiet 'login:' "$vm/console"; }
is_mounted() { guest mountpoint --quiet /mnt/data; }
has_tried() { guest_script 'journalctl --no-pager --unit sk-automount.service | grep --quiet "Trying again in 5 s"'; }
is_active() { guest systemctl --quiet is-active "$1"; }

# The service is away while the system starts, for so many seconds.
starts_without_service() {
  local back
  make_registered
  start_faults web
  fault away
  boot web systemd=1
  back=$((SECONDS + $1))
  within 600 has_login
  is_active multi-user.target
  run guest test -e /run/nologin
  expect 1
  run is_active sk-automount.service
  expect 3
  run is_active sk-volumes.target
  expect 3
  within 600 has_tried
  # RequiresMountsFor= alone waits for nothing: there is no unit yet of a mount that systemd did not make.
  guest_script 'printf "%s\n" "[Unit]" RequiresMountsFor=/mnt/data "[Service]" Type=oneshot \
    "ExecStart=/bin/cp /mnt/data/file /run/early" >/run/systemd/system/early.service
    systemctl daemon-reload'
  run guest systemctl start early.service
  expect 1
  # A unit that needs the volumes waits for them.
  guest_script 'printf "%s\n" "[Unit]" Requires=sk-volumes.target After=sk-volumes.target "[Service]" Type=oneshot \
    RemainAfterExit=yes "ExecStart=/bin/cp /mnt/data/file /run/needed" "ExecStop=/bin/cp /run/needed /mnt/data/stopped" \
    >/run/systemd/system/needs.service
    systemctl daemon-reload && systemctl start --no-block needs.service'
  while ((SECONDS < back)); do
    if is_mounted; then fail 'it was mounted without the service'; fi
    sleep 2
  done
  fault ''
  within 600 is_mounted
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  within 600 guest cmp /mnt/data/file /run/needed
  is_active sk-volumes.target
  run guest journalctl --no-pager --unit sk-automount.service
  expect_text 'the service at http://10.0.2.2'
  expect_text 'does not answer'
  expect_text '/mnt/data: Success'
  expect_no_secret volume web
  guest systemctl restart sk-automount.service
  run guest journalctl --no-pager --unit sk-automount.service
  expect_text 'is mounted on /mnt/data already'
}

@test "a registered volume is mounted by itself; logins do not wait for a service that is away" {
  starts_without_service 20
}

# bats test_tags=long
@test "the service is away for two minutes; a unit that needs the volume stops before it is unmounted" {
  starts_without_service 120
  guest systemctl start --no-block poweroff.target
  wait "$vm_pid"
  vm_pid=''
  boot web
  guest sk-mount /dev/sdf /mnt/data
  guest cmp /mnt/data/file /mnt/data/stopped
}
