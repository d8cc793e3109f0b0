#!/usr/bin/env bash
# Expected: a handler that waits for its next event is cancelled when its client has gone, at the latest at the
# next ping, which cannot be sent.
# Observed: the ping notices and ends, but the handler keeps waiting: it notices when it sends its next event,
# which may be never, and keeps its subscription until then. (aiohttp cancels handlers only with
# `handler_cancellation=True` of its runner; ASGI servers with Starlette cancel them.)
# Versions: PyPI aiohttp-sse 3.0 and aiohttp 3.14.5, Python 3.11
# Run on 2026-11-29:
#     the client has gone for 5 s, pings each second: the handler waits
#     handler_cancellation=True: CancelledError
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
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check aiohttp-sse==3.0 aiohttp==3.14.5 \
    >"$scratch/pip" 2>&1 || missing "aiohttp-sse==3.0 aiohttp==3.14.5"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import asyncio, sys
from aiohttp import web
from aiohttp_sse import sse_response

async def look(**options):
    ends = []

    async def follow(request):
        try:
            async with sse_response(request) as response:
                response.ping_interval = 1
                await response.send("a")
                await asyncio.sleep(60)
        except BaseException as error:
            ends.append(type(error).__name__)
            raise

    app = web.Application()
    app.router.add_get("/", follow)
    runner = web.AppRunner(app, shutdown_timeout=0.1, **options)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0])
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"data: a")
    writer.close()
    await asyncio.sleep(5)
    end = ends[0] if ends else "the handler waits"
    await runner.cleanup()
    return end

default = asyncio.run(look())
cancelled = asyncio.run(look(handler_cancellation=True))
print(f"the client has gone for 5 s, pings each second: {default}\nhandler_cancellation=True: {cancelled}")
sys.exit(0 if default == "the handler waits" and cancelled == "CancelledError" else 1)
EOF
echo "aiohttp-sse 3.0, aiohttp 3.14.5, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" || changed 'the handler is told'
