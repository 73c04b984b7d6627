#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The install scripts of the HSM layers, with stand-ins for S3 and for the vendors' tools.

load world

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p bin bucket/{cloudhsm,cloudhsm-conf,proteccio,proteccio-conf} system/mnt
  # What the bucket holds lies below bucket; a role that may not list it is told 403 of all else.
  stand_in aws <<'SH'
name=${*: -2:1}
name=bucket/${name#s3://artifacts/sovereign-instances/}
if [[ ! -e $name ]]; then echo 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden' >&2 && exit 1; fi
cp "$name" "${*: -1}"
SH
  stand_in dpkg </dev/null
  # Installs the client, which brings its configure tool.
  stand_in apt-get <<'SH'
[[ ! -e broken-apt ]] || exit 100
echo "${DEBIAN_FRONTEND:-} $*" >>calls
[[ ! -e empty-package ]] || exit 0
mkdir -p system/opt/cloudhsm/bin
cp bin/configure-pkcs11 system/opt/cloudhsm/bin/
SH
  # In the language that is asked for.
  stand_in configure-pkcs11 <<'SH'
if [[ $1 == --help ]]; then [[ $LC_ALL == C ]] && exec cat options; fi
echo "$*" >>calls
umask 077
printf '{%s}' "$*" >system/opt/cloudhsm/etc/cloudhsm-pkcs11.cfg
SH
  # More than a pipe holds, for whoever reads no further than what it looks for.
  { printf -- '--client-cert-hsm-tls-file <FILE>\n--client-key-hsm-tls-file <FILE>\n' && seq 20000; } >options
  mkdir tmp
  export TMPDIR=$PWD/tmp SK_TEST_ROOT=$PWD/system SK_ARTIFACT_BUCKET=artifacts PATH=$PWD/bin:$PATH LC_ALL=C.UTF-8
  unset DEBIAN_FRONTEND
}

