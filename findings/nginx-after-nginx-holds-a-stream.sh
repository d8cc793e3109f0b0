#!/usr/bin/env bash
# Expected: `X-Accel-Buffering: no` keeps each nginx in a chain from buffering.
# Observed: the first nginx consumes the header and does not forward it. By default, nginx speaks HTTP/1.0 to a
# server, so the second nginx sees an unchunked body without the header, and holds it until its end.
# `proxy_pass_header X-Accel-Buffering;` in the first, or `proxy_http_version 1.1;` in the second, fixes it.
# Versions: Debian nginx 1.22.1-9+deb12u11
# Run on 2026-11-28:
#     one nginx: at once: connection 1, event 0
#     two: after 4 s: connection 2, event 0
#     two, proxy_pass_header in the first: at once: connection 3, event 0
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
for package in nginx=1.22.1-9+deb12u11; do
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

nginx=$scratch/root/usr/sbin/nginx
"$nginx" -v 2>&1 | grep -q 1.22.1 || missing 'nginx 1.22.1'
# A folder of its own, listening port, port of the server, a line.
start() {
    mkdir "$scratch/$1"
    cat >"$scratch/$1/nginx.conf" <<EOF
daemon off; master_process off; pid $scratch/$1/pid; error_log $scratch/$1/error;
events {}
http {
    access_log off;
    client_body_temp_path $scratch/$1/a; proxy_temp_path $scratch/$1/b; fastcgi_temp_path $scratch/$1/c;
    uwsgi_temp_path $scratch/$1/d; scgi_temp_path $scratch/$1/e;
    server { listen 127.0.0.1:$2; location / { proxy_pass http://127.0.0.1:$3; $4 } }
}
EOF
    "$nginx" -p "$scratch/$1" -e "$scratch/$1/error" -c "$scratch/$1/nginx.conf" &
    ids+=($!)
    listens "$2"
}
python3 "$scratch/serve.py" "$server" 'X-Accel-Buffering: no\r\n' &
ids+=($!)
listens "$server"
inner=$(port) passing=$(port)
start inner "$inner" "$server" ''
start passing "$passing" "$server" 'proxy_pass_header X-Accel-Buffering;'
outer=$(port)
start outer "$outer" "$inner" ''
outer_passed=$(port)
start outer-passed "$outer_passed" "$passing" ''
"$nginx" -v 2>&1
one=$(python3 "$scratch/read.py" "$inner")
two=$(python3 "$scratch/read.py" "$outer")
passed=$(python3 "$scratch/read.py" "$outer_passed")
printf 'one nginx: %s\ntwo: %s\ntwo, proxy_pass_header in the first: %s\n' "$one" "$two" "$passed"
case "$one/$two/$passed" in
    at\ once*/after\ 4\ s*/at\ once*) ;;
    *) changed 'the second nginx passes events on' ;;
esac
