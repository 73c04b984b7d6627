#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016 # for the guest
# A machine with systemd becomes a node: the package is installed, an operator brings the secrets by its commands, SSH closes, and a
# start anew finds nothing of it all. In a virtual machine, on the HSM simulator.

load ../world

readonly boot_limit=180 call_limit=580
readonly pin=correct-horse-battery

setup_file() {
  find_packages
  export SK_VM_IMAGE=${SK_VM_IMAGE:-$root/agent-linux/target/guest}
  "$root/agent-linux/tests/vm/guest-image" "$SK_VM_IMAGE"
  "$BATS_TEST_DIRNAME/disk" "$SK_VM_IMAGE" "$BATS_FILE_TMPDIR" "$deb"
}

setup() {
  vm=$BATS_FILE_TMPDIR
  vm_pid=''
}

teardown() {
  if [[ -z $BATS_TEST_COMPLETED ]]; then tail -n 40 "$vm/console"; fi
  cut_power
}

cut_power() {
  [[ -n $vm_pid ]] || return 0
  kill -KILL "$vm_pid" 2>/dev/null || true
  wait "$vm_pid" 2>/dev/null || true
  vm_pid=''
}

# boot: from the disk, with no network.
boot() {
  local start=$SECONDS line
  rm -f "$vm"/line.{in,out}
  mkfifo "$vm"/line.{in,out}
  qemu-system-x86_64 -accel tcg -machine q35 -cpu max,la57=off -smp 1 -m 1536 -nodefaults -no-reboot -display none \
    -kernel "$SK_VM_IMAGE/vmlinuz" -initrd "$vm/initrd" -append 'console=ttyS0 quiet panic=-1 mitigations=off' \
    -drive "if=none,id=disk,file=$vm/disk.img,format=raw,cache=unsafe" -device virtio-blk-pci,drive=disk \
    -serial "file:$vm/console" -serial "pipe:$vm/line" </dev/null >"$vm/qemu.log" 2>&1 3>&- &
  vm_pid=$!
  exec 6<>"$vm/line.in" 7<>"$vm/line.out"
  until read -r -t 1 line <&7; do
    kill -0 "$vm_pid" 2>/dev/null || fail "QEMU ended: $(<"$vm/qemu.log")"
    ((SECONDS - start < boot_limit)) || fail "the guest did not start in $boot_limit s"
  done
}

# guest SCRIPT: what it says and its exit code are this one's.
guest() {
  local line
  base64 --wrap 0 <<<"$1" >&6
  echo >&6
  IFS= read -r -t "$call_limit" line <&7 || fail "the guest does not answer: $1"
  base64 --decode <<<"${line% *}"
  return "${line##* }"
}

# within SECONDS SCRIPT: succeeds in the guest before they are over.
within() {
  local end=$((SECONDS + $1))
  until guest "$2"; do
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

@test "installed, the package makes a machine a node, which closes SSH once it has its secrets; a start anew leaves neither" {
  boot
  run guest 'SK_NO_AOT_CACHE=1 dpkg --force-depends --install /root/package.deb'
  expect 0
  guest "cat >/etc/sovereign-keys-api/node.env <<'END'
$(settings)
END
echo '- VPCID: vpc-0de30000000000001' >/etc/sovereign-keys-api/customers.yaml
mkdir -p /var/log/sovereign-keys-api/{token,keys,audit} && chown -R sk-api:sk-api /var/log/sovereign-keys-api
swapon --show
systemctl enable sovereign-keys-node.target 2>&1"
  run guest 'systemctl start --no-block sovereign-keys-node.target; systemctl is-active sshd.service'
  expect 0
  within 400 "$(says_health 503)"
  run guest 'systemctl is-active sovereign-keys-api sk-seal sk-self-locker sk-spot-watch sk-log mnt-ram\\x2dstore.mount sshd'
  expect 0
  run guest 'findmnt --noheadings --output FSTYPE,OPTIONS /mnt/ram-store; stat -c "%a %U %G" /mnt/ram-store; systemctl is-enabled serial-getty@ttyS0.service getty@tty1.service amazon-ssm-agent.service'
  [[ $output == *tmpfs*nosuid,nodev,noexec*size=1048576k*mode=750*'750 sk-api sk-api'*masked*masked*masked* ]] || fail "$output"

  guest "openssl genpkey -algorithm RSA -out /mnt/ram-store/operator.key 2>/dev/null; sk-put-client-key /mnt/ram-store/operator.key && rm /mnt/ram-store/operator.key"
  run guest "echo $pin | ssss-split -t 2 -n 3 -w sk-hsm-pwd -q | head -n 2 | sk-set-hsm-password"
  expect 0 'the node has taken the PIN'
  within 60 "$(says_health 204)"
  within 60 '[[ $(systemctl is-active sshd.service) == inactive ]]'
  run guest 'systemctl is-enabled sshd.service; stat -c "%a %U" /mnt/ram-store/client.key; journalctl --no-pager --unit sk-self-locker.service'
  [[ $output == *enabled*'600 sk-api'*'the node has its secrets: SSH is closed now'*'stopped sshd.service'* ]] || fail "$output"
  # What the kernel says of the service, not the unit: no swap, no core, no capability, no new privileges.
  run guest 'pid=$(systemctl show --property MainPID --value sovereign-keys-api.service)
    cat /proc/$pid/status /proc/$pid/limits; cat "/sys/fs/cgroup$(systemctl show --property ControlGroup --value sovereign-keys-api.service)/memory.swap.max"
    readlink /proc/$pid/exe; journalctl --no-pager --unit sovereign-keys-api.service | grep "could leave" || true'
  [[ $output == *'CapBnd:'$'\t''0000000000000000'*'NoNewPrivs:'$'\t''1'*'Seccomp:'$'\t''2'*'Max core file size        0 '*'Max locked memory         unlimited'*$'\n''0'$'\n'*/runtime/bin/java ]] || fail "$output"
  run guest 'cat /run/log/sovereign-keys-api/node.log'
  [[ $output == *'node: ready'*'stopped sshd.service'* ]] || fail "$output"
  ! grep --quiet -e "$pin" <<<"$output" || fail 'the PIN is in the log'
  guest 'sync; systemctl reboot' || true
  wait "$vm_pid" || true
  vm_pid=''

  boot
  within 400 "$(says_health 503)"
  run guest 'ls -A /mnt/ram-store; systemctl is-active sshd.service; curl --silent http://127.0.0.1:8080/healthcheck'
  [[ $output == active*'waiting for the client key'* ]] || fail "$output"
}
