#!/usr/bin/env bash
# Expected: `ServerSentEvent` sends every value as JSON: 0 as `0`, an empty list as `[]`.
# Observed: 0, False, an empty list and an empty dict get no `data` line, so no client fires the event: a counter that
# falls to 0 shows 1 for ever.
# Versions: PyPI blacksheep 2.6.4, Python 3.11
# Run on 2026-11-29:
#     sent: 1, 0, []
#     body: b'data: 1\n\nid: 8\n\nid: 9\n\n'
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
timeout 300 "$scratch/venv/bin/pip" install --quiet blacksheep==2.6.4 >"$scratch/pip" 2>&1 || missing "blacksheep==2.6.4"
python=$scratch/venv/bin/python

cat >"$scratch/look.py" <<'EOF'
import asyncio, sys
from blacksheep.server.sse import ServerSentEvent, ServerSentEventsContent, TextServerSentEvent

async def events():
    yield ServerSentEvent(1)
    yield ServerSentEvent(0, id="8")
    yield ServerSentEvent([], id="9")

async def body():
    return b"".join([piece async for piece in ServerSentEventsContent.write_events(events)()])

sent = asyncio.run(body())
print("sent: 1, 0, []")
print("body:", sent)
sys.exit(0 if sent == b"data: 1\n\nid: 8\n\nid: 9\n\n" else 1)
EOF
echo "blacksheep 2.6.4, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" 2>"$scratch/log" || changed '0 arrives'
