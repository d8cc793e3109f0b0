#!/bin/sh
# Runs the scenario sse-retry of MCP's public conformance suite twenty times with the default policy: every check has to
# pass, without a warning. Reports itself as skipped where the suite cannot run (it needs npm, and Node 22).
#
#     cargo build --example mcp_client && tests/mcp/run.sh target/debug/examples/mcp_client
set -eu

client=$(realpath "$1")
runs=${2:-20}
here=$(dirname "$(realpath "$0")")
suite=@modelcontextprotocol/conformance@0.1.16
node=node@22.23.3

skip() {
    echo "SKIPPED: $1"
    exit 0
}

command -v npm >/dev/null || skip "npm is missing"
home=${MCP_SUITE:-$(mktemp -d)}
[ -n "${MCP_SUITE:-}" ] || trap 'rm -rf "$home"' EXIT
cd "$home"
[ -d node_modules ] || npm install --no-audit --no-fund --silent "$suite" "$node" >/dev/null 2>&1 ||
    skip "$suite could not be installed"
node=$(find node_modules -path '*node-*/bin/node' -type f | head -n 1)
[ -n "$node" ] && "$node" --version | grep -q '^v2[2-9]' || skip "Node 22 is missing"

passed=0
for run in $(seq "$runs"); do
    "$node" --require "$here/loopback.cjs" node_modules/@modelcontextprotocol/conformance/dist/index.js \
        client --command "$client" --scenario sse-retry >log 2>&1 || true
    if grep -q 'client-sse-retry-timing' log && grep -qE '^Passed: [1-9][0-9]*/[0-9]+, 0 failed, 0 warnings' log; then
        passed=$((passed + 1))
    else
        cat log
    fi
done
echo "sse-retry: $passed of $runs runs passed without warnings"
[ "$passed" -eq "$runs" ]
