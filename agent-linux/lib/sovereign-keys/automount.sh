# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# automount.conf: the volumes that are mounted at the start of the system, DEVICE:MOUNT_POINT a line.

readonly automount_conf=$etc/automount.conf

# automount_lines: DEVICE, a tab, MOUNT_POINT. A device's name may hold colons, but no ":/".
automount_lines() {
  local line
  [[ -r $automount_conf ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    if [[ $line == ?*:/* ]]; then
      printf '%s\t%s\n' "${line%%:/*}" "/${line#*:/}"
    else
      warn "$automount_conf: DEVICE:MOUNT_POINT is wanted, not: $line"
      printf '%s\t\n' "$line"
    fi
  done <"$automount_conf"
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
  local device point new=$automount_conf.new
  exec 7>>"$run/lock.automount"
  flock --wait 15 7 || fail "another command of Sovereign Keys changes $automount_conf; try again when it has ended" "$away"
  # awk ends the last line too.
  if [[ -e $automount_conf ]]; then awk 1 "$automount_conf"; fi >"$new"
  while IFS=$'\t' read -r device point; do
    [[ $(automount_disk "$device") == "$disk" || (-n $1 && ($point == "$mount_point" || $device == "$1" || $device == "$disk_given")) ]] || continue
    line=$device:$point awk '$0 != ENVIRON["line"]' "$new" >"$new.tmp"
    mv -- "$new.tmp" "$new"
  done < <(automount_lines)
  [[ -z $1 ]] || printf '%s:%s\n' "$1" "$mount_point" >>"$new"
  chmod 644 "$new"
  dd if=/dev/null of="$new" conv=notrunc,fsync status=none
  mv -- "$new" "$automount_conf"
  exec 7>&-
}
