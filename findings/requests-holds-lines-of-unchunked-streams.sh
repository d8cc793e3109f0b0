#!/usr/bin/env bash
# Expected: `response.iter_lines()` with `stream=True` yields each line as it arrives.
# Observed: it does for chunked bodies. A body that ends with its connection, as HTTP/1.0 servers send it, is read
# in blocks of 512 bytes: an event waits until later ones fill the block. `iter_lines(chunk_size=1)` does not
# wait.
# Versions: PyPI requests 2.34.2 (urllib3 2), Python 3.11
# Run on 2026-11-28:
#     chunked: the first line after 0.0 s
#     unchunked: the first line after 3.0 s, at the end of the stream
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
timeout 300 "$scratch/venv/bin/pip" install --quiet requests==2.34.2 urllib3==2.6.3 >"$scratch/pip" 2>&1 || missing "requests==2.34.2 urllib3==2.6.3"
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

import sys, requests

def answer(is_chunked):
    def answer(connection):
        framing = b"Transfer-Encoding: chunked" if is_chunked else b"Connection: close"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing + b"\r\n\r\n")
        try:
            for number in range(6):
                event = b"data: %d\n\n" % number
                connection.sendall(b"%x\r\n%s\r\n" % (len(event), event) if is_chunked else event)
                time.sleep(0.5)
        except OSError:
            # The client has seen enough.
            pass
        connection.close()
    return answer

def first_line(is_chunked):
    began = time.time()
    next(requests.get(serve(answer(is_chunked)), stream=True).iter_lines())
    return time.time() - began

chunked, unchunked = first_line(True), first_line(False)
print(f"chunked: the first line after {chunked:.1f} s")
print(f"unchunked: the first line after {unchunked:.1f} s, at the end of the stream")
sys.exit(0 if chunked < 1 and unchunked > 2.5 else 1)
EOF
echo "requests 2.34.2, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" || changed 'lines come at once'
