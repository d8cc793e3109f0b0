#!/usr/bin/env bash
# Expected: how a server cuts its stream into chunks does not affect the events, because HTTP removes the chunks
# first.
# Observed: it reads below HTTP, so the lengths of the chunks appear as lines of the stream. Between events they
# are harmless; an event in two chunks is torn: the rest of its line is lost without an error. Servers that write
# piece by piece, and proxies, produce such chunks.
# Versions: PyPI sseclient 0.0.27, requests 2.34.2, urllib3 2.6.3, Python 3.11
# Run on 2026-11-29:
#     one chunk: 'hello'
#     two chunks: 'hel'
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check sseclient==0.0.27 requests==2.34.2 urllib3==2.6.3 \
    >"$scratch/pip" 2>&1 || missing "sseclient==0.0.27 requests==2.34.2 urllib3==2.6.3"
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

import sseclient

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

def event(chunks):
    def answer(connection):
        connection.sendall(HEAD)
        for chunk in chunks:
            connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            time.sleep(0.3)
        time.sleep(5)

    return next(sseclient.SSEClient(serve(answer))).data

one = event([b"data: hello\n\n"])
two = event([b"data: hel", b"lo\n\n"])
print(f"one chunk: {one!r}\ntwo chunks: {two!r}")
sys.exit(0 if one == "hello" and two == "hel" else 1)
EOF
echo "sseclient 0.0.27, requests 2.34.2, urllib3 2.6.3, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'chunks are taken apart'
