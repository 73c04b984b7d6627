# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# automount.conf: the volumes that are mounted at the start of the system, DEVICE:MOUNT_POINT a line.

readonly automount_conf=$etc/automount.conf

# automount_lines: DEVICE, a tab, MOUNT_POINT as the kernel will call it, which is empty where the line is none.
automount_lines() {
  local line device point
  [[ -r $automount_conf ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    read_line "$line" || continue
    [[ -n $point ]] || warn "$automount_conf: DEVICE:MOUNT_POINT is wanted, not: $device"
    printf '%s\t%s\n' "$device" "$point"
  done <"$automount_conf"
}

# read_line LINE: sets device and point; false for a comment. A device's name may hold colons, but no ":/".
read_line() {
  device=${1%$'\r'} point=''
  [[ ! $device =~ ^[[:space:]]*(#|$) ]] || return 1
  [[ $device == ?*:/* ]] || return 0
  point=$(readlink -m -- "/${device#*:/}")
  device=${device%%:/*}
}

# automount_name: how the disk is registered. Links stay as they are, but the kernel's own names move.
automount_name() {
  if [[ -L $disk_given || $disk_given == UUID=* ]]; then echo "$disk_given"; else echo "UUID=$volume_uuid"; fi
}

# need_free_line DEVICE: the mount point is not another device's.
need_free_line() {
  local device point
  while IFS=$'\t' read -r device point; do
    [[ $point != "$mount_point" || $(automount_disk "$device") == "$disk" ]] ||
      fail "$mount_point is the mount point of $device in $automount_conf; take that line out, or choose another mount point" "$wrong_state"
  done < <(automount_lines)
}

# automount_disk DEVICE: the disk's node, or DEVICE.
automount_disk() { (find_disk "$1" && echo "$disk") 2>/dev/null || echo "$1"; }

# register: puts the disk's line into automount.conf, in place of others of the same disk, and of the same mount point.
register() { rewrite_automount "$(automount_name)"; }

# unregister: takes the disk's lines out, while it still has the GUID by which they name it.
unregister() { [[ ! -e $automount_conf ]] || rewrite_automount ''; }

# rewrite_automount NAME: one at a time; a reader sees the file as it was, or as it will be.
rewrite_automount() {
  local new=$automount_conf.new
  exec 7>>"$run/lock.automount"
  flock --wait 15 7 || fail "another command of Sovereign Keys changes $automount_conf; try again when it has ended" "$away"
  if [[ -e $automount_conf ]]; then lines_but "$1" <"$automount_conf"; fi >"$new"
  [[ -z $1 ]] || printf '%s:%s\n' "$1" "$mount_point" >>"$new"
  chmod 644 "$new"
  dd if=/dev/null of="$new" conv=notrunc,fsync status=none
  mv -- "$new" "$automount_conf"
  exec 7>&-
}

# lines_but NAME: of the input, as they are, but for those of the disk, and of what NAME's line takes the place of.
lines_but() {
  local line device point
  while IFS= read -r line || [[ -n $line ]]; do
    ! { read_line "$line" && is_replaced "$1"; } || continue
    printf '%s\n' "$line"
  done
}

is_replaced() {
  [[ -n $point ]] || return 1
  [[ $(automount_disk "$device") == "$disk" || (-n $1 && ($point == "$mount_point" || $device == "$1" || $device == "$disk_given")) ]]
}
