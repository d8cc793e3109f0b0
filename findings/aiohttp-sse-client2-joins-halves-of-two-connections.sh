#!/usr/bin/env bash
# Expected: if a connection ends in the middle of an event, that half is discarded, as the standard says, and the
# client continues with the next connection.
# Observed: the lines of the half stay, and become the beginning of the first event of the next connection: one
# event made of two, which nobody sent. sseclient 0.0.27 does the same.
# Versions: PyPI aiohttp-sse-client2 0.3.0 and aiohttp 3.14.5, Python 3.11
# Run on 2026-11-29:
#     first connection: "whole", half of "sum of 1", "00"; the second: "new"
#     events: ['whole', 'sum of 1\nnew']
#
# Exits with 0 if this still holds, 1 if it has changed, 77 if something is missing.
set -euo pipefail

scratch=$(mktemp -d)
finish() { rm -rf "$scratch"; }
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check aiohttp-sse-client2==0.3.0 aiohttp==3.14.5 \
    >"$scratch/pip" 2>&1 || missing "aiohttp-sse-client2==0.3.0 aiohttp==3.14.5"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import socket, sys, threading, time

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

import asyncio, datetime
from aiohttp_sse_client2 import client

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
bodies = [b"data: whole\n\ndata: sum of 1\n", b"data: new\n\n"]

def answer(connection):
    # The first is killed before it could send the second line of its second event.
    connection.sendall(HEAD + (bodies.pop(0) if bodies else b""))
    connection.close()

async def look():
    events = []
    wait = datetime.timedelta(milliseconds=100)
    async with client.EventSource(serve(answer), reconnection_time=wait) as source:
        async for event in source:
            events.append(event.data)
            if len(events) == 2:
                return events

events = asyncio.run(asyncio.wait_for(look(), 30))
print('first connection: "whole", half of "sum of 1", "00"; the second: "new"')
print("events:", events)
sys.exit(0 if events == ["whole", "sum of 1\nnew"] else 1)
EOF
echo "aiohttp-sse-client2 0.3.0, aiohttp 3.14.5, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'half an event is discarded'
