#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016 # for the guest
# A machine with systemd becomes a node: the package is installed, an operator brings the secrets by its commands, SSH closes, and a
# start anew finds nothing of it all; alone, and as the one node of a group. In a virtual machine, on the HSM simulator.

load ../world
load ../../../../utils/tests/machine

readonly boot_limit=900 call_limit=580
readonly pin=correct-horse-battery
# Of QEMU's network for a guest; there the host is 10.0.2.2.
readonly range=10.0.2.0/24

setup_file() {
  find_packages
  export SK_VM_IMAGE=${SK_VM_IMAGE:-$root/agent-linux/target/guest}
  "$root/agent-linux/tests/vm/guest-image" "$SK_VM_IMAGE"
  "$root/utils/python-environment" "$root/utils/aws-emulator"
  "$BATS_TEST_DIRNAME/disk" "$SK_VM_IMAGE" "$BATS_FILE_TMPDIR" "$deb"
}

setup() {
  vm=$BATS_TEST_TMPDIR
  cloud=''
  cp --sparse=always "$BATS_FILE_TMPDIR"/{disk.img,initrd} "$vm/"
}

teardown() {
  show_console
  [[ -n $BATS_TEST_COMPLETED || -z $vm_pid ]] || guest_script 'journalctl --no-pager --lines 100; systemctl list-jobs' || true
  cut_power
  [[ -z $cloud ]] || kill "$cloud"
}

# boot: from the disk.
boot() {
  power_on net.ifnames=0 -m 2048 -device virtio-rng-pci \
    -drive "if=none,id=disk,file=$vm/disk.img,format=raw,cache=unsafe" -device virtio-blk-pci,drive=disk \
    -netdev user,id=net -device virtio-net-pci,netdev=net
}

# within SECONDS SCRIPT: succeeds in the guest before they are over.
within() {
  local end=$((SECONDS + $1))
  until guest_script "$2"; do
    ((SECONDS < end)) || fail "not within $1 s: $2"
    sleep 1
  done
}

says_health() { echo "[[ \$(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8080/healthcheck) == $1 ]]"; }

settings() {
  cat <<'END'
HSM_TYPE=proteccio
SOVEREIGNKEYS_HSM_LIBRARY=/opt/simulator/libsk-simulator.so
SK_SIMULATOR_TOKEN=/var/log/sovereign-keys-api/token
SK_SIMULATOR_PIN=correct-horse-battery
SK_SIMULATOR_VENDOR=proteccio
SOVEREIGNKEYS_CUSTOMERS=file:/etc/sovereign-keys-api/customers.yaml
SOVEREIGNKEYS_CUSTOMERKEYS=file:/var/log/sovereign-keys-api/keys
SOVEREIGNKEYS_AUDIT=file:/var/log/sovereign-keys-api/audit
SK_JAVA_OPTS=-XX:TieredStopAtLevel=1
END
}

# open_cloud: an AWS with a group that this machine is the one node of, and the settings for that; the guest does not reach it yet.
open_cloud() {
  local line
  coproc CLOUD { exec "$root/utils/aws-emulator/.venv/bin/python" "$BATS_TEST_DIRNAME/cloud" "$root/utils/aws-emulator/start" "$range" "$vm" 3>&- 2>"$vm/cloud.log"; }
  cloud=$CLOUD_PID
  cloud_settings=()
  while IFS= read -r line <&"${CLOUD[0]}" && [[ -n $line ]]; do
    case $line in
    METADATA=*) metadata=${line#*=} ;;
    ADDRESS=*) address=${line#*=} ;;
    *) cloud_settings+=("$line") ;;
    esac
  done
  [[ -n ${address:-} ]] || fail "the cloud did not open: $(<"$vm/cloud.log")"
}

# reach_cloud: from now on the guest does.
reach_cloud() {
  guest_script "ip link set eth0 up && ip address add $address/24 dev eth0 && ip route add default via 10.0.2.2
    echo $metadata >/run/metadata-port && systemctl start metadata.service"
}

