#!/usr/bin/env bash
# Expected: `event: message` before the data has no effect, since it is the type of an event without a type.
# Observed: Groq's Python client wraps the data of each event that has any type, so its chunks have no `choices`:
# if a gateway writes the default type, nothing can be read from the answer.
# Versions: PyPI groq 1.7.0, Python 3.11
# Run on 2026-11-29:
#     without a type: ['Take', ' two']
#     event: message: [None, None]
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
timeout 300 "$scratch/venv/bin/pip" install --quiet groq==1.7.0 >"$scratch/pip" 2>&1 || missing "groq==1.7.0"
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

import json, sys, groq

def chunk(content):
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
    body = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"

def texts(event_type):
    def answer(connection):
        connection.sendall(HEAD + (event_type + chunk("Take") + event_type + chunk(" two")).encode())
        connection.close()

    client = groq.Groq(api_key="none", base_url=serve(answer), max_retries=0)
    stream = client.chat.completions.create(model="m", stream=True, messages=[{"role": "user", "content": "?"}])
    return [chunk.choices[0].delta.content if chunk.choices else None for chunk in stream]

without, message = texts(""), texts("event: message\n")
print("without a type:", without)
print("event: message:", message)
sys.exit(0 if without == ["Take", " two"] and message == [None, None] else 1)
EOF
echo "groq 1.7.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'the default type says nothing'
