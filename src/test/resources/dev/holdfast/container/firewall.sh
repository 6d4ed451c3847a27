#!/usr/bin/env bash
# Reads lines FROM TO PORT, the last numbers of addresses in 10.0.0.0/24, and prints after each whether the host TO, which
# has the firewall and listens on every port that is asked for, answers FROM. Run it in a network namespace of its own
# (unshare --map-root-user --net): a second one, on the other end of a cable, calls.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
rules=$1 work=$(mktemp -d)
mapfile -t cases
ip link set lo up
nft -f "$rules"
nft -f "$rules"

unshare --net sleep 60 &
peer=$!
{
  printf 'defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nfrontend all\n http-request return status 200\n'
  printf '%s\n' "${cases[@]}" | awk '{ print " bind :" $3 }' | sort -u
} > "$work/haproxy.cfg"
haproxy -db -f "$work/haproxy.cfg" > "$work/haproxy.log" 2>&1 &
listener=$!
trap 'kill $peer $listener; rm -rf "$work"' EXIT
call() { nsenter --target "$peer" --net "$@"; }

until ip link add inside type veth peer name outside netns "$peer" 2>/dev/null; do sleep 0.1; done
ip link set inside up
call ip link set outside up
until curl --silent --output /dev/null "http://127.0.0.1:$(awk '{ print $3; exit }' <<<"${cases[0]}")"; do sleep 0.1; done
for line in "${cases[@]}"; do
  read -r from to port <<<"$line"
  ip address flush dev inside
  call ip address flush dev outside
  ip address add "10.0.0.$to/24" dev inside
  call ip address add "10.0.0.$from/24" dev outside
  if call curl --silent --max-time 0.4 --output /dev/null "http://10.0.0.$to:$port"; then
    echo "$line open"
  else
    echo "$line closed"
  fi
done