# install_node: with the settings on standard input; then its units are started, in the background.
install_node() {
  run guest_script 'SK_NO_AOT_CACHE=1 dpkg --force-depends --install /root/package.deb'
  expect 0
  guest_script "cat >/etc/sovereign-keys-api/node.env <<'END'
$(cat)
END
echo '- VPCID: vpc-0de30000000000001' >/etc/sovereign-keys-api/customers.yaml
mkdir -p /var/log/sovereign-keys-api/{token,keys,audit} && chown -R sk-api:sk-api /var/log/sovereign-keys-api
systemctl enable sovereign-keys-node.target 2>&1"
  run guest_script 'systemctl start --no-block sovereign-keys-node.target; systemctl is-active sshd.service'
  expect 0
}

bring_key() { guest_script "openssl genpkey -algorithm RSA -out /mnt/ram-store/operator.key 2>/dev/null; sk-put-client-key /mnt/ram-store/operator.key && rm /mnt/ram-store/operator.key"; }

bring_pin() {
  run guest_script "echo $pin | ssss-split -t 2 -n 3 -w sk-hsm-pwd -q | head -n 2 | sk-set-hsm-password"
  expect 0 'the node has taken the PIN'
}

@test "installed, the package makes a machine a node, which closes SSH once it has its secrets; a start anew leaves neither" {
  boot
  guest_script 'dd if=/dev/zero of=/swap bs=1M count=16 status=none && chmod 600 /swap && mkswap /swap >/dev/null && swapon /swap && grep --quiet ^/swap /proc/swaps'
  install_node < <(settings)
  within 400 "$(says_health 503)"
  run guest_script 'systemctl is-active sovereign-keys-api sk-seal sk-self-locker sk-spot-watch sk-log mnt-ram\\x2dstore.mount sshd'
  expect 0
  run guest_script 'findmnt --noheadings --output FSTYPE,OPTIONS /mnt/ram-store; stat -c "%a %U %G" /mnt/ram-store; systemctl is-enabled serial-getty@ttyS0.service getty@tty1.service amazon-ssm-agent.service'
  [[ $output == *tmpfs*nosuid,nodev,noexec*size=1048576k*mode=750*'750 sk-api sk-api'*masked*masked*masked* ]] || fail "$output"

  # The seal may do all that it is there for.
  run guest_script 'journalctl --no-pager --output cat --unit sk-seal.service; cd /proc/sys
    cat kernel/core_pattern fs/suid_dumpable kernel/{sysrq,dmesg_restrict,kptr_restrict,yama/ptrace_scope,kexec_load_disabled}; tail -n +2 /proc/swaps'
  [[ $output == *'swap is off'*'are masked'*$'\n|/bin/false\n0\n0\n1\n2\n3\n1' && $output != *'does not take all'* ]] || fail "$output"

  bring_key
  bring_pin
  within 600 "$(says_health 204)"
  within 600 '[[ $(systemctl is-active sshd.service) == inactive ]]'
  run guest_script 'systemctl is-enabled sshd.service; stat -c "%a %U" /mnt/ram-store/client.key; journalctl --no-pager --unit sk-self-locker.service'
  [[ $output == *enabled*'600 sk-api'*'the node has its secrets: SSH is closed now'*'stopped sshd.service'* ]] || fail "$output"
  # What the kernel says of the service, not the unit: no swap, no core, no capability, no new privileges.
  run guest_script 'pid=$(systemctl show --property MainPID --value sovereign-keys-api.service)
    cat /proc/$pid/status /proc/$pid/limits; cat "/sys/fs/cgroup$(systemctl show --property ControlGroup --value sovereign-keys-api.service)/memory.swap.max"
    readlink /proc/$pid/exe; journalctl --no-pager --unit sovereign-keys-api.service | grep "could leave" || true'
  [[ $output == *'CapBnd:'$'\t''0000000000000000'*'NoNewPrivs:'$'\t''1'*'Seccomp:'$'\t''2'*'Max core file size        0 '*'Max locked memory         unlimited'*$'\n''0'$'\n'*/runtime/bin/java ]] || fail "$output"
  run guest_script 'cat /run/log/sovereign-keys-api/node.log'
  [[ $output == *'node: ready'*'stopped sshd.service'* ]] || fail "$output"
  ! grep --quiet -e "$pin" <<<"$output" || fail 'the PIN is in the log'
  guest_script 'sync; systemctl reboot' || true
  await_off

  boot
  within 400 "$(says_health 503)"
  run guest_script 'ls -A /mnt/ram-store; systemctl is-active sshd.service; curl --silent http://127.0.0.1:8080/healthcheck'
  [[ $output == active*'waiting for the client key'* ]] || fail "$output"
}

