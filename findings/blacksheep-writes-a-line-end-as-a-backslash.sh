#!/usr/bin/env bash
# Expected: `TextServerSentEvent` sends a text of two lines as two `data` lines, and the client gets the same text.
# Observed: it writes one line, with a backslash and the letter `n` for the line end. The client cannot tell this from
# a text that has a backslash. `ServerSentEvent` writes JSON, which arrives.
# Versions: PyPI blacksheep 2.6.4, Python 3.11
# Run on 2026-11-29:
#     sent: 'a\nb'
#     body: b'data: a\\nb\n\n'
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
    yield TextServerSentEvent("a\nb")

async def body():
    return b"".join([piece async for piece in ServerSentEventsContent.write_events(events)()])

sent = asyncio.run(body())
print("sent:", repr("a\nb"))
print("body:", sent)
sys.exit(0 if sent == b"data: a\\nb\n\n" else 1)
EOF
echo "blacksheep 2.6.4, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 120 "$python" "$scratch/look.py" 2>"$scratch/log" || changed 'the text arrives'
