-- What the login may do. One row for each kind: the kind, how many, and the first few by name.
WITH me AS (
    SELECT r.* FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
), relations AS (
    SELECT c.oid, format('%%I.%%I', n.nspname, c.relname) AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(n.oid, 'USAGE')
), found (kind, name) AS (
    SELECT 'attribute', one.name FROM me, LATERAL (VALUES
        ('SUPERUSER', me.rolsuper), ('CREATEROLE', me.rolcreaterole), ('CREATEDB', me.rolcreatedb),
        ('REPLICATION', me.rolreplication), ('BYPASSRLS', me.rolbypassrls)) AS one (name, given) WHERE one.given
    UNION ALL
    SELECT 'member', r.rolname::text FROM pg_catalog.pg_roles r
    WHERE r.rolname <> current_user AND pg_has_role(r.oid, 'MEMBER')
    UNION ALL
    SELECT 'create in', format('database %%I', current_database())
    WHERE has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT 'temporary', format('database %%I', current_database())
    WHERE has_database_privilege(current_database(), 'TEMPORARY')
    UNION ALL
    SELECT 'create in', format('schema %%I', n.nspname) FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(n.oid, 'CREATE')
    UNION ALL
    SELECT 'read', name FROM relations
    WHERE has_table_privilege(oid, 'SELECT') OR has_any_column_privilege(oid, 'SELECT')
    UNION ALL
    SELECT 'write', name FROM relations
    WHERE has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       OR has_any_column_privilege(oid, 'INSERT, UPDATE')
    UNION ALL
    SELECT 'execute', format('%%I.%%I', n.nspname, p.proname)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind IN ('f', 'p')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
      AND lower(format('%%s.%%s', n.nspname, p.proname)) <> ALL (%(expected)s)
      AND lower(p.proname) <> ALL (%(expected)s)
    UNION ALL
    SELECT 'large objects', 'lo_create' WHERE has_function_privilege('pg_catalog.lo_create(oid)', 'EXECUTE')
    UNION ALL
    SELECT 'connect', d.datname::text FROM pg_catalog.pg_database d
    WHERE d.datallowconn AND d.datname <> current_database() AND has_database_privilege(d.oid, 'CONNECT')
)
SELECT kind, count(*), (array_agg(name ORDER BY name))[1:5] FROM found GROUP BY kind ORDER BY kind
