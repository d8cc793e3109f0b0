#!/usr/bin/env bash
# Expected: a proxy forwards what arrives, or honors `X-Accel-Buffering: no` and the type `text/event-stream`.
# Observed: lighttpd buffers the whole response of the server, whatever its type, and sends it when it has ended;
# a stream that never ends never arrives. `server.stream-response-body = 1` forwards each piece.
# Versions: Debian lighttpd 1.4.69-1
# Run on 2026-11-28:
#     default: after 4 s: connection 1, event 0
#     server.stream-response-body = 1: at once: connection 2, event 0
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
for package in lighttpd=1.4.69-1; do
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

lighttpd=$scratch/root/usr/sbin/lighttpd
"$lighttpd" -v 2>&1 | grep -q 1.4.69 || missing 'lighttpd 1.4.69'
python3 "$scratch/serve.py" "$server" 'X-Accel-Buffering: no\r\n' &
ids+=($!)
listens "$server"
first() {
    local port
    port=$(port)
    cat >"$scratch/$1.conf" <<EOF
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$scratch"
server.errorlog = "$scratch/$1.log"
server.modules = ("mod_proxy")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => $server)))
$2
EOF
    "$lighttpd" -D -m "$scratch/root/usr/lib/lighttpd" -f "$scratch/$1.conf" &
    ids+=($!)
    listens "$port"
    python3 "$scratch/read.py" "$port"
}
first default '' >"$scratch/held"
first streaming 'server.stream-response-body = 1' >"$scratch/passed"
"$lighttpd" -v | head -n 1
echo "default: $(cat "$scratch/held")"
echo "server.stream-response-body = 1: $(cat "$scratch/passed")"
grep -q '^after 4 s' "$scratch/held" && grep -q '^at once' "$scratch/passed" || changed 'events come at once'
