#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs once, as root, at a node's start: installs the node's package, which brings the service and starts it, and tells
# CloudFormation how it went. Where other nodes serve, this one must get their secrets first; else an operator will bring them.
set -euo pipefail

readonly package=/root/sovereign-keys-node.rpm
readonly patience=${SK_PATIENCE:-900} # seconds; less than CloudFormation's

signal() {
  local token instance
  token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  instance=$(curl -sSf -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id)
  aws cloudformation signal-resource --stack-name "$SK_STACK" --logical-resource-id "$SK_NODES_RESOURCE" \
    --unique-id "$instance" --status "$1"
}

# 204 or 503, or 000 while nothing listens yet
health() {
  curl -s -o /dev/null -w '%{http_code}' --max-time 5 http://localhost:8080/healthcheck || true
}

others_serve() {
  local healthy
  healthy=$(aws elbv2 describe-target-health --target-group-arn "$SK_TARGET_GROUP" --output text \
    --query "length(TargetHealthDescriptions[?TargetHealth.State=='healthy'])")
  ((healthy > 0))
}

wait_until_ready() {
  local status
  while ((SECONDS < patience)); do
    status=$(health)
    if [[ $status == 204 ]]; then return 0; fi
    if [[ $status == 503 ]] && ! others_serve; then return 0; fi
    sleep 5
  done
  return 1
}

main() {
  aws s3 cp --only-show-errors "s3://$SK_ARTIFACT_BUCKET/sovereign-instances/sovereign-keys-node.rpm" "$package"
  dnf --assumeyes --quiet install "$package"
  wait_until_ready
}

# In a shell of its own, so that set -e holds in it.
set +e
(
  set -e
  main
)
status=$?
set -e
if ((status == 0)); then
  signal SUCCESS
else
  signal FAILURE
fi
