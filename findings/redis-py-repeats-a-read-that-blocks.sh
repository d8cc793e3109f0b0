#!/usr/bin/env bash
# Expected: `xread({"events": "$"}, block=8000)` waits for 8 s, and then returns nothing.
# Observed: the client gives up on each reply after 5 s (`socket_timeout`, 5 s by default), and then sends the
# command again, ten times: after a minute it raises TimeoutError. Each repeat asks for what follows `$` at its
# own time, so an entry in between would be lost. `block` below 5000, or `socket_timeout=None`, behaves as
# expected.
# Versions: PyPI redis 8.1.0, Python 3.11, Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-29:
#     block=3000: nothing after 3 s, XREADs: 1
#     block=8000: TimeoutError after 50 to 70 s, XREADs: 11
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
command -v python3 >/dev/null || missing python3
python3 -m venv "$scratch/venv" >"$scratch/pip" 2>&1 || missing 'venv of Python'
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check redis==8.1.0 \
    >"$scratch/pip" 2>&1 || missing "redis==8.1.0"
python=$scratch/venv/bin/python
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

cat >"$scratch/look.py" <<'EOF'
import sys, time
import redis

client = redis.Redis(unix_socket_path=sys.argv[1])
other = redis.Redis(unix_socket_path=sys.argv[1])
seen = []
for block in [3000, 8000]:
    other.config_resetstat()
    began, end = time.monotonic(), "nothing"
    try:
        client.xread({"events": "$"}, block=block)
    except redis.exceptions.TimeoutError:
        end = "TimeoutError"
    after = time.monotonic() - began
    # The server counts a read once it notices that its client has gone.
    time.sleep(1)
    reads = other.info("commandstats")["cmdstat_xread"]["calls"]
    print(f"block={block}: {end} after {after:.0f} s, XREADs: {reads}", flush=True)
    seen.append((end, reads > 1))
sys.exit(0 if seen == [("nothing", False), ("TimeoutError", True)] else 1)
EOF
echo "redis-py 8.1.0, Redis 7.0.15, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 180 "$python" "$scratch/look.py" "$scratch/socket" || changed 'a read waits as long as it says'
