#!/usr/bin/env bash
# Expected: Apache's proxy forwards each event at once, whichever of its modules talks to the server.
# Observed: mod_proxy_http and mod_proxy_scgi do. mod_proxy_fcgi, which runs PHP, buffers until it has enough or
# the stream ends: a stream that never ends never arrives, even if the program flushes. `flushpackets=on` in the
# ProxyPass line forwards each piece.
# Versions: Debian apache2-bin 2.4.71-1~deb12u1
# Run on 2026-11-29:
#     scgi: first event at once
#     fcgi: first event at the end
#     fcgi, flushpackets=on: first event at once
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
for package in apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu

command -v python3 >/dev/null || missing python3
command -v curl >/dev/null || missing curl
apache=$scratch/root/usr/sbin/apache2
modules=$scratch/root/usr/lib/apache2/modules
"$apache" -v >/dev/null 2>&1 || missing 'Apache 2.4.71'
# An event each second, three of them, over SCGI and FastCGI.
cat >"$scratch/serve.py" <<'EOF'
import socket, struct, threading, time
HEAD = b"Status: 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

def record(kind, data):
    return struct.pack(">BBHHBB", 1, kind, 1, len(data), 0, 0) + data

def answer(connection, frame, end):
    connection.recv(65536)
    connection.sendall(frame(HEAD))
    try:
        for number in range(3):
            connection.sendall(frame(b"data: %d\n\n" % number))
            time.sleep(1)
        connection.sendall(end)
    except OSError:
        pass
    connection.close()

def serve(*how):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, *how), daemon=True).start()

stdout, end_request = 6, 3
end = record(stdout, b"") + record(end_request, bytes(8))
for _ in range(2):
    threading.Thread(target=serve, args=(lambda data: record(stdout, data), end), daemon=True).start()
    time.sleep(0.5)
serve(lambda data: data, b"")
EOF
: >"$scratch/ports"
timeout 120 python3 "$scratch/serve.py" >"$scratch/ports" &
ids+=($!)
for _ in $(seq 100); do
    [ "$(wc -l <"$scratch/ports")" = 3 ] && break
    sleep 0.1
done
fcgi=$(sed -n 1p "$scratch/ports")
flush=$(sed -n 2p "$scratch/ports")
scgi=$(sed -n 3p "$scratch/ports")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
user=$(id -un)
[ "$(id -u)" != 0 ] || user=nobody
cat >"$scratch/httpd.conf" <<EOF
ServerRoot $scratch
ServerName localhost
Listen 127.0.0.1:$port
PidFile $scratch/httpd.pid
ErrorLog $scratch/httpd.log
DefaultRuntimeDir $scratch
User $user
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_fcgi_module $modules/mod_proxy_fcgi.so
LoadModule proxy_scgi_module $modules/mod_proxy_scgi.so
ProxyPass /scgi scgi://127.0.0.1:$scgi/
ProxyPass /fcgi fcgi://127.0.0.1:$fcgi/
ProxyPass /flush fcgi://127.0.0.1:$flush/ flushpackets=on
EOF
"$apache" -f "$scratch/httpd.conf" -D FOREGROUND 2>"$scratch/errors" &
ids+=($!)
for _ in $(seq 100); do
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
first() {
    local began=$SECONDS
    grep -m 1 -q data < <(timeout 20 curl -sN --noproxy '*' "http://127.0.0.1:$port/$1") || missing "a response of /$1"
    [ $((SECONDS - began)) -lt 2 ] && echo 'at once' || echo 'at the end'
}
"$apache" -v | head -1
scgi=$(first scgi)
fcgi=$(first fcgi)
flush=$(first flush)
printf 'scgi: first event %s\nfcgi: first event %s\nfcgi, flushpackets=on: first event %s\n' "$scgi" "$fcgi" "$flush"
[ "$scgi/$fcgi/$flush" = 'at once/at the end/at once' ] || changed 'FastCGI is passed on at once'
