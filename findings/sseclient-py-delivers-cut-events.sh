#!/usr/bin/env bash
# Expected: an event without its blank line is discarded at the end of the stream, as the standard says, since it
# may be incomplete.
# Observed: it is delivered as if it were whole, even if the connection ended in the middle of its data.
# Versions: PyPI sseclient-py 1.9.0 and requests 2.34.2, Python 3.11
# Run on 2026-11-28:
#     events: ['whole', 'balance: 10']  (the server wanted to send 100000)
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
timeout 300 "$scratch/venv/bin/pip" install --quiet sseclient-py==1.9.0 requests==2.34.2 >"$scratch/pip" 2>&1 || missing "sseclient-py==1.9.0 requests==2.34.2"
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

import sys, requests, sseclient

def answer(connection):
    connection.sendall(HEAD + b"data: whole\n\ndata: balance: 10")
    # Killed before it could send 0000 and the blank line.
    connection.close()

events = [event.data for event in sseclient.SSEClient(requests.get(serve(answer), stream=True)).events()]
print("events:", events, " (the server wanted to send 100000)")
sys.exit(0 if events == ["whole", "balance: 10"] else 1)
EOF
echo "sseclient-py 1.9.0, requests 2.34.2, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" || changed 'a cut event is discarded'
