#!/usr/bin/env bash
# Expected: event servers can read from a replica: LISTEN writes nothing, the rows arrive there, and so do their
# notifications.
# Observed: a replica refuses LISTEN, and notifications are not replicated; the rows are. Servers at a replica
# have to poll for new rows, or hold another connection to the primary; and a server whose primary became a
# replica can no longer listen.
# Versions: Debian postgresql-15 15.20-0+deb12u1
# Run on 2026-11-29:
#     on the replica: rows: 1, LISTEN: ERROR:  cannot execute LISTEN during recovery
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

psql -c "CREATE TABLE event (data text); INSERT INTO event VALUES ('a')"
"${as[@]}" "$bin/pg_basebackup" -h "$scratch/run" -U postgres -D "$scratch/run/copy" -R -X stream >"$scratch/backup" 2>&1 ||
    missing 'a copy of the database'
mkdir "$scratch/run/replica"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$scratch/run/replica"
"${as[@]}" "$bin/postgres" -D "$scratch/run/copy" -k "$scratch/run/replica" -c listen_addresses= -F >"$scratch/log2" 2>&1 &
ids+=($!)
on_replica() { "$bin/psql" -h "$scratch/run/replica" -U postgres -qAtX "$@"; }
for _ in $(seq 100); do
    on_replica -c 'SELECT 1' >/dev/null 2>&1 && break
    sleep 0.1
done
"$bin/postgres" --version
rows=$(on_replica -c 'SELECT count(*) FROM event')
said=$(on_replica -c 'LISTEN events' 2>&1 | head -1 || true)
echo "on the replica: rows: $rows, LISTEN: ${said:-accepted}"
[ "$rows" = 1 ] && [[ $said == *'cannot execute LISTEN during recovery'* ]] || changed 'a replica can listen'
