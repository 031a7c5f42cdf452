#!/usr/bin/env bash
# A hookproof adapter around curl: through it the harness drives a webhook dispatcher.
#
# One JSON request a line comes in on standard input, one JSON reply a line goes out on standard output,
# and standard error is free text. The protocol is node_modules/hookproof/docs/adapter-protocol.md
#
# Needs bash, curl and jq. curl is the dispatcher here, and it certifies the core profile. Yours drives
# your product instead: keep "The protocol", replace "The dispatcher".
set -u
umask 077 # keys are written to files, for curl reads them from nowhere else
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
command -v jq >/dev/null || { echo 'this adapter needs jq' >&2; exit 1; }

# TODO your product's name and released version.
name=example-dispatcher
version=$(curl --version | sed -n '1s/^curl \([^ ]*\).*/\1/p')

# TODO declare what your product does, and nothing else: a scenario that needs more is skipped, and
# named in the report. The first two are core. Others: pin.spki, client-certificate.pkcs12, retry...
capabilities='["client-certificate.pem","trust.private-ca","rotation"]'

# ---- The protocol -------------------------------------------------------------------------------

hello() {
  jq -cn --argjson id "$1" --arg name "$name" --arg version "$version" --argjson capabilities "$capabilities" '{
    $id, protocol: 1, dispatcher: {$name, $version}, $capabilities, limits: {max_parallel: 1},
    payload: "verbatim", now: (now | floor | todate)
  }'
}

# Lays the configuration out as files. Everything of the former one is gone: a new configuration replaces.
configure() {
  local id=$1 line=$2 target=$3
  local at=$folder/$target
  rm -rf "$at" && mkdir "$at"
  local unsupported
  unsupported=$(jq -c '.config | [
      (.client_certificate.format // "pem" | select(. != "pem") | "client-certificate." + .),
      (.crls_pem // empty | "trust.crl"), (.spki_pins // empty | "pin.spki"), (.oauth2 // empty | "oauth2.tls-client-auth"),
      (.signature // empty | "signature." + .scheme), (.retry // empty | "retry")
    ]' <<<"$line")
  if [ "$unsupported" != '[]' ]; then
    echo "{\"id\":$id,\"ok\":false,\"unsupported\":$unsupported}"
    return
  fi
  local field
  for field in url trust_anchors_pem client_certificate.chain_pem client_certificate.key_pem tls.min_version timeout_ms; do
    jq -jr ".config.$field // empty" <<<"$line" >"$at/$field"
    [ -s "$at/$field" ] || rm "$at/$field"
  done
  local reason
  reason=$(check "$at")
  if [ -n "$reason" ]; then
    echo "$reason" >"$at/refused"
    echo "{\"id\":$id,\"ok\":false,\"reason\":\"$reason\"}"
  else
    echo "{\"id\":$id,\"ok\":true}"
  fi
}

deliver() {
  local id=$1 line=$2 target=$3
  local at=$folder/$target disposition stage reason status
  if [ ! -d "$at" ]; then
    echo "{\"id\":$id,\"errored\":\"no such target\"}"
    return
  fi
  if [ -e "$at/refused" ]; then
    disposition=refused stage=config reason=$(cat "$at/refused") status=0
  else
    jq -j '.event.body_b64' <<<"$line" | base64 -d >"$at/body"
    send "$at" "$(jq -r '.event.content_type' <<<"$line")" "$(jq '.deadline_ms' <<<"$line")"
  fi
  jq -cn --argjson id "$id" --arg disposition "$disposition" --arg stage "$stage" --arg reason "$reason" \
    --argjson status "${status:-0}" '{
      $id, $disposition, attempts: [
        {$stage} + (if $reason == "" then {} else {$reason} end) + (if $status == 0 then {} else {$status} end)
      ]
    }'
}

serve() {
  local line id cmd target
  while IFS= read -r line; do
    { read -r id; read -r cmd; read -r target; } < <(jq -r '.id, .cmd, .target // ""' <<<"$line")
    # It becomes part of a path.
    if [[ ! $target =~ ^[A-Za-z0-9_-]*$ ]]; then
      echo "{\"id\":$id,\"errored\":\"cannot use this target's name\"}"
      continue
    fi
    case $cmd in
      hello) hello "$id" ;;
      configure) configure "$id" "$line" "$target" ;;
      deliver) deliver "$id" "$line" "$target" ;;
      bye) echo "{\"id\":$id,\"ok\":true}"; return ;;
      *) echo "{\"id\":$id,\"unsupported\":true}" ;;
    esac
  done
}

# ---- The dispatcher: TODO call your own ---------------------------------------------------------

# Puts the certificate of the key first, however the bundle was put together.
arrange() {
  local at=$1 own_key=$2 one
  rm -f "$at"/one.*
  awk -v at="$at" '/^-----BEGIN CERTIFICATE-----/ { n++ } n { print > (at "/one." n) }' "$at/client_certificate.chain_pem"
  for one in "$at"/one.*; do
    [ "$(openssl x509 -in "$one" -noout -pubkey 2>/dev/null)" = "$own_key" ] || continue
    mv "$one" "$at/one.0"
    cat "$at"/one.* >"$at/client_certificate.chain_pem"
    break
  done
}

