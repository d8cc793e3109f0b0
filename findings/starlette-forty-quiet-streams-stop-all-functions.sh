#!/usr/bin/env bash
# Expected: a stream that waits for its next event costs only its connection, whether `async def` or `def` writes
# it, and ends when its client has gone.
# Observed: each waiting `def` generator holds one of 40 threads, the same that run all `def` paths: with 40 quiet
# streams, no other `def` path is served, without an error. It holds the thread even after its client has gone,
# until its next event. An `async def` generator has no such limit. Starlette's StreamingResponse does the same.
# Versions: PyPI fastapi 0.163.2 (starlette 1.10.0), uvicorn 0.54.0, Python 3.11
# Run on 2026-11-29:
#     39 quiet streams: another path answers
#     40 quiet streams: no answer in 3 s
#     their clients have gone: no answer in 3 s
#     40 quiet streams of async def: another path answers
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check fastapi==0.163.2 starlette==1.10.0 uvicorn==0.54.0 \
    >"$scratch/pip" 2>&1 || missing "fastapi==0.163.2 starlette==1.10.0 uvicorn==0.54.0"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import asyncio, os, socket, sys, threading, time
import uvicorn
from fastapi import FastAPI
from fastapi.sse import EventSourceResponse

app = FastAPI()

@app.get("/def", response_class=EventSourceResponse)
def quiet():
    yield "open"
    time.sleep(60)

@app.get("/async", response_class=EventSourceResponse)
async def quiet_async():
    yield "open"
    await asyncio.sleep(60)

@app.get("/health")
def health():
    return "well"

def serve():
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.1)
    return server.servers[0].sockets[0].getsockname()[1]

def ask(port, path):
    """A connection, and whether its response begins in 3 s."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(3)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: local\r\n\r\n".encode())
    try:
        return connection, connection.recv(65536).startswith(b"HTTP/1.1 200")
    except TimeoutError:
        return connection, False

seen = []
def look(name, port):
    connection, answers = ask(port, "/health")
    connection.close()
    print(f"{name}: {'another path answers' if answers else 'no answer in 3 s'}", flush=True)
    seen.append(answers)

port = serve()
streams = [ask(port, "/def")[0] for _ in range(39)]
look("39 quiet streams", port)
streams.append(ask(port, "/def")[0])
time.sleep(0.5)
look("40 quiet streams", port)
for stream in streams:
    stream.close()
time.sleep(1)
look("their clients have gone", port)
# A server of its own thread pool.
port = serve()
streams = [ask(port, "/async")[0] for _ in range(40)]
look("40 quiet streams of async def", port)
os._exit(0 if seen == [True, False, False, True] else 1)
EOF
echo "fastapi 0.163.2, starlette 1.10.0, uvicorn 0.54.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'quiet streams hold no threads'
