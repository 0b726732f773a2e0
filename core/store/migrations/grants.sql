-- What the app's login may do in the state database. Run by the owner after every migration.
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app};

REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM {app};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {app};
REVOKE DELETE ON users FROM {app};
