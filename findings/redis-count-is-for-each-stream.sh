#!/usr/bin/env bash
# Expected: `XREAD COUNT 3` over several streams returns at most 3 entries.
# Observed: it returns up to 3 of each: a reader that follows 100 channels with one XREAD, and has room for 10
# events, gets 1,000.
# Versions: Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-29:
#     XREAD COUNT 3 STREAMS a b c: 9 entries
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
for stream in a b c; do
    for number in 1 2 3 4 5; do ask XADD $stream '*' number $number >/dev/null; done
done
"$redis/redis-server" --version | cut -d' ' -f1-3
read=$(ask XREAD COUNT 3 STREAMS a b c 0 0 0 | grep -cE '^[0-9]+-[0-9]+$' || true)
echo "XREAD COUNT 3 STREAMS a b c: $read entries"
[ "$read" = 9 ] || changed 'COUNT is for all streams'