# main_pid UNIT
main_pid() { guest_script "systemctl show --property MainPID --value $1"; }

@test "an upgrade of a node that serves costs no secret; a restart costs a node for itself alone its PIN; removal leaves nothing in RAM" {
  local before
  boot
  install_node < <(settings)
  within 400 "$(says_health 503)"
  bring_key
  bring_pin
  within 600 "$(says_health 204)"
  before=$(main_pid sovereign-keys-api.service)
  run guest_script 'SK_NO_AOT_CACHE=1 dpkg --force-depends --force-confold --install /root/package.deb'
  expect 0 'the service runs on in its earlier version'
  guest_script "$(says_health 204)"
  [[ $(main_pid sovereign-keys-api.service) == "$before" ]]
  run guest_script 'systemctl restart sovereign-keys-api.service'
  expect 0
  within 400 "$(says_health 503)"
  within 600 'curl --silent http://127.0.0.1:8080/healthcheck | grep "waiting for the PIN"'
  run guest_script 'dpkg --force-depends --purge sovereign-keys-api'
  expect 0
  run guest_script 'mountpoint /mnt/ram-store; ps -u sk-api -o comm=; systemctl list-units --plain --no-legend "sk-*" "sovereign-keys*" mnt-ram*; ls /etc/sovereign-keys-api /usr/lib/sovereign-keys-api'
  [[ $output != *'is a mountpoint'* && $output != *java* && $output != *sk-node* && $output != *sovereign-keys-api.service* && $output == *'No such file'* ]] || fail "$output"
}

# pretend_s3: the order is there as long as /run/order is; the client is a stand-in.
pretend_s3() {
  guest_script 'mkdir -p /usr/local/bin && cat >/usr/local/bin/aws <<"END"
#!/bin/bash
[[ $* == "s3api head-object --bucket artifacts --key sovereign-instances/unlock/i-"* && -e /run/order ]] && exit
echo "An error occurred (403) when calling the HeadObject operation: Forbidden" >&2
exit 254
END
chmod 755 /usr/local/bin/aws'
}

@test "an operator's order opens SSH of a node that has nothing left in RAM, and taken back it starts the node" {
  boot
  open_cloud
  reach_cloud
  pretend_s3
  install_node < <(settings && echo SK_ARTIFACT_BUCKET=artifacts)
  within 400 "$(says_health 503)"
  bring_key
  bring_pin
  within 600 '[[ $(systemctl is-active sshd.service) == inactive ]]'
  guest_script 'touch /run/order'
  within 240 'systemctl is-active --quiet sshd.service'
  # No file system of that name is left, in whatever process's view.
  run guest_script 'systemctl is-active sovereign-keys-api sk-spot-watch mnt-ram\\x2dstore.mount sk-self-locker; grep --files-with-matches sk-ram-store /proc/[0-9]*/mountinfo; ps -u sk-api -o comm=; ls -A /mnt/ram-store
    journalctl --no-pager --unit sk-self-locker.service --unit sk-leave.service'
  [[ $output == $'inactive\ninactive\ninactive\nactive\n'[^/0-9]*'the health check fails from now on'*'started sshd.service'*'SSH is open; the node serves nobody'* ]] || fail "$output"
  guest_script 'rm /run/order'
  within 400 'curl --silent http://127.0.0.1:8080/healthcheck | grep "waiting for the client key"'
  run guest_script 'systemctl is-active sshd.service sovereign-keys-api'
  expect 0
}

