# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The files in /etc/sovereign-keys. They are read, never run.

# setting NAME DEFAULT: from agent.conf, which need not be there.
setting() {
  local line value=$2
  if [[ -r $etc/agent.conf ]]; then
    while IFS= read -r line || [[ -n $line ]]; do
      [[ ! $line =~ ^[[:space:]]*$1[[:space:]]*=[[:space:]]*([^[:space:]#]*) ]] || value=${BASH_REMATCH[1]:-$2}
    done <"$etc/agent.conf"
  fi
  echo "$value"
}

is_set() { [[ $(setting "$1" no) == yes ]]; }

# Sets api_url: without a slash at its end.
read_api_url() {
  [[ -r $etc/api_url.txt ]] || fail "$etc/api_url.txt is missing; write your site's address of the service into it, as https://….amazonaws.com/v1"
  # The first word; read is false at the end of the file.
  IFS=$' \t\r\n' read -r -d '' api_url _ <"$etc/api_url.txt" || true
  while [[ $api_url == */ ]]; do api_url=${api_url%/}; done
  protocols='=https'
  if is_set plain_http; then protocols='=https,http'; fi
  case $api_url in
  https://?*) ;;
  http://?*) is_set plain_http ||
    fail "$etc/api_url.txt names an address without TLS; write one with https://, or plain_http=yes into $etc/agent.conf for a test" ;;
  *) fail "$etc/api_url.txt holds no address; write your site's address of the service into it, as https://….amazonaws.com/v1" ;;
  esac
}

# Sets public_key, the file of the key with which the service's HSM signs.
read_public_key() {
  public_key=$etc/api_public_key.pem
  [[ -r $public_key ]] || fail "$public_key is missing; put your site's public signing key there"
  openssl pkey -pubin -in "$public_key" -noout 2>/dev/null ||
    fail "$public_key holds no public key; put your site's public signing key there, in PEM"
}
