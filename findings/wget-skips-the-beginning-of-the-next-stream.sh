#!/usr/bin/env bash
# Expected: when a stream breaks, `wget -O -` ends with an error, or prints the events of the next connection from
# their beginning.
# Observed: it retries with `Range: bytes=N-`, where N is what it has printed; an event server answers 200 with
# new events, and wget skips their first N bytes. The longer it ran, the more is missing; its status is 0.
# Versions: Debian wget 1.21.3-1+deb12u1
# Run on 2026-11-29:
#     the second request: Range: bytes=51-
#     sent: 1.0 1.1 1.2, then 2.0 2.1 2.2 2.3
#     printed: 1.0 1.1 1.2 2.3
#     status: 0
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
for package in wget=1.21.3-1+deb12u1 libpsl5 libpcre2-8-0; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu
command -v python3 >/dev/null || missing python3
wget=$scratch/root/usr/bin/wget
"$wget" --version >/dev/null 2>&1 || missing 'wget 1.21.3'
cat >"$scratch/serve.py" <<'EOF'
import socket, sys
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
for number, count in [(1, 3), (2, 4)]:
    connection, _ = listener.accept()
    head = connection.recv(65536).decode()
    print(next((line for line in head.splitlines() if line.startswith("Range")), "no Range"), file=sys.stderr, flush=True)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for event in range(count):
        data = b"data: event %d.%d\n\n" % (number, event)
        connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))
    if number == 2:
        connection.sendall(b"0\r\n\r\n")
    connection.close()
EOF
timeout 60 python3 "$scratch/serve.py" >"$scratch/port" 2>"$scratch/asked" &
ids+=($!)
for _ in $(seq 100); do
    [ -s "$scratch/port" ] && break
    sleep 0.1
done
"$wget" --version | head -1
status=0
timeout 50 "$wget" --no-config --no-proxy -q -O "$scratch/printed" "http://127.0.0.1:$(cat "$scratch/port")/" || status=$?
asked=$(sed -n 2p "$scratch/asked" | tr -d '\r')
printed=$(grep -o '[0-9]\.[0-9]' "$scratch/printed" | xargs)
printf 'the second request: %s\nsent: 1.0 1.1 1.2, then 2.0 2.1 2.2 2.3\nprinted: %s\nstatus: %s\n' "$asked" "$printed" "$status"
[ "$asked / $printed / $status" = 'Range: bytes=51- / 1.0 1.1 1.2 2.3 / 0' ] || changed 'wget prints all events, or fails'
