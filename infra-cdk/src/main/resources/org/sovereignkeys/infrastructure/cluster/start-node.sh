#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs once, as root, at a node's first start: installs the node's package and its HSM's client, writes the settings, starts the node, and
# tells CloudFormation how it went. Where other nodes serve, this one must get their secrets first; else an operator will bring them.
# A node that cannot be started makes room for another one.
set -euo pipefail

readonly patience=${SK_PATIENCE:-900} # seconds; less than CloudFormation's
readonly alone=${SK_ALONE:-120}       # seconds in which no other node may serve, before one is content with waiting for its secrets
readonly respite=600                  # seconds in which a node that could not be started can be looked into
# The tests put a folder of their own before the paths of the system.
readonly root=${SK_TEST_ROOT:-}
readonly home=$root/usr/lib/sovereign-keys-api
readonly downloads=$root/root/sovereign-keys

ask_instance_id() {
  local token
  token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sSf -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id
}

signal() {
  aws cloudformation signal-resource --stack-name "$SK_STACK" --logical-resource-id "$SK_NODES_RESOURCE" \
    --unique-id "$instance" --status "$1"
}

# send_reason: the end of what was said at this start, to the log group: a machine that is gone is asked no more.
send_reason() {
  local now events
  local stream=(--log-group-name "$SK_LOG_GROUP" --log-stream-name "$instance/start")
  now=$(date +%s)000
  events=$(tail -n 40 "$root/var/log/cloud-init-output.log" | LC_ALL=C tr -cd '[:print:]\n' | cut -c -500 |
    sed "/./!d; s/[\\\"]/\\\\&/g; s/.*/{\"timestamp\": $now, \"message\": \"&\"}/" | paste -sd , -) &&
    aws logs create-log-stream "${stream[@]}" && aws logs put-log-events "${stream[@]}" --log-events "[$events]" >/dev/null
}

say() { echo "start-node: $1"; }

# report SUCCESS|FAILURE
report() {
  local instance
  instance=$(ask_instance_id) || say 'the metadata service does not say what instance this is' >&2
  signal "$1" || say 'CloudFormation takes no signal, as always outside of a deployment' >&2
  if [[ $1 == FAILURE ]]; then send_reason || say 'the log group cannot be told: see the log of the console' >&2; fi
}

fail() {
  say "$1" >&2
  exit 1
}

fetch() { aws s3 cp --only-show-errors "s3://$SK_ARTIFACT_BUCKET/sovereign-instances/$1" "$2"; }

