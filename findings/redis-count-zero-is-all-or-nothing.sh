#!/usr/bin/env bash
# Expected: `COUNT 0` means the same in all commands that read a stream: no entries, or no limit.
# Observed: XRANGE returns none, XREAD and XREADGROUP return everything. A reader that passes the room it has left
# gets everything when there is none.
# Versions: Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-28:
#     XRANGE - + COUNT 0: 0 entries
#     XREAD COUNT 0: 5 entries
#     XREADGROUP COUNT 0: 5 entries
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

command -v python3 >/dev/null || missing python3
redis=$scratch/root/usr/bin
"$redis/redis-server" --version >/dev/null 2>&1 || missing 'Redis 7.0.15'
"$redis/redis-server" --port 0 --unixsocket "$scratch/socket" --save '' --dir "$scratch" --daemonize no >"$scratch/log" &
ids+=($!)
for _ in $(seq 100); do
    [ -S "$scratch/socket" ] && break
    sleep 0.1
done
ask() { "$redis/redis-cli" -s "$scratch/socket" "$@"; }
entries() { grep -cE '^[0-9]+-[0-9]+$' || true; }
for number in 1 2 3 4 5; do ask XADD stream '*' number $number >/dev/null; done
ask XGROUP CREATE stream group 0 >/dev/null
"$redis/redis-server" --version | cut -d' ' -f1-3
range=$(ask XRANGE stream - + COUNT 0 | entries)
read=$(ask XREAD COUNT 0 STREAMS stream 0 | entries)
group=$(ask XREADGROUP GROUP group reader COUNT 0 STREAMS stream '>' | entries)
printf 'XRANGE - + COUNT 0: %s entries\nXREAD COUNT 0: %s entries\nXREADGROUP COUNT 0: %s entries\n' "$range" "$read" "$group"
[ "$range/$read/$group" = 0/5/5 ] || changed 'COUNT 0 means one thing'
