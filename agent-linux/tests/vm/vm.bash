# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A virtual machine that is an instance of the sandbox, with disks that are sparse files. Sourced by all suites.

source "${BASH_SOURCE[0]%/*}/../expect.bash"
source "${BASH_SOURCE[0]%/*}/../../../utils/tests/machine.bash"

readonly agent=${BATS_TEST_DIRNAME%/*/*}
readonly boot_limit=900 call_limit=300

setup() {
  vm=$BATS_TEST_TMPDIR
  disks=()
  gateway='' slow_keys=false counted_time=false
  truncate --size 256M "$vm/evidence.img"
}

teardown() {
  local code=$?
  show_console
  cut_power
  return $code
}

# of CALLER FIELD: from the sandbox.
of() { jq --raw-output --arg name "$1" --arg field "$2" '.callers[] | select(.name == $name)[$field]' "$SK_VM_SANDBOX/sandbox.json"; }

port_of() {
  local port=${1##*:}
  echo "${port%%/*}"
}

# make_disk NAME [SIZE]: empty.
make_disk() { truncate --size "${2:-320M}" "$vm/$1.img"; }

# attach nvme|virtio NAME [SERIAL]: in the next guest. As the serials sdf and sdg it is /dev/sdf and /dev/sdg, too.
attach() {
  local device=$1,drive=$2,serial=${3:-$2}
  [[ $1 != virtio ]] || device=virtio-blk-pci${device#virtio}
  disks+=(-drive "if=none,id=$2,file=$vm/$2.img,format=raw,discard=unmap" -device "$device")
}

detach_all() { disks=(); }

# boot CALLER [WORD]...: an instance with the agent. WORD goes to the kernel: systemd=1 for systemd.
boot() {
  local caller=$1 archives=("$SK_VM_IMAGE/base.cpio") clock=()
  shift
  instance=$(of "$caller" instanceId)
  lay_out "$caller" "$vm/root"
  (cd "$vm/root" && find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet) >"$vm/agent.cpio"
  [[ " $* " != *' systemd=1 '* ]] || archives+=("$SK_VM_IMAGE/systemd.cpio")
  cat "${archives[@]}" "$vm/agent.cpio" >"$vm/initrd"
  # An instruction takes a nanosecond of the guest's time, however long the emulation of it does.
  ! $counted_time || clock=(-icount shift=0)
  power_on "net.ifnames=0 metadata=$(port_of "$(of "$caller" metadata)") $*" ${clock[@]+"${clock[@]}"} -m 640 \
    -smbios "type=2,asset=$instance" -device virtio-rng-pci \
    -netdev user,id=net,restrict=off -device virtio-net-pci,netdev=net ${disks[@]+"${disks[@]}"} \
    -drive "if=none,id=evidence,file=$vm/evidence.img,format=raw" -device virtio-blk-pci,drive=evidence,serial=evidence
  rm -f "$vm/initrd"
}

fail() {
  echo "$1" >&2
  return 1
}

# lay_out CALLER ROOT: the agent, as its packages lay it out, and what makes the guest this caller.
lay_out() {
  local etc=$2/etc/sovereign-keys
  rm -rf "$2"
  mkdir -p "$2"/{usr/{bin,lib},var/log} "$2"/etc/{udev/rules.d,systemd/{system,network}} "$2/mnt" "$2/root"
  cp "$agent"/bin/* "$2/usr/bin/"
  add_units "$2"
  $slow_keys || add_keys "$2"
  cp -r "$agent/lib/sovereign-keys" "$2/usr/lib/"
  cp -r "$agent/etc/sovereign-keys" "$2/etc/"
  echo "http://10.0.2.2:$(port_of "${gateway:-$(of "$1" gateway)}")/v1" >"$etc/api_url.txt"
  printf '%s\n' plain_http=yes rsa_bits=3072 >"$etc/agent.conf"
  cp "$(signing_key)" "$etc/api_public_key.pem"
  [[ ! -e $vm/automount.conf ]] || cp "$vm/automount.conf" "$etc/"
  cat >"$2/etc/udev/rules.d/70-ec2.rules" <<'END'
SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ATTRS{serial}=="sdf*", SYMLINK+="sdf"
SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ATTRS{serial}=="sdg*", SYMLINK+="sdg"
SUBSYSTEM=="block", ENV{DEVTYPE}=="partition", ATTRS{serial}=="sdf*", SYMLINK+="sdf%n"
SUBSYSTEM=="block", ENV{DEVTYPE}=="partition", ATTRS{serial}=="sdg*", SYMLINK+="sdg%n"
END
}

# add_keys ROOT: spares the guest the making of RSA keys, unless slow_keys is true.
add_keys() {
  mkdir -p "$1/usr/local/bin"
  cp "$BATS_TEST_DIRNAME/openssl" "$1/usr/local/bin/"
  cp -r "$SK_VM_KEYS" "$1/var/keys"
}

# add_units ROOT: the agent's, and what the guest needs where systemd is its first process.
add_units() {
  local system=$1/etc/systemd/system unit
  mkdir -p "$1/usr/lib/systemd/system" "$system/multi-user.target.wants"
  cp "$agent"/systemd/* "$1/usr/lib/systemd/system/"
  ln -s /usr/lib/systemd/system/multi-user.target "$system/default.target"
  echo '[Match]
Name=eth0
[Network]
Address=10.0.2.15/24
LinkLocalAddressing=no' >"$1/etc/systemd/network/eth0.network"
  echo '[Unit]
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/answer' >"$system/answer.service"
  echo '[Unit]
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/answer metadata' >"$system/metadata.service"
  for unit in systemd-networkd sk-automount; do
    ln -s "/usr/lib/systemd/system/$unit.service" "$system/multi-user.target.wants/"
  done
  for unit in answer metadata; do
    mkdir -p "$system/sysinit.target.wants"
    ln -s "/etc/systemd/system/$unit.service" "$system/sysinit.target.wants/"
  done
  mkdir -p "$system/network-online.target.wants"
  ln -s /usr/lib/systemd/system/systemd-networkd-wait-online.service "$system/network-online.target.wants/"
  # It wants a message bus, which the guest has not.
  ln -s /dev/null "$system/systemd-logind.service"
  echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
}

# signing_key: a file with the service's public key.
signing_key() {
  local file=$BATS_FILE_TMPDIR/api_public_key.pem
  [[ -s $file ]] || {
    echo '-----BEGIN PUBLIC KEY-----'
    curl --silent --fail --header 'Authorization: test' "$(of web gateway)/public-signing-key" | jq --raw-output .public_key | fold -w 64
    echo '-----END PUBLIC KEY-----'
  } >"$file"
  echo "$file"
}

# A gateway with faults before the sandbox's; boot then gives its address to the guest.
start_faults() {
  local tries
  mkfifo "$vm/faults-end"
  : >"$vm/fault"
  "$BATS_TEST_DIRNAME/faulty-gateway" "$(of "$1" gateway)" "$vm" <"$vm/faults-end" >"$vm/faults.log" 2>&1 3>&- &
  exec 8>"$vm/faults-end" # closed with the test, which ends it
  for ((tries = 0; tries < 600; tries++)); do
    [[ ! -s $vm/port ]] || break
    sleep 0.1
  done
  [[ -s $vm/port ]] || fail "the gateway with faults did not start: $(<"$vm/faults.log")"
  gateway=http://127.0.0.1:$(<"$vm/port")/v1
}

fault() { echo "$1" >"$vm/fault"; }

# guest COMMAND...: runs it in the guest; what it said and its exit code are this one's.
guest() { guest_script "$(printf '%q ' "$@")"; }

# shut_down: as a reboot begins; what was written is on the disks.
shut_down() {
  guest sync
  echo end >&6
  await_off
}

# sk COMMAND [ARGUMENT]...: a command of the agent, as guest runs it; whatever it executes is kept, with arguments and environment.
sk() {
  guest strace --follow-forks --seccomp-bpf --quiet=all --no-abbrev --strings-in-hex=all --string-limit=65536 --trace=execve \
    --output="/run/trace.$(</proc/sys/kernel/random/uuid)" "sk-$1" "${@:2}"
}

# secret_of DISK CALLER: a file with the secret of the volume, as the service gives it to the caller.
secret_of() {
  local folder=$vm/secret.$1
  mkdir -p "$folder"
  (
    cd "$folder" || exit
    stored "$1" >blob
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out rsa.pem 2>/dev/null
    jq --null-input --arg uuid "$(guid_of "$1")" --arg key "$(openssl pkey -in rsa.pem -pubout -outform DER | base64 --wrap 0)" \
      --arg blob "$(base64 --wrap 0 blob)" '{volume_uuid: $uuid, rsa_wrapping_key: $key, encrypted_secret: $blob}' >body
    curl --silent --fail --header 'Authorization: test' --header 'Content-Type: application/json' --data-binary @body \
      "$(of "$2" gateway)/encryption/$(of "$2" instanceId)/decrypt-secret" | jq --raw-output .wrapped_secret | base64 --decode >wrapped
    openssl pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 \
      -in wrapped -out secret
  )
  echo "$folder/secret"
}

# stored DISK [NAME]: a file of its Secret Store, as it lies on the disk.
stored() { mtype -i "$vm/$1.img@@1M" "::${2:-encrypted_secret.bin}"; }

guid_of() { /usr/sbin/blkid --probe --match-tag PTUUID --output value "$vm/$1.img"; }

# expect_no_secret DISK CALLER: the secret is in no argument, environment, log, or file of the running guest, nor on the disk.
# What is there in the same places is found.
expect_no_secret() {
  local evidence=$vm/evidence.img secret canary=$vm/canary form=raw code=0
  secret=$(secret_of "$1" "$2")
  [[ $(wc -c <"$secret") == 32 ]]
  if guest_script 'ls /run/trace.*' >/dev/null; then form='escaped hex'; else guest systemd-cat echo "canary $instance"; fi
  guest_script 'cd /run && ps -eo args >ps && cat /proc/[0-9]*/environ >environ 2>/dev/null; dmesg >dmesg
    tar --create --absolute-names --one-file-system --exclude=/run/udev /run /tmp /etc /root /var/log >/dev/disk/by-id/virtio-evidence && sync'
  printf '%s' "$instance" >"$canary"
  "$BATS_TEST_DIRNAME/find-secret" "$canary" "$evidence" | grep "$form"
  stored "$1" >"$canary"
  "$BATS_TEST_DIRNAME/find-secret" "$canary" "$vm/$1.img" | grep raw
  "$BATS_TEST_DIRNAME/find-secret" "$secret" "$vm"/*.img "$vm/console" || code=$?
  ((code == 1)) || fail 'the secret is there, or the search failed'
  if grep --text --files-with-matches 'PRIVATE KEY' "$vm"/*.img "$vm/console"; then fail 'a private key is there'; fi
}

# Nothing is mounted, mapped, or in a RAM file system of ours.
expect_nothing_left() {
  # shellcheck disable=SC2016 # the guest's bash expands it
  guest_script 'for file in /dev/mapper/sk-* /run/sovereign-keys/secrets.* /run/sovereign-keys/store.*; do
      [[ ! -e $file ]] || { echo "left: $file" && exit 1; }
    done
    ! grep -E "sovereign-keys|mapper/sk-" /proc/mounts'
}
