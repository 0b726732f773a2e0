-- The procedures of the contract suite, for PostgreSQL. Run by the owner; the login gets EXECUTE and nothing else.
CREATE SCHEMA contract;

CREATE TABLE contract.items (id int PRIMARY KEY, record_id text, label text, price numeric(20, 4));

INSERT INTO contract.items VALUES
    (1, 'R-1', 'first', 10.10), (2, 'R-1', NULL, 0.0001), (3, 'R-1', '', 9999999999999999.9999), (4, 'R-2', 'x', 1);

CREATE FUNCTION contract.three_sets(record_id text) RETURNS SETOF refcursor LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = contract, pg_temp AS $$
#variable_conflict use_column
DECLARE
    header refcursor := 'header'; nothing refcursor := 'nothing'; lines refcursor := 'lines';
    counted int;
BEGIN
    SELECT count(*) INTO counted FROM items;
    RAISE NOTICE 'a message does not shift the sets';
    OPEN header FOR SELECT record_id, count(*) AS items FROM items WHERE record_id = three_sets.record_id GROUP BY 1;
    RETURN NEXT header;
    OPEN nothing FOR SELECT id, label FROM items WHERE false;
    RETURN NEXT nothing;
    OPEN lines FOR SELECT id, label, price FROM items WHERE record_id = three_sets.record_id ORDER BY id;
    RETURN NEXT lines;
END $$;

CREATE FUNCTION contract.one_set(record_id text) RETURNS TABLE (label text, price numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = contract, pg_temp AS $$
    SELECT i.label, i.price FROM items i WHERE i.record_id = one_set.record_id ORDER BY i.id
$$;

CREATE FUNCTION contract.from_price(record_id text, minimum numeric) RETURNS TABLE (label text, price numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = contract, pg_temp AS $$
    SELECT i.label, i.price FROM items i WHERE i.record_id = from_price.record_id AND i.price >= minimum ORDER BY i.id
$$;

CREATE FUNCTION contract.same_names(record_id text) RETURNS SETOF refcursor LANGUAGE plpgsql AS $$
DECLARE both_of refcursor := 'both_of';
BEGIN
    OPEN both_of FOR SELECT 2 AS z, 1 AS a, 'left' AS name, 'right' AS name;
    RETURN NEXT both_of;
END $$;

CREATE FUNCTION contract.unnamed(record_id text) RETURNS SETOF refcursor LANGUAGE plpgsql AS $$
DECLARE first refcursor; second refcursor;
BEGIN
    OPEN first FOR SELECT 1 AS one;
    RETURN NEXT first;
    OPEN second FOR SELECT 2 AS two;
    RETURN NEXT second;
END $$;

CREATE PROCEDURE contract.outputs(record_id text, INOUT note text, OUT total numeric, OUT counted int) LANGUAGE sql
SECURITY DEFINER SET search_path = contract, pg_temp AS $$
    SELECT coalesce(note, '') || '!', sum(i.price), count(*)::int FROM items i WHERE i.record_id = outputs.record_id
$$;

CREATE FUNCTION contract.scalar(record_id text) RETURNS numeric LANGUAGE sql AS $$ SELECT 12.50 $$;

CREATE FUNCTION contract.identity(record_id text) RETURNS TABLE (app_user text, app_role text, request_id text)
LANGUAGE sql AS $$
    SELECT current_setting('app.user', true), current_setting('app.role', true), current_setting('app.request_id', true)
$$;

CREATE FUNCTION contract.types(record_id text) RETURNS SETOF refcursor LANGUAGE plpgsql AS $$
DECLARE types refcursor := 'types';
BEGIN
    OPEN types FOR SELECT
        123456789012345678.1234567890::numeric AS "decimal",
        9223372036854775807 AS "bigint",
        1.5::float8 AS "float",
        date '2024-02-29' AS "date",
        timestamp '2024-02-29 23:59:59.123456' AS "timestamp",
        time '23:59:59.5' AS "time",
        true AS "boolean",
        NULL::text AS "null",
        '' AS "empty",
        'Ünïcode 🦉 𝔘' AS "unicode",
        '\x00ff10'::bytea AS "binary",
        '{"b": [1.10, 2], "a": "x  y"}'::json AS "json",
        timestamptz '2024-02-29 23:59:59+02' AS "zoned",
        ARRAY[1.10, NULL, 3]::numeric[] AS "array",
        ARRAY[['a', 'b "c"'], ['d', 'é']] AS "nested",
        interval '1 day 2 hours' AS "interval",
        date 'infinity' AS "endless",
        '550e8400-e29b-41d4-a716-446655440000'::uuid AS "uuid",
        '10.0.0.1/8'::inet AS "inet",
        numrange(1, 2) AS "range";
    RETURN NEXT types;
END $$;

CREATE FUNCTION contract.many_rows(record_id text, row_count bigint) RETURNS SETOF refcursor LANGUAGE plpgsql AS $$
DECLARE many refcursor := 'many'; after refcursor := 'after';
BEGIN
    OPEN many FOR SELECT n, repeat('x', 20) AS filler FROM generate_series(1, row_count) AS g (n);
    RETURN NEXT many;
    OPEN after FOR SELECT 'still here' AS told;
    RETURN NEXT after;
END $$;

CREATE FUNCTION contract.sleeps(record_id text, seconds numeric) RETURNS TABLE (slept text)
LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(seconds); RETURN QUERY SELECT 'slept'::text; END $$;

CREATE FUNCTION contract.locked(record_id text) RETURNS TABLE (label text) LANGUAGE sql SECURITY DEFINER
SET search_path = contract, pg_temp AS $$ SELECT i.label FROM items i WHERE i.record_id = locked.record_id $$;

CREATE FUNCTION contract.raises(record_id text) RETURNS TABLE (x int) LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'secret of %', record_id; END $$;

CREATE FUNCTION contract.writes(record_id text) RETURNS TABLE (x int) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = contract, pg_temp AS $$
BEGIN INSERT INTO items VALUES (99, 'R-9', 'written', 0); RETURN QUERY SELECT 1; END $$;

CREATE FUNCTION contract.not_granted(record_id text) RETURNS TABLE (x int) LANGUAGE sql AS $$ SELECT 1 $$;

GRANT USAGE ON SCHEMA contract TO analyst;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA contract TO analyst;
REVOKE EXECUTE ON FUNCTION contract.not_granted(text) FROM analyst;
