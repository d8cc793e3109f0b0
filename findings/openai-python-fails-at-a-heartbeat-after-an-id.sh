#!/usr/bin/env bash
# Expected: a comment followed by a blank line is no event, so a gateway may send it as a heartbeat at any time,
# as it may between events without IDs.
# Observed: once an event has had an ID, each blank line without data before it makes an event with empty data,
# because the decoder keeps the ID and counts it as content. That is parsed as JSON, and the answer fails in the
# middle with JSONDecodeError. Heartbeats without a blank line, or events without IDs, are harmless. groq 1.7.0
# does the same.
# Versions: PyPI openai 3.51.0, Python 3.11
# Run on 2026-11-29:
#     no IDs: Take two
#     IDs: Take, JSONDecodeError
#     IDs, heartbeats without a blank line: Take two
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check openai==3.51.0 \
    >"$scratch/pip" 2>&1 || missing "openai==3.51.0"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import http.server, json, sys, threading
import openai

def chunk(text):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    data = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return "data: " + json.dumps(data) + "\n\n"

answers = {
    "no IDs": [chunk("Take"), ":\n\n", chunk(" two")],
    "IDs": ["id: 1\n" + chunk("Take"), ":\n\n", "id: 2\n" + chunk(" two")],
    "IDs, heartbeats without a blank line": ["id: 1\n" + chunk("Take"), ":\n", "id: 2\n" + chunk(" two")],
}

class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(("".join(answers[name]) + "data: [DONE]\n\n").encode())

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}", max_retries=0)
seen = []
for name in answers:
    text = ""
    try:
        for part in client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True):
            text += part.choices[0].delta.content
    except Exception as error:
        text += ", " + type(error).__name__
    print(f"{name}: {text}", flush=True)
    seen.append(text)
sys.exit(0 if seen == ["Take two", "Take, JSONDecodeError", "Take two"] else 1)
EOF
echo "openai 3.51.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'a heartbeat is no event'
