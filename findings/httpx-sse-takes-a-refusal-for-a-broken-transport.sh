#!/usr/bin/env bash
# Expected: a 429 or 401 with JSON is reported as httpx reports a status, or at least as a response of the server.
# Observed: it is an SSEError about the media type, which is an `httpx.TransportError`, like a lost connection: a
# program that retries those retries a 401 for ever, and no message has the status or the JSON.
# `source.response.raise_for_status()` before the loop raises an HTTPStatusError.
# Versions: PyPI httpx-sse 0.4.3 and httpx 0.28.1, Python 3.11
# Run on 2026-11-29:
#     429: SSEError, a TransportError: yes, names 429: no
#     raise_for_status first: HTTPStatusError, a TransportError: no, names 429: yes
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check httpx-sse==0.4.3 httpx==0.28.1 \
    >"$scratch/pip" 2>&1 || missing "httpx-sse==0.4.3 httpx==0.28.1"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import http.server, sys, threading
import httpx, httpx_sse

class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(429)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"error": "slow down"}')

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
seen = []
for name, asks_status in [("429", False), ("raise_for_status first", True)]:
    try:
        with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", f"http://127.0.0.1:{server.server_port}/") as source:
            if asks_status:
                source.response.raise_for_status()
            for event in source.iter_sse():
                pass
    except httpx.HTTPError as error:
        is_transport, names = isinstance(error, httpx.TransportError), "429" in str(error)
        yes = {True: "yes", False: "no"}
        print(f"{name}: {type(error).__name__}, a TransportError: {yes[is_transport]}, names 429: {yes[names]}", flush=True)
        seen.append((type(error).__name__, is_transport, names))
sys.exit(0 if seen == [("SSEError", True, False), ("HTTPStatusError", False, True)] else 1)
EOF
echo "httpx-sse 0.4.3, httpx 0.28.1, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'a refusal is no broken transport'
