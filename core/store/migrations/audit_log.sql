-- The audit log takes new rows and nothing else. Run once, as its owner, after the table exists.
-- The setting record_analyst.app_role names the login of the app; when it is not set, the current one is meant.
-- The chain of hashes is what proves; these are the doors in front of it.

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

DO $$
DECLARE
    app_role text := coalesce(nullif(current_setting('record_analyst.app_role', true), ''), current_user);
BEGIN
    REVOKE ALL ON audit_log FROM PUBLIC;
    EXECUTE format('REVOKE ALL ON audit_log FROM %I', app_role);
    EXECUTE format('GRANT SELECT, INSERT ON audit_log TO %I', app_role);
END
$$;
