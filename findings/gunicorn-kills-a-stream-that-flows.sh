#!/usr/bin/env bash
# Expected: a gunicorn worker that keeps sending events is busy and healthy, so no limit applies to it.
# Observed: the worker reports that it is alive only between two requests: after `--timeout` (30 s by default) it
# is killed in the middle of the stream, events or not. Set to 3 s here.
# Versions: PyPI gunicorn 27.0.1 (sync workers, the default), Python 3.11
# Run on 2026-11-28:
#     an event every 0.5 s, --timeout 3: cut after 3 to 6 s, no last chunk
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
timeout 300 "$scratch/venv/bin/pip" install --quiet gunicorn==27.0.1 >"$scratch/pip" 2>&1 || missing "gunicorn==27.0.1"
python=$scratch/venv/bin/python

cat >"$scratch/app.py" <<'EOF'
import itertools, time
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    for number in itertools.count():
        yield b"data: %d\n\n" % number
        time.sleep(0.5)
EOF
cat >"$scratch/look.py" <<'EOF'
import socket, sys, time
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 15)
connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
began, text = time.time(), b""
while time.time() - began < 12:
    piece = connection.recv(65536)
    if not piece:
        break
    text += piece
seconds = time.time() - began
is_whole = text.endswith(b"0\r\n\r\n")
print(f"an event every 0.5 s, --timeout 3: cut after {'3 to 6' if 2.5 < seconds < 6.5 else round(seconds, 1)} s, "
      f"{'a good' if is_whole else 'no'} last chunk")
sys.exit(0 if 2.5 < seconds < 6.5 and not is_whole else 1)
EOF
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(cd "$scratch" && exec timeout 60 "$python" -m gunicorn app:app --bind "127.0.0.1:$port" --timeout 3 --log-level critical) >"$scratch/log" 2>&1 &
ids+=($!)
for _ in $(seq 100); do
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
echo "gunicorn 27.0.1, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" "$port" || changed 'the stream goes on'
