#!/usr/bin/env bash
# Expected: `iter_lines()` of requests returns the same lines however the network cuts the bytes.
# Observed: if a chunk ends between the CR and the LF of a line end, there is an extra empty line. In an event
# stream, an empty line ends the event: the event comes without its data, and the data comes without its type.
# Versions: PyPI requests 2.34.2, Python 3.11
# Run on 2026-11-29:
#     cut after CR: ['event: paid', '', 'data: 7', '']
#     cut after LF: ['event: paid', 'data: 7', '']
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
timeout 300 "$scratch/venv/bin/pip" install --quiet requests==2.34.2 >"$scratch/pip" 2>&1 || missing "requests==2.34.2"
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

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

import sys, requests

def lines(chunks):
    def answer(connection):
        connection.sendall(HEAD)
        for chunk in chunks:
            connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            time.sleep(0.3)
        connection.sendall(b"0\r\n\r\n")
        connection.close()

    with requests.get(serve(answer), stream=True) as response:
        return [line.decode() for line in response.iter_lines()]

after_cr = lines([b"event: paid\r", b"\ndata: 7\r\n\r\n"])
after_lf = lines([b"event: paid\r\n", b"data: 7\r\n\r\n"])
print("cut after CR:", after_cr)
print("cut after LF:", after_lf)
whole = ["event: paid", "data: 7", ""]
sys.exit(0 if after_cr == ["event: paid", "", "data: 7", ""] and after_lf == whole else 1)
EOF
echo "requests 2.34.2, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'a cut makes no line'
