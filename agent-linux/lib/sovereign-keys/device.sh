# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Disks and partitions, as the kernel tells of them in /sys; a partition's name is never made from its disk's.

readonly store_name='Secret Store' data_name='Data'
readonly store_number=128 data_number=1
store='' data=''

# sys_of NODE: its folder in /sys.
sys_of() {
  local node=$1
  [[ ! -L $node ]] || node=$(readlink -f -- "$node")
  node=$root/sys/class/block/${node##*/}
  [[ -e $node ]] && echo "$node"
}

is_block_device() { [[ -b $1 || (-n $root && -f $1) ]] && sys_of "$1" >/dev/null; }

device_number() { echo "$(<"$(sys_of "$1")/dev")"; }

# find_disk DEVICE: sets disk, its node, and disk_given, how the user calls it. DEVICE may be a link, or UUID= and a GPT disk GUID.
find_disk() {
  disk_given=$1
  case $1 in
  UUID=*) find_disk_by_guid "${1#UUID=}" ;;
  *) disk=$(readlink -e -- "$1") || fail "there is no device $1; is the volume attached?" "$away" ;;
  esac
  is_block_device "$disk" || fail "$1 is not a block device" "$wrong_usage"
  [[ ! -e $(sys_of "$disk")/partition ]] || fail "$1 is a partition; give the whole disk" "$wrong_usage"
}