# Prints why a configuration cannot be used, or nothing: better here than at the first event.
check() {
  local at=$1 certificate_key own_key
  [[ $(cat "$at/url") == https://* ]] || { echo plaintext.refused; return; }
  [ -e "$at/client_certificate.chain_pem" ] || return
  [ -e "$at/client_certificate.key_pem" ] || { echo client-certificate.missing; return; }
  command -v openssl >/dev/null || return # then curl finds out, at the first event
  own_key=$(openssl pkey -in "$at/client_certificate.key_pem" -pubout -passin pass: 2>/dev/null) &&
    arrange "$at" "$own_key" &&
    certificate_key=$(openssl x509 -in "$at/client_certificate.chain_pem" -noout -pubkey 2>/dev/null) ||
    { echo client-certificate.unreadable; return; }
  [ "$certificate_key" = "$own_key" ] || { echo client-certificate.key-mismatch; return; }
  openssl x509 -in "$at/client_certificate.chain_pem" -noout -checkend 0 >/dev/null ||
    echo client-certificate.expired
}

# Sends one event, and sets disposition, stage, reason and status.
send() {
  local at=$1 content_type=$2 deadline_ms=$3 timeout_ms
  timeout_ms=$(cat "$at/timeout_ms" 2>/dev/null || echo 10000)
  ((timeout_ms <= deadline_ms)) || timeout_ms=$deadline_ms
  local options=(
    --disable # no ~/.curlrc; must come first
    --silent --show-error --output /dev/null --dump-header "$at/head" --write-out '%{http_code}'
    --proto =https --noproxy '*' --ciphers 'DEFAULT:@SECLEVEL=2'
    --max-time "$((timeout_ms / 1000)).$(printf '%03d' $((timeout_ms % 1000)))"
    --header "Content-Type: $content_type" --header 'Expect:' --user-agent "$name"
    --data-binary "@$at/body"
  )
  # The given roots replace the host's.
  [ ! -e "$at/trust_anchors_pem" ] || options+=(--cacert "$at/trust_anchors_pem" --capath /dev/null)
  [ ! -e "$at/client_certificate.chain_pem" ] ||
    options+=(--cert "$at/client_certificate.chain_pem" --key "$at/client_certificate.key_pem")
  [ "$(cat "$at/tls.min_version" 2>/dev/null)" != TLSv1.3 ] && options+=(--tlsv1.2) || options+=(--tlsv1.3)
  local exit_status
  status=$(curl "${options[@]}" "$(cat "$at/url")" 2>"$at/stderr")
  exit_status=$?
  cat "$at/stderr" >&2
  status=$((10#${status:-0}))
  stage=response reason=''
  if ((exit_status != 0)); then
    status=0
    explain "$exit_status" "$(cat "$at/stderr")"
  # For curl a header section that is cut off is an answer: a whole one ends with an empty line.
  elif [ "$(tail -c 4 "$at/head" | od -An -tx1 | tr -d ' ')" != 0d0a0d0a ]; then
    status=0 disposition=failed reason=net.reset
  # Only a 2xx is a delivery. A redirect is an answer: following it would show our certificate to a stranger.
  elif ((status >= 200 && status < 300)); then
    disposition=delivered
  elif ((status >= 300 && status < 400)); then
    disposition=failed reason=redirect.refused
  else
    disposition=failed reason=http.status
  fi
}

# What curl's exit status and message mean in the protocol's words (curl(1) "EXIT CODES"; OpenSSL's texts).
explain() {
  disposition=failed
  case "$1 $2" in
    6\ *) stage=dns reason=net.dns ;;
    7\ *) stage=tcp reason=net.refused ;;
    28\ *) reason=net.timeout ;;
    52\ *) reason=net.reset ;;
    58\ *) disposition=refused stage=config reason=client-certificate.unreadable ;;
    # The endpoint's word on our certificate. In TLS 1.3 it comes after the handshake is over for us.
    *' alert protocol version'*) disposition=refused stage=tls reason=tls.version ;;
    *' alert certificate required'*) stage=tls reason=client-certificate.missing ;;
    *' alert certificate expired'*) stage=tls reason=client-certificate.expired ;;
    *' alert unknown ca'* | *' alert bad certificate'* | *' alert unsupported certificate'* | *' alert certificate revoked'*)
      stage=tls reason=client-certificate.rejected ;;
    *' alert '*) stage=tls reason=tls.alert ;;
    # What curl itself found wrong with the endpoint.
    *'certificate has expired'*) disposition=refused stage=tls reason=server-certificate.expired ;;
    *'certificate is not yet valid'*) disposition=refused stage=tls reason=server-certificate.not-yet-valid ;;
    *'subject name matches'*) disposition=refused stage=tls reason=server-certificate.name-mismatch ;;
    *'unsuitable certificate purpose'*) disposition=refused stage=tls reason=server-certificate.wrong-usage ;;
    *'key too weak'* | *'md too weak'*) disposition=refused stage=tls reason=server-certificate.weak ;;
    *'asn1 encoding routines'* | *'X509 V3 routines'* | *'unhandled critical extension'*)
      disposition=refused stage=tls reason=server-certificate.malformed ;;
    *'self-signed certificate'* | *'issuer certificate'* | *'invalid CA certificate'* | *'path length constraint'* | *'subtree violation'*)
      disposition=refused stage=tls reason=server-certificate.untrusted ;;
    *'SSL certificate problem'* | *'certificate verify failed'*) disposition=refused stage=tls reason=unspecified ;;
    *'unsupported protocol'*) disposition=refused stage=tls reason=tls.version ;;
    35\ *SSL_ERROR_SYSCALL*) stage=tls reason=net.reset ;;
    35\ *) disposition=refused stage=tls reason=tls.other ;;
    55\ * | 56\ *) reason=net.reset ;;
    *) reason=unspecified ;;
  esac
}

serve
