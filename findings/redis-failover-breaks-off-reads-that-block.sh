#!/usr/bin/env bash
# Expected: an XREAD that waits keeps waiting when its server becomes a replica: reading is allowed there, and
# entries still arrive.
# Observed: it ends with the error `UNBLOCKED`, on a healthy connection; repeating the XREAD on the replica works.
# A follower that gives up at errors of the server ends all its streams at each failover.
# Versions: Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-29:
#     waiting: UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)
#     asked again: 1 entry
#
# Exits with 0 if this still holds, 1 if it has changed, 77 if something is missing.
set -euo pipefail

scratch=$(mktemp -d)
ids=()
finish() {
    for id in "${ids[@]}"; do kill "$id" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT
missing() {
    echo "missing: $*"
    exit 77
}
changed() {
    echo "CHANGED: $*"
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || missing apt-get
for package in redis-server=5:7.0.15-1~deb12u10 redis-tools=5:7.0.15-1~deb12u10 liblzf1 libjemalloc2 liblua5.1-0 lua-bitop lua-cjson libatomic1 libhiredis0.14; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu

redis=$scratch/root/usr/bin
"$redis/redis-server" --version >/dev/null 2>&1 || missing 'Redis 7.0.15'
"$redis/redis-server" --port 0 --unixsocket "$scratch/socket" --save '' --dir "$scratch" --daemonize no >"$scratch/log" &
ids+=($!)
for _ in $(seq 100); do
    [ -S "$scratch/socket" ] && break
    sleep 0.1
done
ask() { "$redis/redis-cli" -s "$scratch/socket" "$@"; }
"$redis/redis-server" --version | cut -d' ' -f1-3
id=$(ask XADD events '*' number 1)
timeout 30 "$redis/redis-cli" -s "$scratch/socket" XREAD BLOCK 20000 STREAMS events "$id" >"$scratch/read" 2>&1 &
reader=$!
for _ in $(seq 100); do
    [ "$(ask INFO clients | tr -d '\r' | sed -n 's/^blocked_clients://p')" = 1 ] && break
    sleep 0.1
done
# Of a server that is not there: the data stay.
ask REPLICAOF 127.0.0.1 1 >/dev/null
wait "$reader" || true
again=$(ask XREAD BLOCK 100 STREAMS events 0 | grep -cE '^[0-9]+-[0-9]+$' || true)
printf 'waiting: %s\nasked again: %s entry\n' "$(grep . "$scratch/read" | head -1)" "$again"
grep -q '^UNBLOCKED' "$scratch/read" && [ "$again" = 1 ] || changed 'a read waits on'
