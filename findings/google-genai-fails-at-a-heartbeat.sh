#!/usr/bin/env bash
# Expected: a comment on an event stream is skipped, and so is a line with an ID; the space after `data:` is
# optional.
# Observed: each line that does not begin with `data: `, with the space, is parsed as JSON, and the answer fails
# in the middle with UnknownApiResponseError. So a gateway must send the space, and no heartbeat, ID or type. (The
# npm package of the same name loses the event instead, and accepts a comment with a blank line.)
# Versions: PyPI google-genai 3.3.0, Python 3.11
# Run on 2026-11-29:
#     nothing between: Hello
#     a comment: Hel, UnknownApiResponseError
#     an ID: Hel, UnknownApiResponseError
#     no space: Hel, UnknownApiResponseError
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check google-genai==3.3.0 \
    >"$scratch/pip" 2>&1 || missing "google-genai==3.3.0"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import http.server, json, sys, threading
from google import genai
from google.genai import types

def part(text):
    content = {"role": "model", "parts": [{"text": text}]}
    return "data: " + json.dumps({"candidates": [{"content": content}]}) + "\n\n"

seconds = {
    "nothing between": part("lo"),
    "a comment": ":\n\n" + part("lo"),
    "an ID": "id: 7\n" + part("lo"),
    "no space": part("lo").replace("data: ", "data:"),
}

class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write((part("Hel") + seconds[name]).encode())

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
options = types.HttpOptions(base_url=f"http://127.0.0.1:{server.server_port}")
client = genai.Client(api_key="none", http_options=options)
seen = []
for name in seconds:
    text = ""
    try:
        for answer in client.models.generate_content_stream(model="m", contents="?"):
            text += answer.text
    except Exception as error:
        text += ", " + type(error).__name__
    print(f"{name}: {text}", flush=True)
    seen.append(text)
sys.exit(0 if seen == ["Hello"] + ["Hel, UnknownApiResponseError"] * 3 else 1)
EOF
echo "google-genai 3.3.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'other lines are skipped'
