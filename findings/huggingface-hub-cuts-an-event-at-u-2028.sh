#!/usr/bin/env bash
# Expected: a line of an event stream ends with LF or CR, whatever else it contains.
# Observed: lines are split as Python splits text, also at U+2028, U+2029, U+0085 and form feeds. JSON may contain
# these unescaped, and JavaScript servers write them so. One in the text of an answer makes it fail with
# `JSONDecodeError`.
# Versions: PyPI huggingface_hub 2.4.0, Python 3.11
# Run on 2026-11-28, the same text escaped and as it is:
#     escaped: 'one\u2028two'
#     as it is: JSONDecodeError
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check huggingface_hub==2.4.0 \
    >"$scratch/pip" 2>&1 || missing 'huggingface_hub 2.4.0'

cat >"$scratch/look.py" <<'EOF'
import http.server, json, sys, threading
from huggingface_hub import InferenceClient

delta = {"role": "assistant", "content": "one\u2028two"}
chunk = {"id": "1", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        text = json.dumps(chunk, ensure_ascii=is_escaped)
        self.wfile.write(f"data: {text}\n\ndata: [DONE]\n\n".encode())

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = InferenceClient(base_url=f"http://127.0.0.1:{server.server_port}/v1", api_key="x")
seen = []
for name, is_escaped in [("escaped", True), ("as it is", False)]:
    try:
        parts = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "a"}], stream=True)
        seen.append(repr("".join(part.choices[0].delta.content for part in parts)))
    except Exception as error:
        seen.append(type(error).__name__)
    print(f"{name}: {seen[-1]}")
sys.exit(0 if seen == ["'one\\u2028two'", "JSONDecodeError"] else 1)
EOF
echo "huggingface_hub 2.4.0, $("$scratch/venv/bin/python" --version)"
HF_HUB_DISABLE_TELEMETRY=1 timeout 60 "$scratch/venv/bin/python" "$scratch/look.py" || changed 'the event is whole'