find_disk_by_guid() {
  local found=() entry node
  [[ $1 =~ ^[0-9A-Fa-f-]{36}$ ]] || fail "UUID=$1 is not the GUID of a disk" "$wrong_usage"
  for entry in "$root"/sys/class/block/*; do
    node=$root/dev/${entry##*/}
    [[ ! -e $entry/partition && $(guid_of "$node" 2>/dev/null) == "${1,,}" ]] && found+=("$node")
  done
  ((${#found[@]} > 0)) || fail "no disk has the GUID $1; is the volume attached?" "$away"
  ((${#found[@]} == 1)) || fail "several disks have the GUID $1: ${found[*]}. Say which by its device" "$wrong_state"
  disk=${found[0]}
}

# guid_of DISK: the GPT disk GUID, by which the service knows the volume.
guid_of() { blkid -p -s PTUUID -o value "$1"; }

# partitions_of DISK: the nodes of its partitions.
partitions_of() {
  local entry
  for entry in "$(sys_of "$1")"/*/partition; do
    [[ -e $entry ]] || continue
    entry=${entry%/partition}
    echo "${1%/*}/${entry##*/}"
  done
}

# name_of PARTITION: from the disk; from the kernel for those who may not read the disk.
name_of() {
  blkid -p -s PART_ENTRY_NAME -o value "$1" 2>/dev/null || sed -n 's/^PARTNAME=//p' "$(sys_of "$1")/uevent" 2>/dev/null
}

# partition DISK NUMBER NAME: its node, if it bears this name.
partition() {
  local node
  for node in $(partitions_of "$1"); do
    [[ $(<"$(sys_of "$node")/partition") == "$2" ]] || continue
    [[ $(name_of "$node") == "$3" ]] || return 1
    echo "$node"
    return
  done
  return 1
}

# Sets store and data when the disk has our two partitions, and no other.
find_partitions() {
  local count=0
  for _ in $(partitions_of "$disk"); do count=$((count + 1)); done
  ((count == 2)) && store=$(partition "$disk" $store_number "$store_name") && data=$(partition "$disk" $data_number "$data_name")
}

# volumes: the disks that are volumes of ours.
volumes() {
  local entry
  for entry in "$root"/sys/class/block/*; do
    [[ ! -e $entry/partition ]] || continue
    disk=$root/dev/${entry##*/}
    ! find_partitions || echo "$disk"
  done
}

# Sets store, data and volume_uuid, or ends.
need_volume() {
  find_partitions || fail "$disk_given is not a volume of Sovereign Keys; sk-prep-dev makes one of an empty disk" "$wrong_state"
  volume_uuid=$(guid_of "$disk") || fail "$disk_given has a damaged partition table: no GUID; restore it with gdisk" "$wrong_state"
}

# uses_of DISK: what works with it now, a phrase a line.
uses_of() {
  local node
  for node in "$1" $(partitions_of "$1"); do
    mount_points_of "$node" | sed "s|^|$node is mounted on |"
    ! grep --quiet "^${node}[[:space:]]" "$root/proc/swaps" || echo "$node is swap space"
    holders_of "$node" | sed "s|^|$node is held by LUKS, LVM or RAID: |"
  done
}

holders_of() {
  local holder
  for holder in "$(sys_of "$1")"/holders/*; do
    [[ -e $holder ]] || continue
    cat "$holder/dm/name" 2>/dev/null || echo "${holder##*/}"
  done
}

# mounts: number of the device, source, mount point of each, between tabs.
mounts() {
  awk -v OFS='\t' '{
    for (i = 7; $i != "-"; i++);
    point = $5
    gsub(/\\040/, " ", point); gsub(/\\011/, "\t", point); gsub(/\\134/, "\\", point)
    print $3, $(i + 2), point
  }' "$root/proc/self/mountinfo"
}

# mount_points_of NODE: by number, and by name for file systems with numbers of their own (btrfs).
mount_points_of() {
  local number source point own
  own=$(device_number "$1")
  while IFS=$'\t' read -r number source point; do
    if [[ $number == "$own" || $source == "$1" ]]; then echo "$point"; fi
  done < <(mounts)
}

# is_mounted_on NODE POINT: and nothing else over it.
is_mounted_on() {
  local number source point own top=false
  own=$(device_number "$1")
  while IFS=$'\t' read -r number source point; do
    [[ $point == "$2" ]] || continue
    if [[ $number == "$own" || $source == "$1" ]]; then top=true; else top=false; fi
  done < <(mounts)
  $top
}

# is_mount_point PATH: written as the kernel writes it.
is_mount_point() {
  local point path=${1//\\/\\134}
  path=${path// /\\040}
  path=${path//$'\t'/\\011}
  path=${path//$'\n'/\\012}
  while read -r _ _ _ _ point _; do
    [[ $point != "$path" ]] || return 0
  done <<<"$(<"$root/proc/self/mountinfo")"
  return 1
}

need_writable() {
  (($(<"$(sys_of "$disk")/ro") == 0)) || fail "$disk_given can only be read" "$wrong_state"
}

# need_readable: what cannot be read is not empty, though wipefs sees nothing on it.
need_readable() {
  local node
  for node in "$disk" $(partitions_of "$disk"); do
    head -c 1048576 "$node" 2>"$work/error" >/dev/null || fail "$node cannot be read: $(printable "$work/error"). Nothing was changed on it"
  done
}

# contents_of DISK: what lies on it, a phrase a line.
contents_of() {
  local node
  for node in $(partitions_of "$1"); do echo "the partition $node"; done
  for node in $(partitions_of "$1") "$1"; do
    signatures_of "$node" | sed "s|$| on $node|"
  done
  cmp --silent --bytes=1048576 "$1" /dev/zero || echo "data at the beginning of $1"
  cmp --silent --bytes=1048576 --ignore-initial=$(($(blockdev --getsize64 "$1") - 1048576)):0 "$1" /dev/zero || echo "data at the end of $1"
}

# signatures_of NODE: the types of partition tables, file systems, LUKS, LVM, RAID and swap that are seen on it.
signatures_of() { wipefs --no-act --parsable "$1" | sed '/^#/d; s/.*,//' | sort -u; }

# A cut during the preparation leaves this on the disk, between the partition table and the first partition, until the
# Secret Store says the same. What is on the disk until then is ours.
readonly mark='Sovereign Keys prepares this disk'
readonly mark_at=524288

write_mark() { printf '%s' "$mark" | dd of="$disk" bs=1 seek=$mark_at conv=notrunc,fsync status=none; }

remove_mark() { head -c ${#mark} /dev/zero | dd of="$disk" bs=1 seek=$mark_at conv=notrunc,fsync status=none; }

has_mark() { cmp --silent --bytes=${#mark} --ignore-initial=$mark_at:0 "$disk" <(printf '%s' "$mark"); }

# flush NODE: what was written is on the disk, and what is read next is read from there.
flush() {
  dd if=/dev/null of="$1" conv=notrunc,fsync status=none && blockdev --flushbufs "$1"
}

# is_begun: a preparation was cut before its mark became a file; or there are our partitions alone, without anything in them.
# A file system that was made on the whole disk since then may have left the mark where it was.
is_begun() {
  local node
  [[ -z $(signatures_of "$disk" | sed '/^gpt$/d; /^PMBR$/d') ]] || return 1
  for node in $(partitions_of "$disk"); do
    case $(name_of "$node"),$(signatures_of "$node" | tr -d '\n') in
    "$store_name,"* | "$data_name,") ;;
    *) return 1 ;;
    esac
  done
  has_mark || { find_partitions && [[ -z $(signatures_of "$store") ]]; }
}

# blank: nothing is left of what was on the disk but the mark. It is written when the data are gone, and before the
# Secret Store goes, which may have said until then that the disk is unfinished. Nobody else works with the disk: see need_alone.
blank() {
  local node
  find_partitions || store=''
  for node in $(partitions_of "$disk"); do
    [[ $node == "$store" ]] || wipe "$node"
  done
  write_mark
  [[ -z $store ]] || wipe "$store"
  wipe "$disk"
  dd if=/dev/zero of="$disk" bs=$mark_at count=1 conv=notrunc,fsync status=none
  dd if=/dev/zero of="$disk" bs=512 seek=$(($(blockdev --getsize64 "$disk") / 512 - 2048)) count=2048 conv=notrunc,fsync status=none
}

# wipefs opens for itself alone: it fails while somebody works with what is on the node.
wipe() {
  wipefs --all "$1" >"$work/error" 2>&1 && flush "$1" ||
    fail "$1 could not be emptied: $(printable "$work/error"). Stop what uses it" "$wrong_state"
}

# need_alone: nobody has a partition open. udev may, for a moment.
need_alone() {
  local tries
  for tries in 1 2 3 4 5; do
    if blockdev --rereadpt "$disk" 2>"$work/error" || ! grep --quiet busy "$work/error"; then return; fi
    sleep 0.5
  done
  fail "$disk_given is in use; stop what uses it" "$wrong_state"
}

# make_partitions GUID: sets store and data.
make_partitions() {
  local tries
  sgdisk --disk-guid="$1" \
    --new=$store_number:2048:4095 --typecode=$store_number:8300 --change-name="$store_number:$store_name" \
    --attributes=$store_number:set:61 --attributes=$store_number:set:63 \
    --new=$data_number:4096:0 --typecode=$data_number:8300 --change-name="$data_number:$data_name" \
    "$disk" >"$work/error" 2>&1 || fail "sgdisk could not make the partitions: $(printable "$work/error")"
  flush "$disk"
  for tries in {1..50}; do
    ! find_partitions || { [[ $(guid_of "$disk") == "$1" ]] && return; }
    if ((tries % 10 == 1)); then
      blockdev --rereadpt "$disk" 2>/dev/null || true
      # For devices that the kernel does not look for partitions on. Where it did, this fails.
      partx --add "$disk" 2>/dev/null || true
    fi
    sleep 0.2
  done
  fail "the kernel does not see the new partitions of $disk_given; run sk-prep-dev again after a reboot"
}

# lock_disk: one command a disk at a time. The lock ends with the command; what one left mounted that was killed is nobody's then.
lock_disk() {
  store_folder=$run/store.${disk##*/}
  mkdir -p -- "$run"
  exec 9>"$run/lock.${disk##*/}"
  flock --wait 15 9 || fail "another command of Sovereign Keys works on $disk_given; try again when it has ended" "$away"
  is_mount_point "$store_folder" || return 0
  umount -- "$store_folder" && rmdir -- "$store_folder" ||
    fail "$store_folder, which a run that was killed has left, could not be unmounted; stop what works there" "$wrong_state"
}
