#!/usr/bin/env bash
# Expected: each client that requests an event stream gets its own.
# Observed: Varnish caches a response without caching headers for 120 s: the second client gets the first one's
# stream from its beginning, and so does one that comes after its end. `Cache-Control: no-cache` (or `no-store`)
# in the response, or `return (pass)`, gives each client its own.
# Versions: Debian varnish 7.1.1-2+deb12u1
# Run on 2026-11-28:
#     without Cache-Control, the second client: at once: connection 1, event 0
#     with no-cache, the second client: at once: connection 2, event 0
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
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || missing apt-get
for package in varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu

command -v python3 >/dev/null || missing python3
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
listens() {
    for _ in $(seq 200); do
        (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    missing "a server on port $1"
}
# One event every half second, eight of them: HTTP/1.1 in chunks, HTTP/1.0 to the end of the connection.
cat >"$scratch/serve.py" <<'EOF'
import socket, sys, threading, time
headers = sys.argv[2].encode().decode("unicode_escape").encode()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
count = 0
def answer(connection, number):
    request = connection.recv(65536)
    if not request:
        return
    is_old = b" HTTP/1.0" in request
    framing = b"" if is_old else b"Transfer-Encoding: chunked\r\n"
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n" + headers + framing + b"\r\n")
        for event in range(8):
            event = b"data: connection %d, event %d\n\n" % (number, event)
            connection.sendall(event if is_old else b"%x\r\n%s\r\n" % (len(event), event))
            time.sleep(0.5)
        if not is_old:
            connection.sendall(b"0\r\n\r\n")
    except OSError:
        pass
    connection.close()
while True:
    connection, _ = listener.accept()
    peek = connection.recv(1, socket.MSG_PEEK)
    count += bool(peek)
    threading.Thread(target=answer, args=(connection, count), daemon=True).start()
EOF
# Says when the first event came, and which it was.
cat >"$scratch/read.py" <<'EOF'
import socket, sys, time
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
began, text = time.time(), b""
while b"\n\n" not in text.split(b"data: ", 1)[-1] or b"data: " not in text:
    piece = connection.recv(65536)
    if not piece:
        break
    text += piece
seconds = time.time() - began
print(f"{'at once' if seconds < 0.4 else f'after {seconds:.0f} s'}: {text.split(b'data: ')[1].split(bytes([10]))[0].decode()}")
EOF
server=$(port)

command -v cc >/dev/null || missing 'cc, which Varnish compiles its configuration with'
varnishd=$scratch/root/usr/sbin/varnishd
"$varnishd" -V 2>&1 | grep -q 7.1.1 || missing 'varnish 7.1.1'
second() {
    local server varnish
    server=$(port) varnish=$(port)
    printf 'vcl 4.1;\nbackend server { .host = "127.0.0.1"; .port = "%s"; }\n' "$server" >"$scratch/$1.vcl"
    python3 "$scratch/serve.py" "$server" "$2" &
    ids+=($!)
    listens "$server"
    "$varnishd" -F -j none -T none -s malloc,16m -a "127.0.0.1:$varnish" -n "$scratch/$1" -f "$scratch/$1.vcl" \
        -p vmod_path="$scratch/root/usr/lib/x86_64-linux-gnu/varnish/vmods" >"$scratch/$1.log" 2>&1 &
    ids+=($!)
    listens "$varnish"
    python3 "$scratch/read.py" "$varnish" >"$scratch/$1.first"
    sleep 1
    python3 "$scratch/read.py" "$varnish" >"$scratch/$1.second"
}
second silent ''
second no-cache 'Cache-Control: no-cache\r\n'
"$varnishd" -V 2>&1 | head -n 1
echo "without Cache-Control, the second client: $(cat "$scratch/silent.second")"
echo "with no-cache, the second client: $(cat "$scratch/no-cache.second")"
grep -q 'connection 1, event 0' "$scratch/silent.second" && grep -q 'connection 2' "$scratch/no-cache.second" ||
    changed 'each client gets its own stream'
