# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-3.0-or-later
# A virtual machine, and what is said to it. For suites of bats, which define fail SENTENCE, and set $vm, a folder with its initrd;
# $SK_VM_IMAGE, the folder with its kernel; and, in seconds, how long a start and a call may take: $boot_limit, $call_limit.

vm_pid=''

# power_on WORDS OPTION...: WORDS go to the kernel, the others to QEMU; until answer listens in the guest.
power_on() {
  local start=$SECONDS line
  rm -f "$vm"/line.{in,out}
  mkfifo "$vm"/line.{in,out}
  # la57 and more than one CPU cost time where the CPU is emulated.
  qemu-system-x86_64 -accel tcg -machine q35 -cpu max,la57=off -smp 1 -nodefaults -no-reboot -display none \
    -kernel "$SK_VM_IMAGE/vmlinuz" -initrd "$vm/initrd" -append "console=ttyS0 quiet panic=-1 mitigations=off $1" \
    -serial "file:$vm/console" -serial "pipe:$vm/line" "${@:2}" </dev/null >"$vm/qemu.log" 2>&1 3>&- &
  vm_pid=$!
  exec 6<>"$vm/line.in" 7<>"$vm/line.out"
  until read -r -t 1 line <&7; do
    kill -0 "$vm_pid" 2>/dev/null || fail "QEMU ended: $(<"$vm/qemu.log")"
    ((SECONDS - start < boot_limit)) || fail "the guest did not start in $boot_limit s"
  done
}

# guest_script SCRIPT: what it says in the guest and its exit code are this one's.
guest_script() {
  local line='' part start=$SECONDS
  base64 --wrap 0 <<<"$1" >&6
  echo >&6
  until IFS= read -r -t 1 part <&7; do
    line+=$part
    kill -0 "$vm_pid" 2>/dev/null || fail "QEMU ended: $(<"$vm/qemu.log")"
    ((SECONDS - start < call_limit)) || fail "the guest does not answer: $1"
  done
  line+=$part
  base64 --decode <<<"${line% *}"
  return "${line##* }"
}

# await_off: as after a shutdown.
await_off() {
  wait "$vm_pid"
  vm_pid=''
}

cut_power() {
  [[ -n $vm_pid ]] || return 0
  kill -KILL "$vm_pid" 2>/dev/null || true
  await_off 2>/dev/null || true
}

# show_console: its end, of a test that failed.
show_console() {
  if [[ -z $BATS_TEST_COMPLETED && -s $vm/console ]]; then
    echo 'The end of the console:'
    tail -n 30 "$vm/console"
  fi
}
