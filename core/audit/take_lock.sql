-- Locks the audit log until the transaction ends and reads its newest row. Sent in one round trip, but these stay
-- separate statements: each sees what was committed before it began, and the newest row must be read under the lock.
SELECT set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(7340003);
SELECT clock_timestamp(), newest.seq, newest.hash, newest.at, newest.key_id
FROM (VALUES (1)) AS always
LEFT JOIN (SELECT seq, hash, at, key_id FROM audit_log ORDER BY seq DESC LIMIT 1) AS newest ON true;
