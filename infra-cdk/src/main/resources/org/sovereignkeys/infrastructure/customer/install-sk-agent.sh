#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the newest package of the agent for Linux that the build has put into the artifact bucket. Prints nothing when all is well.
set -euo pipefail

readonly bucket='@ARTIFACT_BUCKET@' prefix=agent/linux/

newest() {
  aws s3api list-objects-v2 --bucket "$bucket" --prefix "${prefix}sovereign-keys-" --output text --query \
    "sort_by(Contents[?ends_with(Key, '.noarch.rpm')] || \`[]\`, &LastModified)[-1].Key"
}

package=$(newest)
if [[ $package != "$prefix"* ]]; then
  echo "install-sk-agent.sh: there is no ${prefix}sovereign-keys-VERSION.noarch.rpm in the bucket $bucket" >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
aws s3 cp --only-show-errors "s3://$bucket/$package" "$folder/sovereign-keys.noarch.rpm"
sudo dnf --assumeyes --quiet install "$folder/sovereign-keys.noarch.rpm"
