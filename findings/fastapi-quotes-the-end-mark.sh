#!/usr/bin/env bash
# Expected: `yield "[DONE]"` in a path of FastAPI's EventSourceResponse sends `data: [DONE]`, which clients of the
# chat API wait for.
# Observed: all data is written as JSON, even strings: `data: "[DONE]"`, with quotes. OpenAI's client takes it for
# a chunk and fails at its end. `ServerSentEvent(raw_data="[DONE]")` sends it unquoted.
# Versions: PyPI fastapi 0.163.2, uvicorn 0.54.0, openai 3.51.0, Python 3.11
# Run on 2026-11-29:
#     "[DONE]" is sent as: data: "[DONE]"; openai: "Hi", then AttributeError
#     raw_data="[DONE]" is sent as: data: [DONE]; openai: "Hi", then the end
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check fastapi==0.163.2 uvicorn==0.54.0 openai==3.51.0 \
    >"$scratch/pip" 2>&1 || missing "fastapi==0.163.2 uvicorn==0.54.0 openai==3.51.0"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import sys, threading, time, urllib.request
import openai, uvicorn
from fastapi import FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent

app = FastAPI()
delta = {"role": "assistant", "content": "Hi"}
chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": None}]

@app.post("/string/chat/completions", response_class=EventSourceResponse)
async def string():
    yield chunk
    yield "[DONE]"

@app.post("/raw/chat/completions", response_class=EventSourceResponse)
async def raw():
    yield chunk
    yield ServerSentEvent(raw_data="[DONE]")

server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.1)
base = "http://127.0.0.1:%d" % server.servers[0].sockets[0].getsockname()[1]
seen = []
for name, path in [('"[DONE]"', "string"), ('raw_data="[DONE]"', "raw")]:
    request = urllib.request.Request(f"{base}/{path}/chat/completions", method="POST")
    line = urllib.request.urlopen(request).read().decode().strip().splitlines()[-1]
    client = openai.OpenAI(api_key="none", base_url=f"{base}/{path}", max_retries=0)
    text, end = "", "the end"
    try:
        for part in client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True):
            text += part.choices[0].delta.content
    except Exception as error:
        end = type(error).__name__
    print(f'{name} is sent as: {line}; openai: "{text}", then {end}')
    seen.append((line, end == "the end"))
sys.stdout.flush()
import os
os._exit(0 if seen == [('data: "[DONE]"', False), ("data: [DONE]", True)] else 1)
EOF
echo "fastapi 0.163.2, uvicorn 0.54.0, openai 3.51.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'strings are sent as they are'
