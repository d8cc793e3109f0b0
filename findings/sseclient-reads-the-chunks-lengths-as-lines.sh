#!/usr/bin/env bash
# One would guess: how a server cuts its stream into chunks changes nothing of the events, for HTTP takes the
# chunks apart before anybody sees the body.
# What happens: it reads below HTTP, so that the lengths of the chunks come as lines of the stream. They do no harm
# between events; an event in two chunks is torn: the rest of its line is lost, and no error says so. Servers that
# write a piece at a time, and proxies, make such chunks.
# With: PyPI sseclient 0.0.27, requests 2.34.2, urllib3 2.6.3, Python 3.11
# Seen on 2026-11-29:
#     one chunk: 'hello'
#     two chunks: 'hel'
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
set -euo pipefail

scratch=$(mktemp -d)
finish() { rm -rf "$scratch"; }
trap finish EXIT
missing() {
    echo "cannot be had: $*"
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
