#!/usr/bin/env bash
# One would guess: `yield {"data": {"price": 1}}` sends the inner object as JSON, as the frameworks of other
# languages and FastAPI do.
# What happens: it sends what Python's `str` makes of it: single quotes, `True`, `None`. `JSON.parse` in the
# browser fails, and a server's test that compares texts sees nothing. `JSONServerSentEvent`, or `json.dumps`,
# sends JSON.
# With: PyPI sse-starlette 3.7.0, starlette 1.10.0, uvicorn 0.54.0, Python 3.11
# Seen on 2026-11-29:
#     a dict: {'price': 1, 'open': True}
#     JSONServerSentEvent: {"price":1,"open":true}
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
set -euo pipefail

scratch=$(mktemp -d)
finish() { rm -rf "$scratch"; }
trap finish EXIT
missing() {
    echo "cannot be had: $*"
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
