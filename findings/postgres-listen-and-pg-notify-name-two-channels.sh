#!/usr/bin/env bash
# Expected: `LISTEN OrderEvents` receives `SELECT pg_notify('OrderEvents', ..)`.
# Observed: it never does, without an error. LISTEN and NOTIFY fold a name as SQL does, to `orderevents`;
# `pg_notify` takes the text as it is. `LISTEN "OrderEvents"`, or names in lower case, work.
# Versions: Debian postgresql-15 15.20-0+deb12u1
# Run on 2026-11-29:
#     LISTEN OrderEvents hears: NOTIFY
#     LISTEN "OrderEvents" hears: pg_notify
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
psql() { "$bin/psql" -h "$scratch/run" -U postgres -qAtX "$@"; }

hears() {
    psql -c "LISTEN $1" -c "SELECT pg_notify('OrderEvents', 'pg_notify')" -c "NOTIFY OrderEvents, 'NOTIFY'" |
        sed -n 's/.* with payload "\([^"]*\)".*/\1/p' | paste -sd' '
}
"$bin/postgres" --version
plain=$(hears OrderEvents)
quoted=$(hears '"OrderEvents"')
printf 'LISTEN OrderEvents hears: %s\nLISTEN "OrderEvents" hears: %s\n' "$plain" "$quoted"
[ "$plain/$quoted" = NOTIFY/pg_notify ] || changed 'one name is one channel'