certificate() { printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$1"; }

a_cloudhsm() {
  echo library >bucket/cloudhsm/cloudhsm-pkcs11.deb
  certificate authority >bucket/cloudhsm-conf/customerCA.crt
  certificate client >bucket/cloudhsm-conf/ssl-client.crt
  printf '# zone a\n10.42.1.10\n10.42.2.10\n' >bucket/cloudhsm-conf/hsm-addresses
  add_checksums cloudhsm
}

a_proteccio() {
  local name
  for name in nethsmstatus libnethsm.so libnethsmanalyze.so; do echo "$name" >"bucket/proteccio/$name"; done
  for name in HSM1 HSM2 client; do certificate "$name" >"bucket/proteccio-conf/$name.crt"; done
  printf '[PROTECCIO]\r\nIPaddr=10.42.1.12\r\nSSL=1\r\nSrvCert=HSM1.crt\r\n\r\n[PROTECCIO]\nIPaddr = 10.42.2.12\nSSL=1\nSrvCert=HSM2.crt ; the second\n\n
[CLIENT]\nMode=2\nshortTimeout=1\nLoggingLevel=7\nLogFile=/home/sk-api/pkcs11.log\nClntKey=client.key\nClntCert=client.crt\n' >bucket/proteccio-conf/proteccio.rc
  add_checksums proteccio
}

# add_checksums LAYER: as hsm-conf/README.md has them made.
add_checksums() { (cd bucket && rm -f "$1-conf/SHA256SUMS" && sha256sum "$1"/* "$1"-conf/* >"../sums" && mv ../sums "$1-conf/SHA256SUMS"); }

# install_layer LAYER: whatever becomes of it, what it took is gone afterwards.
install_layer() {
  run "$root/hsm-conf/$1/install"
  [[ -z $(ls -A tmp) ]] || fail "left: $(find tmp)"
}

# without COMMAND: in bin, and in tools, which has all others of this machine.
without() {
  mkdir tools
  ln -s /usr/bin/* tools/
  rm -f "bin/$1" "tools/$1"
}

expect_settings() { diff <(grep -v '^#' system/etc/sovereign-keys-api/hsm.env) <(printf '%s\n' "$@"); }

@test "CloudHSM: library, certificates, addresses, the client's configuration, and a link into the RAM store for its key" {
  a_cloudhsm
  install_layer cloudhsm
  expect 0 'the client is set up for 2 HSM(s)'
  cmp bucket/cloudhsm-conf/customerCA.crt system/opt/cloudhsm/etc/customerCA.crt
  cmp bucket/cloudhsm-conf/ssl-client.crt system/opt/cloudhsm/etc/ssl-client.crt
  [[ $(readlink system/opt/cloudhsm/etc/ssl-client.key) == /mnt/ram-store/client.key ]]
  # Nobody answers questions, as of a configuration that configure-pkcs11 changed.
  grep --quiet '^noninteractive --yes --quiet --option Dpkg::Options::=--force-confold install .*/cloudhsm/cloudhsm-pkcs11.deb$' calls
  grep --quiet -e '^-a 10.42.1.10 10.42.2.10 --hsm-ca-cert /opt/cloudhsm/etc/customerCA.crt --log-type term --log-level warn ' calls
  grep --quiet -e '--client-cert-hsm-tls-file /opt/cloudhsm/etc/ssl-client.crt --client-key-hsm-tls-file /opt/cloudhsm/etc/ssl-client.key' calls
  grep --quiet -e '--enable-key-availability-check$' calls
  expect_settings KEY_FILE=/mnt/ram-store/client.key SOVEREIGNKEYS_CLIENTCERTIFICATE=/opt/cloudhsm/etc/ssl-client.crt
  [[ $(stat -c %a system/etc/sovereign-keys-api/hsm.env) == 640 ]]
  # The service reads it.
  [[ $(stat -c %a system/opt/cloudhsm/etc/cloudhsm-pkcs11.cfg) == 644 ]]
}

@test "CloudHSM: where there is rpm and no dpkg, as on Amazon Linux, the package is the other one, and dnf installs it" {
  a_cloudhsm
  mv bucket/cloudhsm/cloudhsm-pkcs11.{deb,rpm}
  add_checksums cloudhsm
  without dpkg
  mv bin/apt-get bin/dnf
  PATH=$PWD/bin:$PWD/tools install_layer cloudhsm
  expect 0 'the client is set up for 2 HSM(s)'
  grep --quiet '^ --assumeyes --quiet install .*/cloudhsm/cloudhsm-pkcs11.rpm$' calls
  touch broken-apt
  PATH=$PWD/bin:$PWD/tools install_layer cloudhsm
  expect 1 'the package cloudhsm-pkcs11 cannot be installed'
}

@test "CloudHSM: one HSM alone, and a client that has the older names of the options" {
  a_cloudhsm
  echo 10.42.1.10 >bucket/cloudhsm-conf/hsm-addresses
  add_checksums cloudhsm
  printf -- '--server-client-cert-file <FILE>\n--server-client-key-file <FILE>\n' >options
  install_layer cloudhsm
  expect 0 'there is one HSM'
  grep --quiet -e '--server-client-cert-file /opt/cloudhsm/etc/ssl-client.crt --server-client-key-file /opt/cloudhsm/etc/ssl-client.key --disable-key-availability-check$' calls
}

@test "Proteccio: the site's HSMs and certificates, but a log that shows no payload" {
  a_proteccio
  install_layer proteccio
  expect 0 'the client is set up for 2 HSM(s)'
  diff system/etc/proteccio/proteccio.rc - <<'END'
[PROTECCIO]
IPaddr=10.42.1.12
SSL=1
SrvCert=HSM1.crt

[PROTECCIO]
IPaddr=10.42.2.12
SSL=1
SrvCert=HSM2.crt

[CLIENT]
Mode=2
shortTimeout=1
LoggingLevel=3
LogFile=/var/log/sovereign-keys-api/pkcs11.log
ClntKey=client.key
ClntCert=client.crt
END
  cmp bucket/proteccio-conf/HSM2.crt system/etc/proteccio/HSM2.crt
  cmp bucket/proteccio/libnethsm.so system/opt/tw_proteccio/lib/libnethsm.so
  cmp bucket/proteccio/libnethsmanalyze.so system/opt/tw_proteccio/lib/libnethsmanalyze.so
  [[ -x system/opt/tw_proteccio/bin/nethsmstatus ]]
  [[ $(readlink system/etc/proteccio/client.key) == /mnt/ram-store/client.key ]]
  expect_settings KEY_FILE=/mnt/ram-store/client.key SOVEREIGNKEYS_CLIENTCERTIFICATE=/etc/proteccio/client.crt
}

@test "run again, each leaves the same; what is new in the bucket is taken" {
  local layer
  a_cloudhsm
  a_proteccio
  for layer in cloudhsm proteccio; do
    install_layer $layer
    expect 0
    cp -a system before
    install_layer $layer
    expect 0
    diff -r --no-dereference before system
    rm -r before
  done
  certificate new >bucket/proteccio-conf/HSM1.crt
  add_checksums proteccio
  install_layer proteccio
  expect 0
  cmp bucket/proteccio-conf/HSM1.crt system/etc/proteccio/HSM1.crt
}

# nothing_installed LAYER: of the library and the configuration.
nothing_installed() { [[ ! -e system/opt/tw_proteccio && ! -e calls && ! -e system/etc/sovereign-keys-api/hsm.env && ! -e system/etc/proteccio/proteccio.rc ]] || fail 'something was installed'; }

@test "what has another checksum, or none, is not installed" {
  local name
  a_cloudhsm
  a_proteccio
  echo changed >bucket/cloudhsm/cloudhsm-pkcs11.deb
  install_layer cloudhsm
  expect 1 'cloudhsm/cloudhsm-pkcs11.deb has another checksum'
  nothing_installed
  echo changed >bucket/proteccio/libnethsm.so
  install_layer proteccio
  expect 1 'proteccio/libnethsm.so has another checksum'
  nothing_installed
  for name in proteccio/libnethsm.so proteccio-conf/HSM2.crt proteccio-conf/proteccio.rc; do
    a_proteccio
    sed -i "\\# $name\$#d" bucket/proteccio-conf/SHA256SUMS
    install_layer proteccio
    expect 1 "SHA256SUMS has no line for $name"
  done
  [[ ! -e system/etc/proteccio/proteccio.rc && ! -e system/etc/sovereign-keys-api/hsm.env ]]
}

# expect_unchanged LAYER WORDS: an installation of what is in the bucket ends with these words, and changes nothing of the earlier one.
expect_unchanged() {
  rm -f calls
  install_layer "$1"
  expect 1 "$2"
  diff -r --no-dereference before system
  [[ ! -e calls ]] || fail "it called: $(<calls)"
}

@test "nothing is replaced before all that is to come was checked" {
  local name
  a_cloudhsm
  a_proteccio
  install_layer cloudhsm
  install_layer proteccio
  cp -a system before
  for name in cloudhsm/cloudhsm-pkcs11.deb cloudhsm-conf/customerCA.crt cloudhsm-conf/ssl-client.crt cloudhsm-conf/hsm-addresses; do
    certificate new | tee bucket/cloudhsm-conf/{customerCA,ssl-client}.crt >bucket/cloudhsm/cloudhsm-pkcs11.deb
    echo 10.42.3.10 >bucket/cloudhsm-conf/hsm-addresses
    add_checksums cloudhsm
    # As where a download was cut short.
    truncate --size -1 "bucket/$name"
    expect_unchanged cloudhsm "$name has another checksum"
  done
  echo nowhere >bucket/cloudhsm-conf/hsm-addresses
  add_checksums cloudhsm
  expect_unchanged cloudhsm 'is no IP address'
  for name in proteccio/nethsmstatus proteccio/libnethsmanalyze.so proteccio-conf/HSM2.crt proteccio-conf/client.crt; do
    certificate new | tee bucket/proteccio-conf/{HSM1,HSM2,client}.crt >bucket/proteccio/libnethsm.so
    cp bucket/proteccio/{libnethsm.so,nethsmstatus}
    cp bucket/proteccio/{libnethsm.so,libnethsmanalyze.so}
    add_checksums proteccio
    truncate --size -1 "bucket/$name"
    expect_unchanged proteccio "$name has another checksum"
  done
  a_proteccio
  printf -- '-----BEGIN PRIVATE KEY-----\n' >>bucket/proteccio-conf/client.crt
  certificate new >bucket/proteccio-conf/HSM1.crt
  add_checksums proteccio
  expect_unchanged proteccio 'holds a private key'
  rm system/etc/proteccio/client.key before/etc/proteccio/client.key
  echo key | tee before/etc/proteccio/client.key >system/etc/proteccio/client.key
  a_proteccio
  certificate new >bucket/proteccio-conf/HSM1.crt
  add_checksums proteccio
  expect_unchanged proteccio 'is a file on the disk'
}

@test "a list of checksums that came with the package counts, and not the bucket's" {
  a_proteccio
  cp -r "$root/hsm-conf" pinned
  cp bucket/proteccio-conf/SHA256SUMS pinned/proteccio/
  certificate forged >bucket/proteccio-conf/HSM1.crt
  add_checksums proteccio
  run pinned/proteccio/install
  expect 1 'proteccio-conf/HSM1.crt has another checksum'
  a_proteccio
  rm bucket/proteccio-conf/SHA256SUMS
  run pinned/proteccio/install
  expect 0
}

@test "what cannot be written is a failure, after which the service has no settings" {
  local layer
  a_cloudhsm
  a_proteccio
  # No folder can be made there.
  touch system/etc
  for layer in cloudhsm proteccio; do
    install_layer $layer
    ((status != 0)) || fail "$layer: $output"
    [[ $output != *'the client is set up'* ]] || fail "$layer: $output"
  done
}

@test "the service can read what is for it, whatever the mask of whoever installs" {
  a_cloudhsm
  a_proteccio
  umask 077
  install_layer cloudhsm
  expect 0
  install_layer proteccio
  expect 0
  [[ $(stat -c %a system/opt/cloudhsm/etc system/etc/proteccio system/opt/tw_proteccio/lib | sort -u) == 755 ]] || fail "$(find system -ls)"
  [[ $(stat -c %a system/etc/proteccio/{proteccio.rc,client.crt} system/opt/cloudhsm/etc/{customerCA,ssl-client}.crt | sort -u) == 644 ]] || fail "$(find system -ls)"
}

@test "what is missing is named" {
  local name
  install_layer cloudhsm
  expect 1 's3://artifacts/sovereign-instances/cloudhsm-conf/SHA256SUMS cannot be read'
  for name in cloudhsm/cloudhsm-pkcs11.deb cloudhsm-conf/customerCA.crt cloudhsm-conf/ssl-client.crt cloudhsm-conf/hsm-addresses; do
    a_cloudhsm
    rm "bucket/$name"
    install_layer cloudhsm
    expect 1 "s3://artifacts/sovereign-instances/$name cannot be read"
  done
  for name in proteccio/nethsmstatus proteccio-conf/proteccio.rc proteccio-conf/client.crt; do
    a_proteccio
    rm "bucket/$name"
    install_layer proteccio
    expect 1 "s3://artifacts/sovereign-instances/$name cannot be read"
  done
  SK_ARTIFACT_BUCKET='' install_layer proteccio
  expect 1 'SK_ARTIFACT_BUCKET is not set'
  without aws
  PATH=$PWD/bin:$PWD/tools install_layer proteccio
  expect 1 'the command aws is missing'
  [[ ! -e system/etc/sovereign-keys-api/hsm.env ]]
}

@test "no private key comes with the certificates, and none lies where the link belongs" {
  a_proteccio
  printf -- '-----BEGIN PRIVATE KEY-----\n' >>bucket/proteccio-conf/client.crt
  add_checksums proteccio
  install_layer proteccio
  expect 1 'proteccio-conf/client.crt holds a private key'
  [[ ! -e system/etc/proteccio/client.crt ]]
  a_cloudhsm
  echo 'no certificate' >bucket/cloudhsm-conf/customerCA.crt
  add_checksums cloudhsm
  install_layer cloudhsm
  expect 1 'cloudhsm-conf/customerCA.crt is no certificate'
  a_proteccio
  mkdir -p system/etc/proteccio
  echo key >system/etc/proteccio/client.key
  install_layer proteccio
  expect 1 '/etc/proteccio/client.key is a file on the disk'
}

# with_rc SED_SCRIPT: the site's proteccio.rc, changed.
with_rc() {
  a_proteccio
  sed -i "$1" bucket/proteccio-conf/proteccio.rc
  add_checksums proteccio
  install_layer proteccio
}

@test "a configuration that cannot be right is refused" {
  with_rc 's/^SSL=1/SSL=0/'
  expect 1 'SSL must be 1'
  with_rc '/IPaddr/d'
  expect 1 'names no HSM'
  with_rc '0,/SrvCert/{/SrvCert/d}'
  expect 1 'each [PROTECCIO] needs IPaddr and SrvCert'
  with_rc '/ClntCert/d'
  expect 1 'needs ClntCert'
  with_rc 's,SrvCert=HSM1.crt,SrvCert=../HSM1.crt,'
  expect 1 'is no name of a file'
  [[ ! -e system/etc/proteccio/proteccio.rc ]]
  a_cloudhsm
  echo 'hsm.example' >bucket/cloudhsm-conf/hsm-addresses
  add_checksums cloudhsm
  install_layer cloudhsm
  expect 1 'is no IP address'
  echo '# none' >bucket/cloudhsm-conf/hsm-addresses
  add_checksums cloudhsm
  install_layer cloudhsm
  expect 1 'names no HSM'
  a_cloudhsm
  touch empty-package
  install_layer cloudhsm
  expect 1 'brought no'
  touch broken-apt
  install_layer cloudhsm
  expect 1 'the package cloudhsm-pkcs11 cannot be installed'
  rm empty-package broken-apt
  stand_in configure-pkcs11 <<'SH'
if [[ $1 == --help ]]; then cat options && exit; fi
exit 1
SH
  install_layer cloudhsm
  expect 1 'configure-pkcs11 failed; it was called with: -a 10.42.1.10 10.42.2.10'
  [[ ! -e system/etc/sovereign-keys-api/hsm.env ]]
  stand_in configure-pkcs11 <<'SH'
if [[ $1 == --help ]]; then cat options && exit; fi
echo '{}' >system/opt/cloudhsm/etc/cloudhsm-pkcs11.cfg
SH
  a_cloudhsm
  install_layer cloudhsm
  expect 1 'does not name the client key'
}
