#!/usr/bin/env bash
# Expected: a notification that is too long is cut or dropped, and the row that it announces is stored.
# Observed: `pg_notify` with 8,000 bytes is an error, and in a trigger it makes the INSERT fail: a table that
# announces its rows by NOTIFY accepts no row whose JSON is that long. Send only the ID. (Besides, equal
# notifications of one transaction arrive as one.)
# Versions: Debian postgresql-15 15.20-0+deb12u1
# Run on 2026-11-28:
#     7999 bytes: stored
#     8000 bytes: ERROR:  payload string too long
#     rows: 1
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

psql <<'EOF'
CREATE TABLE event (id bigserial PRIMARY KEY, data text);
CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('events', NEW.data); RETURN NEW; END $$;
CREATE TRIGGER announce AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION announce();
EOF
insert() {
    if psql -c "INSERT INTO event (data) VALUES (repeat('x', $1))" 2>"$scratch/said"; then
        echo "$1 bytes: stored"
    else
        echo "$1 bytes: $(head -n 1 "$scratch/said")"
    fi
}
"$bin/postgres" --version
insert 7999
insert 8000 | tee "$scratch/long"
rows=$(psql -c 'SELECT count(*) FROM event')
echo "rows: $rows"
grep -q 'payload string too long' "$scratch/long" && [ "$rows" = 1 ] || changed 'the row is stored'
