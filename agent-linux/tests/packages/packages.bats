#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What is in the packages, and that the same sources make the same bytes.

load world

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# Everything but what each distribution wants for itself.
in_both() { grep -E '^-.* /(etc|usr/bin|usr/lib/sovereign-keys|usr/share/man)/' | grep -v ' /etc/sovereign-keys/automount.conf$'; }

# list_rpm, list_deb: mode, owner, size and path of each file.
list_rpm() { rpm --query --package --list --verbose "$rpm" | awk '{ print $1, $3 "/" $4, $5, $NF }' | sort; }
list_deb() { dpkg-deb --contents "$deb" | sed 's: \./: /:' | awk '{ print $1, $2, $3, $NF }' | sort; }

@test "both hold the commands, what they share, the manuals and the settings, with their modes" {
  diff <(list_rpm | in_both) <(list_deb | in_both)
  local file
  for file in "$agent"/bin/*; do list_deb | grep --quiet -- "^-rwxr-xr-x root/root [0-9]* /usr/bin/${file##*/}$"; done
  for file in "$agent"/lib/sovereign-keys/*; do list_deb | grep --quiet -- "^-rw-r--r-- root/root [0-9]* /usr/lib/sovereign-keys/${file##*/}$"; done
  for file in "$agent"/man/*; do list_deb | grep --quiet -- "^-rw-r--r-- .* /usr/share/man/man${file##*.}/${file##*/}.gz$"; done
  for file in api_url.txt api_public_key.pem agent.conf; do list_deb | grep --quiet -- "^-rw-r--r-- .* /etc/sovereign-keys/$file$"; done
  list_rpm | grep --quiet -- '^-rw-r--r-- .* /usr/lib/systemd/system/sk-automount.service$'
  list_deb | grep --quiet -- '^-rw-r--r-- .* /lib/systemd/system/sk-automount.service$'
  list_rpm | grep --quiet -- '^drwxr-xr-x root/root 0 /etc/sovereign-keys$'
}

@test "the files are those of the sources, and the commands run where they were put" {
  dpkg-deb --extract "$deb" deb
  mkdir rpm
  (cd rpm && rpm2cpio "$rpm" | cpio --extract --make-directories --quiet)
  local tree
  for tree in deb rpm; do
    diff -r "$agent/bin" "$tree/usr/bin"
    diff -r "$agent/lib/sovereign-keys" "$tree/usr/lib/sovereign-keys"
    diff "$agent/etc/sovereign-keys/api_url.txt" "$tree/etc/sovereign-keys/api_url.txt"
    gunzip --stdout "$tree/usr/share/man/man8/sk-mount.8.gz" | diff - "$agent/man/sk-mount.8"
    "$tree/usr/bin/sk-mount" --help | grep --quiet 'Usage: sk-mount'
  done
}

@test "the files of the settings are known as such" {
  [[ $(rpm --query --package --configfiles "$rpm" | sort | tr '\n' ' ') == '/etc/cron.d/sovereign-keys /etc/sovereign-keys/agent.conf /etc/sovereign-keys/api_public_key.pem /etc/sovereign-keys/api_url.txt /etc/sovereign-keys/automount.conf ' ]]
  [[ $(rpm --query --package --queryformat '[%{FILEFLAGS:fflags} %{FILENAMES}\n]' "$rpm" | grep --count '^cn /etc/') == 5 ]]
  [[ $(dpkg-deb --info "$deb" conffiles | tr '\n' ' ') == '/etc/cron.d/sovereign-keys /etc/sovereign-keys/agent.conf /etc/sovereign-keys/api_public_key.pem /etc/sovereign-keys/api_url.txt ' ]]
}

@test "the version is above the original's, and the names are as its were" {
  [[ $(rpm --query --package --queryformat '%{NAME} %{ARCH} %{RELEASE} %{EPOCH}' "$rpm") == 'sovereign-keys noarch 1 (none)' ]]
  [[ ${rpm##*/} == "sovereign-keys-$version-1.noarch.rpm" && ${deb##*/} == "sovereign-keys_${version}_all.deb" ]]
  dpkg --compare-versions "$version" gt 1.1.0-1
  dpkg --compare-versions "$(dpkg-deb --field "$deb" Version)" gt 1.1.0-2
}

@test "rpm of Amazon Linux 2, which is 4.11, can read the package" {
  rpm --query --package --requires "$rpm" | grep '^rpmlib' | grep -v -E '^rpmlib\((CompressedFileNames|FileDigests|PayloadFilesHavePrefix)\)' && return 1
  rpm --query --package --requires "$rpm" | grep '^(' && return 1
  [[ $(rpm --query --package --queryformat '%{PAYLOADCOMPRESSOR}' "$rpm") == gzip ]]
}

@test "another folder, time zone, mask, time and user's settings make the same bytes" {
  copy_sources elsewhere
  find elsewhere -type f -exec touch -d '2001-02-03 04:05' {} +
  find elsewhere -type f -exec chmod o-rwx,g+w {} +
  mkdir -m 2775 folder-of-a-group
  printf '%%_buildhost other\n%%_binary_payload w1.gzdio\n%%packager Nobody\n' >.rpmmacros
  umask 077
  env TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME="$PWD" SOURCE_DATE_EPOCH=1 GZIP=-1 TMPDIR="$PWD/folder-of-a-group" \
    elsewhere/agent-linux/packaging/build out 2>/dev/null
  cmp "$rpm" out/*.rpm
  cmp "$deb" out/*.deb
}

@test "a clock that is behind makes the same bytes" {
  copy_sources early
  sed -i 's/^\( -- .*  \).*/\1Mon, 01 Jan 2035 00:00:00 +0000/' early/agent-linux/packaging/changelog
  early/agent-linux/packaging/build one 2>/dev/null
  sleep 1.1
  early/agent-linux/packaging/build two 2>/dev/null
  diff -r one two
}

@test "lintian finds nothing" {
  run lintian --allow-root --fail-on error,warning --display-info --pedantic "$deb"
  [[ $status == 0 && -z $output ]] || fail "$output"
}

@test "rpmlint finds nothing" {
  run rpmlint --config "$agent/packaging/rpm/rpmlint.toml" "$rpm"
  [[ $status == 0 && $output == *' 0 errors, 0 warnings'* ]] || fail "$output"
}

@test "when a tool fails, its words are shown, and no package is there" {
  mkdir bin
  printf '#!/bin/sh\necho no space left >&2\nexit 1\n' >bin/rpmbuild
  chmod +x bin/rpmbuild
  touch sovereign-keys-1.2.3-1.noarch.rpm
  mkdir temporary
  PATH=$PWD/bin:$PATH TMPDIR=$PWD/temporary run "$agent/packaging/build" .
  [[ $status == 1 && $output == *'no space left'*'there are no packages'* ]] || fail "$output"
  ! compgen -G '*.rpm' || fail 'a package is there'
  ! compgen -G '*.deb' || fail 'a package is there'
  rmdir temporary
}

@test "a file that is missing ends the build" {
  copy_sources incomplete
  rm incomplete/agent-linux/etc/sovereign-keys/api_url.txt
  run incomplete/agent-linux/packaging/build out
  [[ $status != 0 && $output == *api_url.txt* ]] || fail "$output"
  ! compgen -G 'out/*' || fail 'a package is there'
}

@test "--help shows how it is called, and another option is wrong" {
  run "$agent/packaging/build" --help
  [[ $status == 0 && $output == Usage* ]]
  run "$agent/packaging/build" --what
  [[ $status == 2 ]]
}
