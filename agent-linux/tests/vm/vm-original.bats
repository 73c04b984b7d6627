#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Volumes that the original agent made: with the defaults of sgdisk, mkfs.fat, luksFormat and mkfs.

load vm

# make_original LUKS_TYPE: on /dev/vda, as web. The secret comes from the service, whose answer the guest gets by a file of the test.
make_original() {
  local uuid answer
  uuid=$(</proc/sys/kernel/random/uuid)
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$vm/rsa.pem" 2>/dev/null
  answer=$(jq --null-input --arg uuid "$uuid" --arg key "$(openssl pkey -in "$vm/rsa.pem" -pubout -outform DER | base64 --wrap 0)" \
    '{volume_uuid: $uuid, rsa_wrapping_key: $key}' |
    curl --silent --fail --header 'Authorization: test' --header 'Content-Type: application/json' --data-binary @- \
      "$(of web gateway)/encryption/$instance/generate-secret")
  openssl pkeyutl -decrypt -inkey "$vm/rsa.pem" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 \
    -in <(jq --raw-output .wrapped_secret <<<"$answer" | base64 --decode) -out "$vm/original-secret"
  guest_script "
    set -e
    base64 -d <<<$(base64 --wrap 0 "$vm/original-secret") >/tmp/secret
    sgdisk --new=128:2048:4095 --typecode=128:8300 --change-name='128:Secret Store' --attributes=128:set:61 --attributes=128:set:63 \
      --largest-new=1 --typecode=1:8300 --change-name=1:Data --disk-guid=$uuid /dev/vda >/dev/null
    udevadm settle
    mkfs.fat /dev/vda128 >/dev/null
    mkdir -p /mnt/store
    mount /dev/vda128 /mnt/store
    base64 -d <<<$(jq --raw-output .encrypted_secret <<<"$answer") >/mnt/store/encrypted_secret.bin
    umount /mnt/store
    cryptsetup --batch-mode luksFormat $1 --key-file /tmp/secret /dev/vda1
    cryptsetup open --key-file /tmp/secret /dev/vda1 old
    mkfs.xfs -q /dev/mapper/old
    mount /dev/mapper/old /mnt/store
    echo precious >/mnt/store/file
    umount /mnt/store
    cryptsetup close old
    rm /tmp/secret"
}

# works LUKS_TYPE
works() {
  make_disk old 384M
  attach virtio old
  boot web
  make_original "$1"
  run sk mount /dev/vda /mnt/data
  expect 0
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  guest sk-umount /mnt/data
  shut_down
  boot database
  run sk takeown -i "$(of web instanceId)" /dev/vda
  expect 0
  run sk mount /dev/vda /mnt/data
  expect 0
  run guest cat /mnt/data/file
  [[ $output == precious ]]
  expect_no_secret old database
}

@test "as cryptsetup makes them by default: LUKS2, argon2id" {
  works ''
}

# bats test_tags=long
@test "as Amazon Linux 2 makes them: LUKS1" {
  works '--type luks1'
}
