# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a node's packages meet in a small system.

load world
load ../../../utils/tests/chroot

readonly cache=usr/lib/sovereign-keys-api/app/sovereign-keys-api.aot

# make_template SHELL
make_template() {
  lay_out merged "$1" bash cat chmod cp dirname env grep ln ls mkdir mktemp mv readlink rm rmdir sed tail timeout touch
  put_in "$template" /usr/bin/systemd-sysusers
  printf '%s\n' root:x:0:0:root:/root:/bin/bash >"$template/etc/passwd"
  printf '%s\n' root:x:0: >"$template/etc/group"
}

# make_system: a start of the service to learn from takes seconds, so few tests have it.
make_system() {
  export SK_NO_AOT_CACHE=1
  copy_template merged
  rm "$system"/etc/{passwd,group}
  cp -p "$template"/etc/{passwd,group} "$system/etc/"
}

teardown() { rm -rf "${system:-/nowhere}"; }

# with_systemd: it runs.
with_systemd() {
  put_systemctl </dev/null
  mkdir -p "$system/run/systemd/system"
}

# expect_told CALL...: all that systemctl was told since the last look.
expect_told() {
  local told
  told=$(<"$system/systemctl.log")
  : >"$system/systemctl.log"
  [[ $told == "$(printf '%s\n' "$@")" ]] || fail "systemctl was told: $told"
}

# settings_of_a_site: as start-node.sh and an HSM's install script leave them.
settings_of_a_site() {
  printf 'HSM_TYPE=proteccio\nAUDIT_BUCKET=a-site-of-its-own\n' >"$system/etc/sovereign-keys-api/node.env"
  echo KEY_FILE=/mnt/ram-store/client.key >"$system/etc/sovereign-keys-api/hsm.env"
}

expect_settings_of_a_site() {
  [[ $(<"$system/etc/sovereign-keys-api/node.env") == *a-site-of-its-own ]] || fail 'node.env is another'
  [[ $(stat -c %a "$system/etc/sovereign-keys-api/node.env") == 640 ]] || fail 'node.env has another mode'
}

has_user() { grep --quiet '^sk-api:x:[0-9]*:[0-9]*:API node of Sovereign Keys:/:/usr/sbin/nologin$' "$system/etc/passwd" && grep --quiet '^sk-api:' "$system/etc/group"; }

# expect_nothing_left: of the package; the user stays, for files may be its.
expect_nothing_left() {
  local left
  left=$(cd "$system" && find . -path ./var/lib/dpkg -prune -o \( -name '*sk-*' -o -name '*sovereign-keys*' -o -name '*x2dstore*' \) -print)
  [[ -z $left ]] || fail "left: $left"
}

# make_light_packages VERSION FOLDER [COMMAND]: as the build makes them of these sources, which COMMAND changes, but with stand-ins for
# Java, which learns what it runs, for the service, and for sk-node.
make_light_packages() {
  local sources=$BATS_TEST_TMPDIR/sources-$1 files=$BATS_TEST_TMPDIR/sources-$1/api-service/packaging
  copy_sources "$sources"
  sed -i "1s/(.*)/($1)/" "$files/changelog"
  cat >"$files/runtime" <<'SH'
#!/bin/bash
mkdir -p "$1/bin"
cat >"$1/bin/java" <<'JAVA'
#!/bin/bash
for option; do
  case $option in
  -XX:AOTCacheOutput=*) into=${option#*=} ;;
  */sovereign-keys-api.jar) jar=$option ;;
  esac
done
echo "learned from $(cat "$jar")" >"$into"
JAVA
chmod 755 "$1/bin/java"
SH
  # shellcheck disable=SC2016 # for the script that is written here
  printf '#!/bin/bash\nmkdir -p "$2/lib" && cp "$1" "$2/"\n' >"$files/application"
  mkdir -p "$sources/sk-node/lib"
  echo "sk-node $1" >"$sources/sk-node/sk-node.jar"
  echo "$1" >"$sources/sovereign-keys-api.jar"
  "${3:-true}" "$sources"
  "$files/build" --jar "$sources/sovereign-keys-api.jar" --node "$sources/sk-node" "$2"
}

# as_earlier SOURCES: with a library, a unit and a setting that the next version has no more.
as_earlier() {
  local files=$1/api-service/packaging/node
  echo 'a library' >"$1/sk-node/lib/dropped-1.0.jar"
  sed 's/^Description=.*/Description=Dropped/' "$files/systemd/sk-seal.service" >"$files/systemd/sk-dropped.service"
  echo '#DROPPED=' >>"$files/etc/node.env"
}

# expect_files: those on standard input, and no others, are there of the package.
expect_files() {
  diff <(cd "$system" && find usr etc \( -path '*sovereign-keys*' -o -name '*sk-*' -o -name '*x2dstore*' \) ! -type d -printf '/%p\n' | sort) <(sed 's:^/lib/:/usr/lib/:' | sort)
}

# with_file_of_another SOURCES: which dpkg refuses, after it has unpacked some.
with_file_of_another() {
  # shellcheck disable=SC2016 # for the build
  sed -i 's:^  put_node /lib/systemd/system$:&\n  put 644 "$packaging/changelog" /usr/share/jq file:' "$1/api-service/packaging/build"
}
