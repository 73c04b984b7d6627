#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What is in the packages of a node, that the same sources make the same bytes, and that the units are as they should be.

load world

readonly home=/usr/lib/sovereign-keys-api
readonly services='sovereign-keys-api sk-self-locker sk-spot-watch sk-leave sk-log'

setup_file() {
  find_packages
  dpkg-deb --extract "$deb" "$BATS_FILE_TMPDIR/deb"
}

setup() {
  tree=$BATS_FILE_TMPDIR/deb
  cd "$BATS_TEST_TMPDIR" || return
}

# list_rpm, list_deb: mode, owner, size and path of each file.
list_rpm() { rpm --query --package --queryformat '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' "$rpm" | grep -v '^d' | sort; }
list_deb() { dpkg-deb --contents "$deb" | grep -v '^d' | sed -e 's: \./: /:' -e 's/ -> .*//' -e 's:\\\\:\\:' | awk '{ print $1, $2, $NF }' | sort; }

# in_both: everything but what each distribution wants for itself.
in_both() { grep -v -E ' /usr/share/(doc|licenses|lintian)/' | sed 's: /lib/systemd/: /usr/lib/systemd/:'; }

@test "both hold the same files, with their modes, and all are root's" {
  diff <(list_rpm | in_both) <(list_deb | in_both | sort)
  list_deb >files
  ! grep -v ' root/root ' files || fail 'another owner'
  ! grep -v -E '^(-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) ' files | grep -v ' /etc/sovereign-keys-api/node.env$' || fail 'another mode'
  grep --quiet '^-rw-r----- root/root /etc/sovereign-keys-api/node.env$' files
  local program
  for program in sovereign-keys-api make-aot-cache sk-self-locker sk-spot-watch sk-seal sk-leave sk-log; do
    grep --quiet "^-rwxr-xr-x root/root $home/bin/$program$" files
  done
  grep --quiet "^-rwxr-xr-x root/root $home/runtime/bin/java$" files
  grep --quiet "^-rwxr-xr-x root/root $home/runtime/lib/jspawnhelper$" files
  grep --quiet "^-rwxr-xr-x root/root $home/hsm/cloudhsm/install$" files
  grep --quiet "^-rwxr-xr-x root/root $home/hsm/proteccio/install$" files
  grep --quiet '^lrwxrwxrwx root/root /usr/sbin/sk-set-hsm-password$' files
  grep --quiet '^-rw-r--r-- root/root /usr/share/man/man8/sk-put-client-key.8.gz$' files
}

