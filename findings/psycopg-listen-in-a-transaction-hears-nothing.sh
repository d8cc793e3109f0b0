#!/usr/bin/env bash
# Expected: `connection.execute("LISTEN events")`, and `connection.notifies()` yields what is published from then
# on.
# Observed: psycopg opens a transaction with the first statement, LISTEN takes effect at its commit, and
# PostgreSQL sends no notification into an open transaction: the generator waits for ever, without an error. After
# a commit it receives notifications, until the next SELECT on the connection opens a transaction again.
# `autocommit=True` behaves as expected.
# Versions: PyPI psycopg 3.3.9, Python 3.11, Debian postgresql-15 15.20-0+deb12u1
# Run on 2026-11-29:
#     LISTEN: nothing in 2 s
#     LISTEN, commit: ['a']
#     LISTEN, commit, SELECT: nothing in 2 s
#     autocommit, LISTEN, SELECT: ['a']
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
command -v python3 >/dev/null || missing python3
python3 -m venv "$scratch/venv" >"$scratch/pip" 2>&1 || missing 'venv of Python'
timeout 300 "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check psycopg==3.3.9 psycopg-binary==3.3.9 \
    >"$scratch/pip" 2>&1 || missing "psycopg==3.3.9 psycopg-binary==3.3.9"
python=$scratch/venv/bin/python
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || missing apt-get
for package in postgresql-15=15.20-0+deb12u1 postgresql-client-15=15.20-0+deb12u1 libpq5=15.20-0+deb12u1; do
    (cd "$scratch" && timeout 300 apt-get download --quiet "$package" >"$scratch/apt" 2>&1) || missing "$package"
done
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
export LD_LIBRARY_PATH=$scratch/root/usr/lib/x86_64-linux-gnu

bin=$scratch/root/usr/lib/postgresql/15/bin
"$bin/postgres" --version >/dev/null 2>&1 || missing 'PostgreSQL 15.20'
as=()
if [ "$(id -u)" = 0 ]; then
    # It refuses to run as root.
    command -v setpriv >/dev/null || missing setpriv
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    chmod 755 "$scratch"
fi
mkdir "$scratch/run"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$scratch/run"
export HOME=$scratch/run
"${as[@]}" "$bin/initdb" -D "$scratch/run/data" -A trust -U postgres >"$scratch/initdb" 2>&1 || missing 'a new database'
"${as[@]}" "$bin/postgres" -D "$scratch/run/data" -k "$scratch/run" -c listen_addresses= -F >"$scratch/log" 2>&1 &
ids+=($!)
for _ in $(seq 100); do
    [ -S "$scratch/run/.s.PGSQL.5432" ] && break
    sleep 0.1
done
sleep 0.5

cat >"$scratch/look.py" <<'EOF'
import sys
import psycopg

where = f"host={sys.argv[1]} user=postgres"
other = psycopg.connect(where, autocommit=True)
seen = []
for name, is_auto, statements in [
    ("LISTEN", False, ["LISTEN events"]),
    ("LISTEN, commit", False, ["LISTEN events", "COMMIT"]),
    ("LISTEN, commit, SELECT", False, ["LISTEN events", "COMMIT", "SELECT 1"]),
    ("autocommit, LISTEN, SELECT", True, ["LISTEN events", "SELECT 1"]),
]:
    connection = psycopg.connect(where, autocommit=is_auto)
    for statement in statements:
        connection.commit() if statement == "COMMIT" else connection.execute(statement)
    other.execute("NOTIFY events, 'a'")
    heard = [notify.payload for notify in connection.notifies(timeout=2)]
    print(f"{name}: {heard or 'nothing in 2 s'}", flush=True)
    seen.append(heard)
    connection.close()
sys.exit(0 if seen == [[], ["a"], [], ["a"]] else 1)
EOF
echo "psycopg 3.3.9, PostgreSQL 15.20, Python $("$python" -c 'import platform; print(platform.python_version())')"
timeout 60 "$python" "$scratch/look.py" "$scratch/run" || changed 'notifications come in a transaction'
