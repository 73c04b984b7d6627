#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs once, as root, at the bastion's first start: what the runbooks use. SSH works whatever fails here.
set -euo pipefail

tools=https://s3.amazonaws.com/cloudhsmv2-software/CloudHsmClient/Amzn2023
dnf --assumeyes --quiet install jq python3-pip
python3 -m pip --quiet install ec2instanceconnectcli
dnf --assumeyes --quiet install "$tools/cloudhsm-cli-latest.amzn2023.x86_64.rpm"