@test "names, versions and architectures are as the distributions have them" {
  [[ ${deb##*/} == "sovereign-keys-api_${version}_amd64.deb" || ${deb##*/} == "sovereign-keys-api_${version}_arm64.deb" ]]
  [[ ${rpm##*/} == "sovereign-keys-api-$version-1.$(rpm --query --package --queryformat '%{ARCH}' "$rpm").rpm" ]]
  [[ $(dpkg-deb --info "$deb" conffiles) == /etc/sovereign-keys-api/node.env ]]
  [[ $(rpm --query --package --configfiles "$rpm") == /etc/sovereign-keys-api/node.env ]]
  [[ $(rpm --query --package --queryformat '[%{FILEFLAGS:fflags} %{FILENAMES}\n]' "$rpm" | grep ' /etc/sovereign-keys-api/node.env$') == cn* ]]
  [[ $(readlink -f "$tree/usr/sbin/sk-put-client-key") == "$tree$home/bin/sk-put-client-key" ]]
}

@test "what the installation makes, the packages do not hold" {
  ! list_deb | grep -E '\.aot$|\.jsa$' || fail 'a cache is in the package'
  ! list_deb | grep -E 'client\.key|hsm\.env' || fail 'a site is in the package'
}

@test "another folder, time zone, mask and time make the same bytes" {
  local copy=$BATS_TEST_TMPDIR/copy
  copy_sources "$copy"
  find "$copy" -type f -exec touch -d '2001-02-03 04:05' {} +
  umask 077
  env TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME="$PWD" SOURCE_DATE_EPOCH=1 GZIP=-1 \
    "$copy/api-service/packaging/build" --jar "$packaging/../target/sovereign-keys-api.jar" --node "$sk_node" "$copy/out"
  cmp "$rpm" "$copy"/out/*.rpm
  cmp "$deb" "$copy"/out/*.deb
}

# unit_tree: $tree with what our units refer to, where systemd-analyze can look at them.
unit_tree() {
  local system=$tree/lib/systemd/system
  [[ ! -e $system/sysinit.target ]] || return 0
  cp -r --no-clobber /lib/systemd/system/. "$system/"
  mkdir -p "$tree/bin" "$tree/etc"
  cp /bin/sh "$tree/bin/"
}

@test "systemd has nothing to say about the units" {
  unit_tree
  local units=(sovereign-keys-node.target 'mnt-ram\x2dstore.mount' sk-seal.service) service
  for service in $services; do units+=("$service.service"); done
  [[ ! -e $tree/lib/systemd/system/sk-node.service ]] || units+=(sk-node.service)
  run systemd-analyze verify --man=no --root="$tree" "${units[@]}"
  [[ $status == 0 && -z $output ]] || fail "$output"
}

@test "each service that runs on is exposed no more than 2.0" {
  local service unit
  for service in $services sk-node; do
    unit=$packaging/node/systemd/$service.service
    run systemd-analyze security --offline=yes --threshold=20 --no-pager "$unit"
    [[ $status == 0 ]] || fail "$service: $output"
  done
}

@test "the seal, which runs once and ends, has what turning swap off and setting the kernel take, and is exposed no more than 3.0" {
  run systemd-analyze security --offline=yes --threshold=30 --no-pager "$packaging/node/systemd/sk-seal.service"
  [[ $status == 0 ]] || fail "$output"
}

@test "each service that runs on can write no more than it must, dumps no core and keeps its memory" {
  local service unit line
  for service in $services sk-node; do
    unit=$packaging/node/systemd/$service.service
    for line in NoNewPrivileges=yes LimitCORE=0 MemorySwapMax=0 ProtectSystem=strict CapabilityBoundingSet=; do
      grep --quiet --line-regexp -e "$line" "$unit" || fail "$service: $line is missing"
    done
  done
  for service in sovereign-keys-api sk-node; do grep --quiet --line-regexp LimitMEMLOCK=infinity "$packaging/node/systemd/$service.service"; done
  ! grep --files-without-match -E '^ReadWritePaths=-?/(mnt/ram-store|run/)|^(Logs|Runtime)Directory=' "$packaging"/node/systemd/*.service |
    grep -v sk-seal || fail 'a service names nothing that it writes'
  ! grep -h -o -E '^ReadWritePaths=.*' "$packaging"/node/systemd/*.service | grep -v -E '^ReadWritePaths=-?/mnt/ram-store( -/run/sovereign-keys-node)?$' || fail 'a service writes elsewhere'
}

@test "the RAM store is a tmpfs with a limit, and stays out of swap where the kernel knows how" {
  local unit='mnt-ram\x2dstore.mount' generated=$BATS_TEST_TMPDIR/generated
  grep --quiet --line-regexp 'Type=tmpfs' "$tree/lib/systemd/system/$unit"
  grep --quiet --line-regexp 'Options=mode=0750,uid=sk-api,gid=sk-api,size=1g,nosuid,nodev,noexec' "$tree/lib/systemd/system/$unit"
  mkdir bin
  printf '#!/bin/sh\ncat release\n' >bin/uname
  chmod +x bin/uname
  local release noswap
  for release in 6.1.0-13-cloud-amd64 6.3.9 5.10.1; do
    echo "$release" >release
    mkdir "$generated"
    PATH=$PWD/bin:$PATH "$packaging/node/systemd-generators/sk-ram-store" "$generated" "$generated" "$generated"
    rmdir "$generated"
  done
  for release in 6.4.0 6.12.30-cloud 7.0-rc1; do
    echo "$release" >release
    PATH=$PWD/bin:$PATH "$packaging/node/systemd-generators/sk-ram-store" "$generated" "$generated" "$generated"
    noswap=$(<"$generated/$unit.d/noswap.conf")
    [[ $noswap == $'[Mount]\nOptions=mode=0750,uid=sk-api,gid=sk-api,size=1g,nosuid,nodev,noexec,noswap' ]] || fail "$noswap"
    rm -r "$generated"
  done
}

@test "a restart of the target restarts all that runs on, and leaves the RAM store and what that needs" {
  local service folder=$packaging/node/systemd
  for service in $services sk-node; do
    [[ $service == sk-leave ]] || grep --quiet --line-regexp PartOf=sovereign-keys-node.target "$folder/$service.service"
  done
  grep --quiet --line-regexp Requires=sk-seal.service "$folder/mnt-ram-store.mount"
  ! grep -E '^(PartOf|BindsTo|Requires)=.*sovereign-keys-node.target' "$folder/sk-seal.service" "$folder/mnt-ram-store.mount" || fail 'a restart stops the seal, and so drops the RAM store'
}

@test "the CloudWatch agent is to read the file that sk-log writes" {
  local configuration=$tree/usr/share/sovereign-keys-api/amazon-cloudwatch-agent.json
  [[ $(jq --raw-output '.logs.logs_collected.files.collect_list[] | "\(.file_path) \(.log_group_name)"' "$configuration") == '/run/log/sovereign-keys-api/node.log @LOG_GROUP@' ]]
  grep --quiet --line-regexp 'RuntimeDirectory=log/sovereign-keys-api' "$packaging/node/systemd/sk-log.service"
  grep --quiet "/node.log limit=" "$packaging/node/bin/sk-log"
}

@test "the AOT cache is there whole or not at all, for a service that starts meanwhile" {
  local cache=$PWD/app/sovereign-keys-api.aot
  mkdir -p app bin runtime/bin
  cp "$packaging"/../bin/* bin/
  echo jar >app/sovereign-keys-api.jar
  # shellcheck disable=SC2016 # for the script that is written here
  printf '#!/bin/bash\nfor option; do [[ $option != -XX:AOTCacheOutput=* ]] || echo learned >"${option#*=}"; done\n' >runtime/bin/java
  chmod +x runtime/bin/java
  [[ $(stat --format %d .) != "$(stat --format %d /dev/shm)" ]] || skip 'one file system'
  TMPDIR=/dev/shm strace --follow-forks --quiet=all --trace=openat,creat,rename,renameat,renameat2 --output=trace bin/make-aot-cache
  [[ $(<"$cache") == learned && $(stat --format %a "$cache") == 644 && $(ls app) == $'sovereign-keys-api.aot\nsovereign-keys-api.jar' ]]
  grep --quiet -E "rename.*\"$cache\"" trace
  ! grep -E "(openat|creat).*\"$cache\".*(O_WRONLY|O_CREAT)" trace || fail 'it is written in its place'
}

@test "lintian finds nothing" {
  run lintian --allow-root --fail-on error,warning "$deb"
  [[ $status == 0 && -z $output ]] || fail "$output"
}

@test "rpmlint finds nothing" {
  run rpmlint --config "$packaging/rpm/rpmlint.toml" "$rpm"
  [[ $status == 0 && $output == *' 0 errors, 0 warnings'* ]] || fail "$output"
}

@test "each command has a page that man reads without complaint, and says how it is called" {
  local page name
  for page in "$packaging"/node/man/*.8; do
    name=${page##*/}
    run env LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings --local-file "$page"
    [[ $status == 0 && $output != *warning* ]] || fail "$output"
    [[ $name != sk-node.8 ]] || continue # Java's own
    run "$tree/usr/sbin/${name%.8}" --help
    expect 0 "Usage: ${name%.8}"
  done
}

@test "the build says what is missing, and what it does not know" {
  run "$packaging/build" --jar nowhere.jar out
  expect 1 'nowhere.jar is missing'
  run "$packaging/build" --what
  expect 2 'unknown option --what'
  run "$packaging/build" --help
  expect 0 'Usage: packaging/build'
  ! compgen -G 'out/*' || fail 'a package is there'
}
