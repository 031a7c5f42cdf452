#!/bin/sh
# A stock client for the oracles: one POST through openssl s_client, which checks path and name when asked.
# Exit status 0: answered 2xx. 22: answered otherwise. 1: the connection or the handshake failed.
set -eu

ca='' cert='' key=''
while [ $# -gt 1 ]; do
  case $1 in
    --url) url=$2 ;;
    --ca) ca=$2 ;;
    --cert) cert=$2 ;;
    --key) key=$2 ;;
    --body) body=$2 ;;
    --content-type) type=$2 ;;
  esac
  shift 2
done

rest=${url#https://}
authority=${rest%%/*}
path=/${rest#*/}
host=${authority%:*}

set -- -connect "$authority" -verify_return_error -quiet
case $host in
  \[*) address=${host#\[} && set -- "$@" -verify_ip "${address%\]}" ;;
  *[!0-9.]*) set -- "$@" -verify_hostname "$host" -servername "$host" ;;
  *) set -- "$@" -verify_ip "$host" ;;
esac
# Without -no-CApath and -no-CAstore the host's store would count beside the file.
[ -z "$ca" ] || set -- "$@" -CAfile "$ca" -no-CApath -no-CAstore
[ -z "$cert" ] || set -- "$@" -cert "$cert" -cert_chain "$cert" -key "$key"

# -quiet also keeps s_client from taking a line of the body for a command.
answer=$({
  printf 'POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\n' "$path" "$authority" "$type"
  printf 'Content-Length: %s\r\nConnection: close\r\n\r\n' "$(($(wc -c <"$body")))"
  cat "$body"
} | timeout 6 openssl s_client "$@") || exit 1

case $answer in
  'HTTP/1.1 2'*) exit 0 ;;
  HTTP/1.1*) exit 22 ;;
  *) exit 1 ;;
esac
