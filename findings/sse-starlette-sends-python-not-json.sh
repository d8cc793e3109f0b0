#!/usr/bin/env bash
# Expected: `yield {"data": {"price": 1}}` sends the inner object as JSON, as FastAPI and frameworks in other
# languages do.
# Observed: it sends the result of Python's `str`: single quotes, `True`, `None`. `JSON.parse` in the browser
# fails, while a test of the server that compares texts passes. `JSONServerSentEvent`, or `json.dumps`, sends
# JSON.
# Versions: PyPI sse-starlette 3.7.0, starlette 1.10.0, uvicorn 0.54.0, Python 3.11
# Run on 2026-11-29:
#     a dict: {'price': 1, 'open': True}
#     JSONServerSentEvent: {"price":1,"open":true}
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check sse-starlette==3.7.0 starlette==1.10.0 uvicorn==0.54.0 \
    >"$scratch/pip" 2>&1 || missing "sse-starlette==3.7.0 starlette==1.10.0 uvicorn==0.54.0"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import os, threading, time, urllib.request
import uvicorn
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.applications import Starlette
from starlette.routing import Route

quote = {"price": 1, "open": True}

async def follow(request):
    async def events():
        yield {"data": quote}
        yield JSONServerSentEvent(data=quote)
    return EventSourceResponse(events())

app = Starlette(routes=[Route("/", follow)])
server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.1)
body = urllib.request.urlopen("http://127.0.0.1:%d/" % server.servers[0].sockets[0].getsockname()[1]).read().decode()
data = [line[6:] for line in body.splitlines() if line.startswith("data: ")]
print(f"a dict: {data[0]}\nJSONServerSentEvent: {data[1]}", flush=True)
os._exit(0 if data == ["{'price': 1, 'open': True}", '{"price":1,"open":true}'] else 1)
EOF
echo "sse-starlette 3.7.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'a dict is sent as JSON'
