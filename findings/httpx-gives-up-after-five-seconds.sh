#!/usr/bin/env bash
# Expected: a client for event streams waits for the next event, and heartbeats every 15 s keep the stream open.
# Observed: httpx has a read timeout of 5 s by default, for streams too: the first pause of 5 s ends the stream
# with ReadTimeout. `httpx.Client(timeout=httpx.Timeout(5, read=None))` waits.
# Versions: PyPI httpx 0.28.1 and httpx-sse 0.4.3, Python 3.11
# Run on 2026-11-28:
#     a, then ReadTimeout after 5 s
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
timeout 300 "$scratch/venv/bin/pip" install --quiet httpx-sse==0.4.3 httpx==0.28.1 >"$scratch/pip" 2>&1 || missing "httpx-sse==0.4.3 httpx==0.28.1"
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

import sys, httpx, httpx_sse

def answer(connection):
    connection.sendall(HEAD + b"data: a\n\n")
    time.sleep(15)
    connection.sendall(b":\n\n")

data, began = [], time.time()
try:
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", serve(answer)) as stream:
        for event in stream.iter_sse():
            data.append(event.data)
        end = "the end"
except httpx.HTTPError as error:
    end = type(error).__name__

seconds = round(time.time() - began)
print(f"{', '.join(data)}, then {end} after {seconds} s")
sys.exit(0 if end == "ReadTimeout" and 4 <= seconds <= 7 else 1)
EOF
echo "httpx 0.28.1, httpx-sse 0.4.3, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" || changed 'the client waits'
