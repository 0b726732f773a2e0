-- The audit log takes new rows and nothing else. Run once by its owner, when the table exists.
-- These are the doors in front of the chain of hashes; the chain is what proves.

CREATE OR REPLACE FUNCTION audit_log_refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the audit log takes new rows only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

DROP TRIGGER IF EXISTS audit_log_append_only ON audit_log;
CREATE TRIGGER audit_log_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();

-- ALWAYS: session_replication_role = replica does not switch it off either.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;

-- The owner too goes without these; the app's login gets SELECT and INSERT in grants.sql.
REVOKE ALL ON audit_log FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM CURRENT_USER;
