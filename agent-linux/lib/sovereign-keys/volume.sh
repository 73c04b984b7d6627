# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The encrypted partition: LUKS, and the file system in it.

readonly file_systems='xfs ext2 ext3 ext4 fat vfat'
# cryptsetup ends with this when no key slot opens.
readonly wrong_key=2

# make_luks KEY_FILE: 256 random bits need no stretching, so that the count of PBKDF2 is the least that is allowed.
make_luks() {
  local arguments=(--batch-mode --cipher aes-xts-plain64 --key-size 512 --hash sha256 --key-file "$1" --keyfile-size "$secret_size")
  if cryptsetup --help | grep -- '--pbkdf-force-iterations' >/dev/null; then
    arguments+=(--type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000)
  else
    arguments+=(--type luks1 --iter-time 1)
  fi
  cryptsetup luksFormat "${arguments[@]}" -- "$data" 2>"$work/error" || fail "cryptsetup could not format $data: $(printable "$work/error")"
  flush "$data"
}

# opens KEY_FILE: whether it is the volume's secret. Maps nothing.
opens() { cryptsetup open --type luks --test-passphrase --key-file "$1" --keyfile-size "$secret_size" -- "$data" 2>/dev/null; }

# open_luks KEY_FILE: sets mapping and mapped; false when it is not the volume's secret.
open_luks() {
  local code=0
  mapping=sk-${data##*/}
  mapped=$root/dev/mapper/$mapping
  [[ ! -e $mapped ]] || fail "there is something else of the name $mapping already; close it: cryptsetup close $mapping" "$wrong_state"
  at_exit close_luks
  cryptsetup open --type luks --key-file "$1" --keyfile-size "$secret_size" -- "$data" "$mapping" 2>"$work/error" || code=$?
  ((code != wrong_key)) || return 1
  ((code == 0)) || fail "cryptsetup could not open $data: $(printable "$work/error")"
}

close_luks() {
  [[ ! -e $mapped ]] || cryptsetup close "$mapping" || {
    warn "$mapping could not be closed; close it by hand: cryptsetup close $mapping"
    return 1
  }
  not_at_exit close_luks
}

is_file_system() { [[ " $file_systems " == *" $1 "* ]]; }

make_file_system() {
  local arguments
  case $1 in
  xfs) arguments=(-q -f) ;;
  ext?) arguments=(-q -F) ;;
  fat | vfat) arguments=(-I) ;;
  esac
  "mkfs.$1" "${arguments[@]}" "$mapped" >"$work/error" 2>&1 ||
    fail "mkfs.$1 failed: $(printable "$work/error"). $disk_given is not prepared; run sk-prep-dev again, perhaps with another file system"
  flush "$mapped"
}

# open_mapping_of PARTITION: the name of its LUKS mapping, whoever opened it.
open_mapping_of() {
  local holder
  for holder in "$(sys_of "$1")"/holders/*; do
    [[ $(cat "$holder/dm/uuid" 2>/dev/null) == CRYPT-* ]] || continue
    cat "$holder/dm/name"
    return
  done
  return 1
}

# detached: the nodes of our mappings whose disk is gone, as after a detachment by force. No partition is held by them any more.
detached() {
  local entry holds
  for entry in "$root"/sys/class/block/dm-*; do
    [[ $(cat "$entry/dm/name" 2>/dev/null) == sk-* && $(cat "$entry/dm/uuid") == CRYPT-* ]] || continue
    holds=("$root"/sys/class/block/*/holders/"${entry##*/}")
    [[ -e ${holds[0]} ]] || echo "$root/dev/mapper/$(<"$entry/dm/name")"
  done
}

# need_mount_point PATH: sets mount_point, which nothing else is mounted on.
need_mount_point() {
  [[ $1 == /* ]] || fail "the mount point $1 does not begin with /" "$wrong_usage"
  mount_point=$(readlink -m -- "$1")
  [[ ! -e $mount_point || -d $mount_point ]] || fail "$mount_point is not a folder" "$wrong_usage"
  need_free_mount_point
}

need_free_mount_point() {
  ! is_mount_point "$mount_point" || fail "something else is mounted on $mount_point; unmount it, or choose another mount point" "$wrong_state"
}

# Of two commands that mount on one folder, the second sees what the first has mounted.
mount_mapping() {
  (umask 022 && mkdir -p -- "$mount_point")
  exec 7<"$mount_point"
  flock --wait 15 7 || fail "another command of Sovereign Keys mounts on $mount_point; try again when it has ended" "$away"
  need_free_mount_point
  at_exit unmount_mapping
  mount -- "$mapped" "$mount_point" 2>"$work/error" || fail "$mapped cannot be mounted on $mount_point: $(printable "$work/error")"
  not_at_exit unmount_mapping close_luks
  exec 7<&-
}

unmount_mapping() {
  ! is_mount_point "$mount_point" || umount -- "$mount_point" || {
    warn "$mount_point could not be unmounted; unmount it by hand"
    return 1
  }
}