cluster_settings() {
  settings | grep -v -e CUSTOMERKEYS -e AUDIT
  printf '%s\n' "${cloud_settings[@]}" EKT_BUCKET=keys AUDIT_BUCKET=audit SOVEREIGNKEYS_CLUSTER=etcd:127.0.0.1:2379 SOVEREIGNKEYS_ETCD_CA=/mnt/ram-store/node/authority.pem \
    SOVEREIGNKEYS_ETCD_CERTIFICATE=/mnt/ram-store/node/certificate.pem SOVEREIGNKEYS_ETCD_KEY=/mnt/ram-store/node/key.pem
}

@test "a node of a group waits for AWS and says so, joins, and keeps its secrets in its cluster; a spot notice takes it out of service" {
  boot
  open_cloud
  install_node < <(cluster_settings)
  within 200 'journalctl --no-pager --unit sk-node.service | grep "waits for AWS: The metadata service at http://169.254.169.254 does not answer"'
  # As the runbook of a replacement has it: nothing answers yet, and SSH is open.
  run guest_script 'systemctl is-active sk-node sovereign-keys-api sk-seal sk-spot-watch mnt-ram\\x2dstore.mount sshd; sk-node status'
  [[ $output == $'activating\ninactive\nactive\nactive\nactive\nactive\n'* ]] || fail "$output"

  reach_cloud
  within 300 'systemctl is-active --quiet sk-node.service'
  within 400 "$(says_health 503)"
  run guest_script 'sk-node status; stat -c "%a %U %n" /mnt/ram-store/node /mnt/ram-store/node/*.pem; pid=$(systemctl show --property MainPID --value sk-node.service)
    cat /proc/$pid/status; cat "/sys/fs/cgroup$(systemctl show --property ControlGroup --value sk-node.service)/memory.swap.max"; ps -u sk-api -o comm='
  [[ $output == *"$address: member"*'700 sk-api /mnt/ram-store/node'*'600 sk-api /mnt/ram-store/node/key.pem'*'CapBnd:'$'\t''0000000000000000'*'NoNewPrivs:'$'\t''1'*'Seccomp:'$'\t''2'*$'\n''0'$'\n'*etcd* ]] || fail "$output"
  bring_key
  bring_pin
  within 600 "$(says_health 204)"
  within 600 '[[ $(systemctl is-active sshd.service) == inactive ]]'

  # An operator brings no PIN to a service that starts anew; nor to one beside an etcd that does.
  guest_script 'systemctl restart sovereign-keys-api.service'
  within 400 "$(says_health 204)"
  guest_script 'systemctl kill --kill-whom=main --signal=KILL sk-node.service'
  within 300 'systemctl is-active --quiet sk-node.service'
  within 200 "$(says_health 204)"
  run guest_script 'systemctl is-active sovereign-keys-api sk-node'
  expect 0

  touch "$vm/notice"
  within 600 "$(says_health 503)"
  within 600 'journalctl --no-pager --unit sk-spot-watch.service | grep "the node is out of service"'
  run guest_script 'journalctl --no-pager --unit sk-spot-watch.service'
  [[ $output == *'EC2 takes the spot instance'*'the health check fails from now on'*'the node cannot leave its cluster now'*'the node is out of service'* ]] || fail "$output"
  ! guest_script "journalctl --no-pager | grep -e $pin" || fail 'the PIN is in the journal'
}
