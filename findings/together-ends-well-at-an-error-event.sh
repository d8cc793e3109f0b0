#!/usr/bin/env bash
# Expected: an event of type `error` ends the loop with an exception, as it does in OpenAI's client (3.57.0), which has
# the same origin.
# Observed: the client drops every event that has a type, and looks for errors only in the others. The loop over half
# an answer ends as it does after a whole one.
# Versions: PyPI together 3.1.1, Python 3.11
# Run on 2026-11-29:
#     without a type: the model is overloaded
#     of type error: no error
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
timeout 300 "$scratch/venv/bin/pip" install --quiet together==3.1.1 >"$scratch/pip" 2>&1 || missing "together==3.1.1"
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

from together import Together

def end(kind):
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
             "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Take"}, "finish_reason": None}]}
    url = serve(("data: %s\n\n%sdata: %s\n\n" % (
        json.dumps(chunk), kind, json.dumps({"error": {"message": "the model is overloaded"}}))).encode())
    client = Together(api_key="none", base_url=url + "/v1", max_retries=0)
    try:
        for _ in client.chat.completions.create(model="m", stream=True, messages=[{"role": "user", "content": "?"}]):
            pass
    except Exception as error:
        return str(error)
    return "no error"

ends = end(""), end("event: error\n")
print("without a type:", ends[0])
print("of type error:", ends[1])
sys.exit(0 if ends == ("the model is overloaded", "no error") else 1)
EOF
echo "together 3.1.1, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" 2>"$scratch/log" || changed 'an error event is an error'
