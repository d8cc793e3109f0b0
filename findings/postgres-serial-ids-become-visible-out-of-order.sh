#!/usr/bin/env bash
# Expected: events with IDs of a `bigserial` can be resumed by `WHERE id > last`, since later events have larger
# IDs.
# Observed: an ID is assigned at the insert but visible at the commit: a reader sees 2 before 1, resumes after 2,
# and never gets 1. The IDs of an event stream need commit order (one writer, a lock, or an ID assigned after the
# commit).
# Versions: Debian postgresql-15 15.20-0+deb12u1
# Run on 2026-11-28:
#     the reader sees: 2
#     resumed after 2, it sees: nothing
#     in the table: 1 2
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

psql -c 'CREATE TABLE event (id bigserial PRIMARY KEY, data text)'
# Takes 1, and commits a second later.
psql -c "BEGIN; INSERT INTO event (data) VALUES ('first'); SELECT pg_sleep(1.5); COMMIT" >"$scratch/slow" &
slow=$!
sleep 0.5
psql -c "INSERT INTO event (data) VALUES ('second')"
seen=$(psql -c 'SELECT id FROM event ORDER BY id' | paste -sd' ')
wait "$slow"
resumed=$(psql -c "SELECT id FROM event WHERE id > ${seen##* } ORDER BY id" | paste -sd' ')
all=$(psql -c 'SELECT id FROM event ORDER BY id' | paste -sd' ')
"$bin/postgres" --version
printf 'the reader sees: %s\nresumed after %s, it sees: %s\nin the table: %s\n' "$seen" "${seen##* }" "${resumed:-nothing}" "$all"
[ "$seen/$resumed/$all" = '2//1 2' ] || changed 'no event is skipped'
