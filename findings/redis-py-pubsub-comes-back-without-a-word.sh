#!/usr/bin/env bash
# Expected: `pubsub.listen()` raises when the connection to Redis breaks, so a server of events can tell its
# clients that some may be missing.
# Observed: it reconnects, subscribes again and continues; what was published in the meantime is lost without an
# error. The only sign is a second message of the type `subscribe`, which programs that look for `message` ignore.
# Versions: PyPI redis 8.1.0, Python 3.11, Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-29:
#     published: 1, the connection is killed, 2, 3
#     listen(): subscribe, 1, subscribe, 3
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
import sys, threading, time
import redis

client = redis.Redis(unix_socket_path=sys.argv[1], decode_responses=True)
other = redis.Redis(unix_socket_path=sys.argv[1], decode_responses=True)
subscription = client.pubsub()
subscription.subscribe("events")
seen = []

def listen():
    try:
        for message in subscription.listen():
            seen.append(message["data"] if message["type"] == "message" else message["type"])
    except Exception as error:
        seen.append(type(error).__name__)

def is_subscribed():
    return other.pubsub_numsub("events")[0][1] == 1

def until(is_so):
    for _ in range(100):
        if is_so():
            return
        time.sleep(0.1)

threading.Thread(target=listen, daemon=True).start()
until(is_subscribed)
other.publish("events", "1")
until(lambda: "1" in seen)
# In one go, so that nobody can subscribe in between.
batch = other.pipeline(transaction=True)
batch.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
batch.publish("events", "2")
batch.execute()
until(is_subscribed)
other.publish("events", "3")
until(lambda: "3" in seen)
print("published: 1, the connection is killed, 2, 3")
print("listen():", ", ".join(seen))
sys.exit(0 if seen == ["subscribe", "1", "subscribe", "3"] else 1)
EOF
echo "redis-py 8.1.0, Redis 7.0.15, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" "$scratch/socket" || changed 'a broken subscription raises'
