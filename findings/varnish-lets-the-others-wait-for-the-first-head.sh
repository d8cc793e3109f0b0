#!/usr/bin/env bash
# Expected: Varnish forwards the request of each client at once, at least where every response says `no-cache`.
# Observed: it cannot know that before the first response: until that has a head, all other requests for the same
# URL wait, and the server sees only one of them. If the head comes late (Node holds it until the first event),
# each client waits for the first head, and then for its own: after a restart, nobody has a stream for twice as
# long. `return (pass)`, or an immediate head, helps.
# Versions: Debian varnish 7.1.1-2+deb12u1
# Run on 2026-11-29:
#     each head after 3 s, Cache-Control: no-cache
#     first client: head after 3 s
#     second client, 0.5 s later: head after 6 s; the server was asked for it after 3 s
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
command -v cc >/dev/null || missing 'cc, which Varnish compiles its configuration with'
varnishd=$scratch/root/usr/sbin/varnishd
"$varnishd" -V 2>&1 | grep -q 7.1.1 || missing 'varnish 7.1.1'
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
listens() {
    for _ in $(seq 200); do
        (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    missing "a server on port $1"
}
cat >"$scratch/look.py" <<'EOF'
import socket, sys, threading, time
server, varnish = map(int, sys.argv[1:])
listener = socket.create_server(("127.0.0.1", server))
began, asked, heads = None, [], {}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"

def answer(connection):
    if not connection.recv(65536):
        return
    asked.append(time.time() - began)
    time.sleep(3)
    connection.sendall(HEAD + b"9\r\ndata: a\n\n\r\n")
    time.sleep(5)
    connection.close()

def serve():
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

def follow(name):
    connection = socket.create_connection(("127.0.0.1", varnish), 20)
    connection.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.recv(65536)
    heads[name] = time.time() - began

threading.Thread(target=serve, daemon=True).start()
began = time.time()
first = threading.Thread(target=follow, args=("first",))
second = threading.Thread(target=follow, args=("second",))
first.start()
time.sleep(0.5)
second.start()
first.join()
second.join()
print("each head after 3 s, Cache-Control: no-cache")
print(f"first client: head after {heads['first']:.0f} s")
print(f"second client, 0.5 s later: head after {heads['second']:.0f} s; the server was asked for it after {asked[1]:.0f} s")
sys.stdout.flush()
sys.exit(0 if heads["second"] > 5 and asked[1] > 2.5 else 1)
EOF
server=$(port) varnish=$(port)
printf 'vcl 4.1;\nbackend server { .host = "127.0.0.1"; .port = "%s"; }\n' "$server" >"$scratch/look.vcl"
"$varnishd" -F -j none -T none -s malloc,16m -a "127.0.0.1:$varnish" -n "$scratch/varnish" -f "$scratch/look.vcl" \
    -p vmod_path="$scratch/root/usr/lib/x86_64-linux-gnu/varnish/vmods" >"$scratch/log" 2>&1 &
ids+=($!)
listens "$varnish"
"$varnishd" -V 2>&1 | head -n 1
timeout 60 python3 "$scratch/look.py" "$server" "$varnish" || changed 'each client is asked for at once'
