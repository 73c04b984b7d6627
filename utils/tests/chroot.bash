# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-3.0-or-later
# A small system in a folder, with a database of packages of its own, in which scripts of packages run: $system. Its shell and tools are
# this machine's. For suites of bats, which define fail SENTENCE.

# as_root COMMAND...: as root, or as root of a user namespace.
as_root() {
  local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  if ((EUID == 0)); then PATH=$path "$@"; else PATH=$path unshare --map-root-user "$@"; fi
}

# put_in FOLDER FILE...: with the libraries that they need.
put_in() {
  local file
  for file in "${@:2}" $(ldd "${@:2}" 2>/dev/null | grep -o '^[[:space:]].*/[^ :]*' | grep -o '/[^ ]*' | sort -u); do
    mkdir -p "$1${file%/*}"
    cp --dereference "$file" "$1$file"
  done
}

# lay_out merged|split SHELL TOOL...: $template of that name; /bin is a link to /usr/bin, as all have it today, or beside it.
lay_out() {
  local folder tools=("${@:2}")
  template=$BATS_FILE_TMPDIR/$1
  mkdir -p "$template"/{dev,etc/cron.d,run,tmp,usr/bin,usr/lib,usr/lib64,usr/sbin,var/lib}
  for folder in bin lib lib64 sbin; do
    if [[ $1 == merged ]]; then ln -s "usr/$folder" "$template/$folder"; else mkdir "$template/$folder"; fi
  done
  : >"$template/dev/null"
  put_in "$template" "${tools[@]/#//bin/}"
  [[ -e $template/bin/sh ]] || ln -s "$2" "$template/bin/sh"
}

# add_dpkg PACKAGE...: dpkg's database, in which these are installed, by name.
add_dpkg() {
  local package
  mkdir -p "$template"/var/lib/dpkg/{info,updates}
  for package in base-files "$@"; do
    printf '%s\n' "Package: $package" 'Status: install ok installed' 'Maintainer: none' 'Architecture: all' 'Version: 999' 'Description: by name' '' >>"$template/var/lib/dpkg/status"
    : >"$template/var/lib/dpkg/info/$package.list"
  done
  printf '%s\n' /. /bin /dev /etc /etc/cron.d /lib /lib64 /sbin /usr /usr/bin /usr/lib /usr/sbin /usr/share >"$template/var/lib/dpkg/info/base-files.list"
}

# dependencies DEB: the packages' names.
dependencies() { dpkg-deb --field "$1" Depends | sed 's/([^)]*)//g' | tr -d ','; }

# copy_template merged|split: which is $template then, to $system.
copy_template() {
  as_root chroot / true 2>/dev/null || skip 'needs root, or user namespaces that a user may make'
  template=$BATS_FILE_TMPDIR/$1 system=$BATS_TEST_TMPDIR/system
  cp -al "$template" "$system"
}

# put_systemctl: which keeps what it is told, and then does what is on standard input.
put_systemctl() {
  # shellcheck disable=SC2016 # for the script that is written here
  { printf '#!/bin/sh\necho "$*" >>/systemctl.log\n' && cat; } >"$system/usr/bin/systemctl"
  chmod 755 "$system/usr/bin/systemctl"
  : >"$system/systemctl.log"
}

# run_dpkg OPTION...: nobody answers its questions. What it says is in dpkg.log.
run_dpkg() {
  local log=$BATS_TEST_TMPDIR/dpkg.log
  as_root dpkg --root="$system" --log="$log.history" --force-confdef --force-confold "$@" </dev/null >"$log" 2>&1 || fail "$(<"$log")"
}

# run_rpm OPTION...: what packages depend on is not there. What it says is in rpm.log.
run_rpm() {
  local log=$BATS_TEST_TMPDIR/rpm.log
  as_root rpm --root "$system" --dbpath /var/lib/rpm --nodeps --nosignature --force-debian "$@" >"$log" 2>&1 || fail "$(<"$log")"
}