# take NAME: into $downloads, and holds it against the checksum NAME.sha256 beside it, if there is one; fails with 3 if there is none.
take() {
  local file=$downloads/${1##*/} said sum
  mkdir -p "$downloads"
  fetch "$1" "$file" || fail "$1 is not in the artifact bucket, or cannot be read"
  if said=$(fetch "$1.sha256" "$file.sha256" 2>&1); then
    read -r sum _ <"$file.sha256"
    sha256sum --check --status <<<"$sum  $file" || fail "$1 has another checksum than $1.sha256 says"
    say "$1 has the checksum that stands beside it"
  else
    # A role that may not list the bucket is told 403 of what is not there.
    [[ $said == *'(403)'* || $said == *'(404)'* ]] || fail "$1.sha256 cannot be read: $said"
    say "no checksum stands beside $1"
    return 3
  fi
}

# take_deployed_package: the version that the deployment found, whatever was put since; what is rolled back has its own again.
take_deployed_package() {
  local name=sovereign-keys-api.rpm
  mkdir -p "$downloads"
  aws s3api get-object --bucket "$SK_ARTIFACT_BUCKET" --key "sovereign-instances/$name" --version-id "$SK_PACKAGE_VERSION" \
    "$downloads/$name" >/dev/null || fail "$name is not in the artifact bucket in the version that was deployed, or cannot be read"
  [[ -z $SK_PACKAGE_SUM ]] || sha256sum --check --status <<<"$SK_PACKAGE_SUM  $downloads/$name" ||
    fail "$name has another checksum than the deployment found"
}

install_package() {
  if [[ -n $SK_PACKAGE_VERSION ]]; then
    take_deployed_package
  else
    take sovereign-keys-api.rpm || [[ $? == 3 ]]
  fi
  dnf --assumeyes --quiet install "$downloads/sovereign-keys-api.rpm"
}

# install_tool NAME: what Amazon Linux has no package of; never without a checksum.
install_tool() {
  command -v "$1" >/dev/null && return
  take "tools/$1" || fail "tools/$1 is not installed without a checksum"
  install -D -m 755 "$downloads/$1" "$root/usr/local/bin/$1"
}

# write_settings: what the services need, and no more.
write_settings() {
  local file=$root/etc/sovereign-keys-api/node.env
  (
    umask 027
    cat >"$file.new" <<END
HSM_TYPE=$HSM_TYPE
EKT_BUCKET=$EKT_BUCKET
AUDIT_BUCKET=$AUDIT_BUCKET
VPC_INFOS_TABLE=$VPC_INFOS_TABLE
SOVEREIGNKEYS_METRICS=cloudwatch:$SK_METRICS_NAMESPACE
AWS_REGION=$AWS_DEFAULT_REGION
SK_NODES=$SK_NODES
SK_AUTHORITY_KEY=$SK_AUTHORITY_KEY
SOVEREIGNKEYS_CLUSTER=etcd:127.0.0.1:2379
SOVEREIGNKEYS_ETCD_CA=/mnt/ram-store/node/authority.pem
SOVEREIGNKEYS_ETCD_CERTIFICATE=/mnt/ram-store/node/certificate.pem
SOVEREIGNKEYS_ETCD_KEY=/mnt/ram-store/node/key.pem
SK_ETCD=$(command -v etcd || echo /usr/local/bin/etcd)
SELF_LOCKER_ON=$SELF_LOCKER_ON
SK_ARTIFACT_BUCKET=$SK_ARTIFACT_BUCKET
END
  )
  mv "$file.new" "$file"
}

# send_log: to the log group. A node without it serves all the same.
send_log() {
  local control=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl file=$downloads/amazon-cloudwatch-agent.json
  [[ -x $control ]] || {
    say 'the CloudWatch agent is missing: the log stays on this node'
    return
  }
  sed "s|@LOG_GROUP@|$SK_LOG_GROUP|" "$root/usr/share/sovereign-keys-api/amazon-cloudwatch-agent.json" >"$file"
  "$control" -a fetch-config -m ec2 -s -c "file:$file" >/dev/null || say 'the CloudWatch agent does not start: the log stays on this node'
}

# health: the problem, if there is one, then 204 or 503, or 000 while nothing listens yet
health() {
  curl -s -w '\n%{http_code}' --max-time 5 http://localhost:8080/healthcheck || true
}

# waits_for_people HEALTH: for what operators bring, or the HSM, and no other node does.
waits_for_people() {
  case $1 in
  *'waiting for the client key'* | *'waiting for the PIN'* | *'waiting for another PIN'* | *'waiting for the HSM to come back'*) ;;
  *) return 1 ;;
  esac
}

# Fails also where that cannot be known: with secrets somewhere, an update that goes on too early would lose them.
nobody_serves() {
  local healthy
  healthy=$(aws elbv2 describe-target-health --target-group-arn "$SK_TARGET_GROUP" --output text \
    --query "length(TargetHealthDescriptions[?TargetHealth.State=='healthy'])") && [[ $healthy == 0 ]]
}

wait_until_ready() {
  local said alone_since=''
  while :; do
    said=$(health)
    if [[ $said == *204 ]]; then return 0; fi
    if waits_for_people "$said" && nobody_serves; then
      alone_since=${alone_since:-$SECONDS}
      if ((SECONDS - alone_since >= alone)); then return 0; fi
    else
      alone_since=''
    fi
    ((SECONDS < patience)) || break
    sleep 5
  done
  say "the node is not ready after $SECONDS s: $said" >&2
  return 1
}

bring_up() {
  install_package
  install_tool etcd
  # Nobody but an operator with shares misses it.
  (install_tool ssss-combine) || say 'ssss-combine is not there: sk-set-hsm-password takes the PIN alone (--pin)'
  SK_ARTIFACT_BUCKET=$SK_ARTIFACT_BUCKET "$home/hsm/$HSM_TYPE/install"
  write_settings
  send_log
  systemctl enable sovereign-keys-node.target
  # Its units may wait for those of the other nodes.
  systemctl start --no-block sovereign-keys-node.target
}

# give_way: the group replaces a machine that is off, or a deployment takes back what it began. Not at once, or one would follow the other.
give_way() {
  say "this node cannot be started; it powers off in $((respite / 60)) minutes, so that the group starts another one" >&2
  sleep "$respite"
  systemctl poweroff
}

# In a shell of its own, so that set -e holds in it.
set +e
(
  set -e
  bring_up
)
status=$?
set -e
if ((status != 0)); then
  report FAILURE
  give_way
elif wait_until_ready; then
  report SUCCESS
else
  report FAILURE
fi
