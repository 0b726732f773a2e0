-- Counts a sign-in before its password is looked at, so that parallel tries cannot slip through together.
-- Gives the count back, or no row while the name is locked. A success deletes the row.
INSERT INTO sign_in_failures AS known (username, failures, last_failure_at)
VALUES (:username, 1, now())
ON CONFLICT (username) DO UPDATE SET
    failures = CASE
        WHEN known.last_failure_at < now() - CAST(:forget AS interval) THEN 1
        ELSE known.failures + 1
    END,
    last_failure_at = now(),
    locked_until = CASE
        WHEN known.last_failure_at < now() - CAST(:forget AS interval) THEN NULL
        WHEN known.failures + 1 >= :free THEN
            now() + LEAST(CAST(:longest AS interval), CAST(:first AS interval) * 2 ^ LEAST(known.failures + 1 - :free, 20))
    END
WHERE known.locked_until IS NULL OR known.locked_until <= now()
RETURNING failures
