# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Secret Store: a FAT file system with the encrypted secret, and the older ones after a take-over.

readonly blob_name=encrypted_secret.bin
readonly new_name=$blob_name.new
readonly preparing_name=preparing

make_store() {
  mkfs.fat -F 12 "$store" >"$work/error" 2>&1 || fail "mkfs.fat failed on $store: $(printable "$work/error")"
  flush "$store"
}

# open_store ro|rw: on $store_folder; the disk is locked.
open_store() {
  store_mode=$1
  at_exit close_store
  mkdir -p -- "$store_folder"
  mount -t vfat -o "$1,umask=077,nosuid,nodev,noexec" -- "$store" "$store_folder" 2>"$work/error" ||
    fail "the Secret Store $store cannot be mounted: $(printable "$work/error"). docs/agent.md says how to restore it" "$wrong_state"
}

# close_store: what was written is on the disk then.
close_store() {
  ! is_mount_point "$store_folder" || umount -- "$store_folder" || {
    warn "$store_folder could not be unmounted; unmount it by hand"
    return 1
  }
  [[ ! -d $store_folder ]] || rmdir -- "$store_folder" || return 1
  not_at_exit close_store
  [[ $store_mode == ro ]] || flush "$store"
}

# put FILE NAME: into the open store.
put() {
  dd if="$1" of="$store_folder/$2" conv=fsync status=none 2>"$work/error" ||
    fail "the Secret Store $store cannot be written to: $(printable "$work/error"). docs/agent.md says what to do when it is full; else look at the kernel's messages (dmesg)"
}

# has_stored FILE NAME: whether the store holds it, as read from the disk.
has_stored() {
  local same=0
  open_store ro
  cmp --silent "$1" "$store_folder/$2" || same=1
  close_store || return 1
  return $same
}

is_preparing() {
  local found=1
  open_store ro
  [[ ! -e $store_folder/$preparing_name ]] || found=0
  close_store
  return $found
}

# is_unfinished: the mark is there as long as the store says nothing yet, or nothing that counts any more.
is_unfinished() { has_mark || is_preparing; }

# read_copies: sets copies, files in $work: the encrypted secret, a new one that was not renamed, the newest archive.
# On FAT no renaming is atomic: after a power cut either may be the good one.
read_copies() {
  local name archive=''
  copies=()
  open_store ro
  archive=$(newest_archive)
  for name in "$blob_name" $new_name ${archive:+"$archive"}; do
    has_size "$store_folder/$name" "$blob_size" || continue
    cp -- "$store_folder/$name" "$work/copy.$name" 2>/dev/null || continue
    is_among_copies "$work/copy.$name" || copies+=("$work/copy.$name")
  done
  close_store
  ((${#copies[@]} > 0)) ||
    fail "the Secret Store of $disk_given holds no encrypted secret; docs/agent.md says how to restore it from a snapshot" "$wrong_state"
}

# newest_archive: its name. One of another size was cut while it was written, and the secret was in its place then.
newest_archive() {
  find "$store_folder" -maxdepth 1 -size "${blob_size}c" -name "$blob_name.[0-9]*" -printf '%f\n' | sort -t . -k 3,3n | tail -n 1
}

is_among_copies() {
  local copy
  for copy in ${copies[@]+"${copies[@]}"}; do
    ! cmp --silent "$1" "$copy" || return 0
  done
  return 1
}

# archive FILE: keeps what the store may lose, unless it has it; the store is open. It is the newest then, whatever the clock says.
archive() {
  local time newest file
  [[ -f $1 ]] || return 0
  for file in "$store_folder/$blob_name".[0-9]*; do
    ! cmp --silent "$1" "$file" || return 0
  done
  time=$(date +%s)
  newest=$(newest_archive)
  newest=${newest##*.}
  [[ ! $newest =~ ^[0-9]{1,15}$ ]] || ((time > 10#$newest)) || time=$((10#$newest + 1))
  while [[ -e $store_folder/$blob_name.$time ]]; do time=$((time + 1)); done
  put "$1" "$blob_name.$time"
}

# replace_blob NEW OLD: makes NEW the store's encrypted secret. At each moment the disk holds OLD, or NEW, under a name that is looked at.
replace_blob() {
  mend_store
  open_store rw
  if has_size "$store_folder/$blob_name" "$blob_size" && ! cmp --silent "$store_folder/$blob_name" "$1"; then
    cp -- "$store_folder/$blob_name" "$work/present"
    archive "$work/present"
  fi
  cmp --silent "$1" "$2" || archive "$2"
  # One that a cut take-over left may be the only copy.
  cmp --silent "$1" "$store_folder/$new_name" || put "$1" "$new_name"
  close_store || fail "the Secret Store $store cannot be flushed; the old secret is still in place, the disk is not to be trusted"
  has_stored "$1" "$new_name" || fail "what was written to the Secret Store $store does not come back from it; the old secret is still in place, the disk is not to be trusted"
  open_store rw
  mv -f -- "$store_folder/$new_name" "$store_folder/$blob_name"
  close_store || fail "the Secret Store $store cannot be flushed; the disk is not to be trusted"
  has_stored "$1" "$blob_name" || fail "the Secret Store $store did not keep the new secret; run sk-takeown again"
}

# A power cut while FAT renames can leave two names for one place on the disk. All copies have been read before.
mend_store() {
  local code=0
  fsck.fat -a "$store" >"$work/error" 2>&1 || code=$?
  ((code <= 1)) || fail "the Secret Store $store is damaged: $(printable "$work/error"). docs/agent.md says how to restore it" "$wrong_state"
}
