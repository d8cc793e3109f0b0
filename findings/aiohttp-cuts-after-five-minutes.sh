#!/usr/bin/env bash
# Expected: a stream with an event every second is never idle, so no limit ends it.
# Observed: aiohttp's client limits a whole request to 300 s, including the body: after five minutes it raises
# TimeoutError, however active the stream is. `ClientTimeout(total=None)` keeps the stream. (This script takes as
# long.)
# Versions: PyPI aiohttp 3.14.5, Python 3.11
# Run on 2026-11-28:
#     TimeoutError after 300 s with an event each second
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
timeout 300 "$scratch/venv/bin/pip" install --quiet aiohttp==3.14.5 >"$scratch/pip" 2>&1 || missing "aiohttp==3.14.5"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import socket, threading, time

def serve(answer):
    """Answers each connection with a function; says where."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def run():
        while True:
            connection, _ = listener.accept()
            connection.recv(65536)
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    return "http://127.0.0.1:%d/" % listener.getsockname()[1]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

import asyncio, sys, aiohttp

def answer(connection):
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"data: tick\n\n")
        time.sleep(1)

async def read(url):
    async with aiohttp.ClientSession() as client, client.get(url) as response:
        async for _ in response.content:
            pass

began = time.time()
try:
    asyncio.run(asyncio.wait_for(read(serve(answer)), 330))
    end = "the end"
except TimeoutError:
    end = "TimeoutError"
seconds = time.time() - began
print(f"{end} after {'300' if 298 < seconds < 310 else round(seconds)} s with an event each second")
sys.exit(0 if end == "TimeoutError" and 298 < seconds < 310 else 1)
EOF
echo "aiohttp 3.14.5, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 400 "$python" "$scratch/look.py" || changed 'the stream goes on'
