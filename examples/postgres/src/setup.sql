-- Two who begin at once would both make the table. All of this is one transaction, and the lock lasts to its end: given
-- back earlier, the next one would begin before the commit.
SELECT pg_advisory_xact_lock(hashtext('log'));

CREATE TABLE IF NOT EXISTS log (
    id bigint PRIMARY KEY, -- without holes, from 1 on
    publisher text NOT NULL,
    number bigint NOT NULL,
    topic text,
    type text NOT NULL,
    data text NOT NULL,
    UNIQUE (publisher, number)
);

-- One row: which numbering it is, and the last number of it.
CREATE TABLE IF NOT EXISTS log_head (epoch bigint NOT NULL, last bigint NOT NULL);
INSERT INTO log_head SELECT floor(random() * 1e15) + 1, 0 WHERE NOT EXISTS (SELECT FROM log_head);

CREATE OR REPLACE FUNCTION log_append(
    the_publisher text, the_number bigint, the_topic text, the_type text, the_data text, keep bigint,
    OUT epoch bigint, OUT id bigint
) AS $$
BEGIN
    -- From here to the commit, one after the other.
    SELECT h.epoch, h.last + 1 INTO epoch, id FROM log_head h FOR UPDATE;
    IF EXISTS (SELECT FROM log l WHERE l.publisher = the_publisher AND l.number = the_number) THEN
        SELECT l.id INTO id FROM log l WHERE l.publisher = the_publisher AND l.number = the_number;
    ELSE
        UPDATE log_head SET last = last + 1;
        INSERT INTO log VALUES (id, the_publisher, the_number, the_topic, the_type, the_data);
        DELETE FROM log l WHERE l.id <= log_append.id - keep;
        PERFORM pg_notify('log', '');
    END IF;
END
$$ LANGUAGE plpgsql;

LISTEN log;
