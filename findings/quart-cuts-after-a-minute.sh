#!/usr/bin/env bash
# Expected: Quart sends a stream for as long as its generator yields, since an event comes every second.
# Observed: `RESPONSE_TIMEOUT` is 60 s and counts from the head, whatever is sent: the connection breaks in the
# middle. `response.timeout = None` on the response keeps the stream. (This script takes as long.)
# Versions: PyPI Quart 0.22.0 and Hypercorn 0.18.0, Python 3.11
# Run on 2026-11-29:
#     60 events, then the connection broke after 60 s
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
timeout 300 "$scratch/venv/bin/pip" install --quiet quart==0.22.0 hypercorn==0.18.0 >"$scratch/pip" 2>&1 || missing "quart==0.22.0 hypercorn==0.18.0"
python=$scratch/venv/bin/python

cat >"$scratch/shop.py" <<'EOF'
import asyncio
from quart import Quart

app = Quart("shop")

@app.get("/")
async def ticks():
    async def events():
        while True:
            yield b"data: tick\n\n"
            await asyncio.sleep(1)

    return events(), {"Content-Type": "text/event-stream"}
EOF
cat >"$scratch/look.py" <<'EOF'
import socket, sys, time

def read(port):
    """The events that came, the seconds, and whether the body had its last chunk."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    began, seen = time.monotonic(), b""
    try:
        while time.monotonic() - began < 75 and (some := connection.recv(65536)):
            seen += some
    except ConnectionError:
        pass
    return seen.count(b"data:"), time.monotonic() - began, seen.endswith(b"\r\n0\r\n\r\n")

events, seconds, is_whole = read(int(sys.argv[1]))
how = "the body ended" if is_whole else "the connection broke"
is_minute = 58 < seconds < 65
print(f"{'60' if 58 <= events <= 62 else events} events, then {how} after {'60' if is_minute else round(seconds)} s")
sys.exit(0 if is_minute and not is_whole else 1)
EOF
echo "Quart 0.22.0, Hypercorn 0.18.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(cd "$scratch" && exec timeout 120 "$python" -m hypercorn --bind "127.0.0.1:$port" shop:app) >"$scratch/log" 2>&1 &
ids+=($!)
for _ in $(seq 100); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
timeout 100 "$python" "$scratch/look.py" "$port" || changed 'the stream goes on'
