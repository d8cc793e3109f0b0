#!/usr/bin/env bash
# Expected: an error event in the middle of an answer ends the loop with an exception.
# Observed: whatever the `event` line says, the client takes data without a `type` for the first kind it knows,
# `message-start`. So the error is a second start of the answer, and the loop ends as it does after a whole answer.
# Versions: PyPI cohere 7.3.1, Python 3.11
# Run on 2026-11-29:
#     events: message-start, content-delta, message-start
#     end: no error
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
timeout 300 "$scratch/venv/bin/pip" install --quiet cohere==7.3.1 >"$scratch/pip" 2>&1 || missing "cohere==7.3.1"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import json, socket, sys, threading

def serve(body):
    """Answers each request with a body that is whole; says where."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def run():
        while True:
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + body)
            # Reads the rest of the request: closing before would be a reset.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
            connection.close()

    threading.Thread(target=run, daemon=True).start()
    return "http://127.0.0.1:%d" % listener.getsockname()[1]

import cohere

def event(kind, **data):
    return ("event: %s\ndata: %s\n\n" % (kind, json.dumps(data))).encode()

url = serve(
    event("message-start", type="message-start", id="1", delta={"message": {"role": "assistant"}})
    + event("content-delta", type="content-delta", index=0, delta={"message": {"content": {"text": "Take"}}})
    + event("error", message="the model is overloaded")
)
kinds, end = [], "no error"
try:
    client = cohere.ClientV2(api_key="none", base_url=url)
    for part in client.chat_stream(model="m", messages=[{"role": "user", "content": "?"}]):
        kinds.append(part.type)
except Exception as error:
    end = repr(error)
print("events:", ", ".join(kinds))
print("end:", end)
sys.exit(0 if kinds == ["message-start", "content-delta", "message-start"] and end == "no error" else 1)
EOF
echo "cohere 7.3.1, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" 2>"$scratch/log" || changed 'an error is an error'
