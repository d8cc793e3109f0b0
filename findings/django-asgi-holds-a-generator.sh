#!/usr/bin/env bash
# Expected: a generator in a StreamingHttpResponse sends what it yields, with ASGI as with WSGI.
# Observed: with ASGI, Django runs an ordinary generator to its end and only then sends everything; one that never
# ends sends nothing. An async generator streams. Django says so in a warning, which is not shown by default.
# Versions: PyPI django 5.2.19 and uvicorn 0.54.0, Python 3.11
# Run on 2026-11-28:
#     generator: first event after 2 s
#     async generator: first event after 0 s
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
timeout 300 "$scratch/venv/bin/pip" install --quiet django==5.2.19 uvicorn==0.54.0 >"$scratch/pip" 2>&1 || missing "django==5.2.19 uvicorn==0.54.0"
python=$scratch/venv/bin/python

cat >"$scratch/app.py" <<'EOF'
import asyncio, time
import django
from django.conf import settings
settings.configure(SECRET_KEY="none", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
django.setup()
from django.core.asgi import get_asgi_application
from django.http import StreamingHttpResponse
from django.urls import path

def ordinary(request):
    def events():
        for number in range(4):
            yield f"data: {number}\n\n"
            time.sleep(0.5)
    return StreamingHttpResponse(events(), content_type="text/event-stream")

def asynchronous(request):
    async def events():
        for number in range(4):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.5)
    return StreamingHttpResponse(events(), content_type="text/event-stream")

urlpatterns = [path("ordinary", ordinary), path("async", asynchronous)]
application = get_asgi_application()
EOF
cat >"$scratch/look.py" <<'EOF'
import socket, sys, time
port = int(sys.argv[1])
def first_event(place):
    began = time.time()
    connection = socket.create_connection(("127.0.0.1", port), 20)
    connection.sendall(f"GET {place} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    text = b""
    while b"data: 0" not in text:
        piece = connection.recv(65536)
        if not piece:
            break
        text += piece
    return round(time.time() - began)
ordinary, asynchronous = first_event("/ordinary"), first_event("/async")
print(f"generator: first event after {ordinary} s")
print(f"async generator: first event after {asynchronous} s")
sys.exit(0 if ordinary == 2 and asynchronous == 0 else 1)
EOF
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(cd "$scratch" && exec timeout 60 "$python" -m uvicorn app:application --host 127.0.0.1 --port "$port" --log-level critical) >"$scratch/log" 2>&1 &
ids+=($!)
for _ in $(seq 100); do
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
echo "django 5.2.19, uvicorn 0.54.0, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" "$port" || changed 'an ordinary generator streams'
