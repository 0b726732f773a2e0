-- Every routine of this name that the login can see; schema '' means: along the search path.
SELECT n.nspname, p.proname, p.prokind::text, p.proretset, p.prorettype::int8,
       coalesce(p.proargnames, '{}')::text[] AS names,
       coalesce(p.proargmodes, array_fill('i'::"char", ARRAY[cardinality(p.proargtypes::oid[])]))::text[] AS modes,
       ARRAY(SELECT format_type(one.oid, NULL)
             FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS one (oid, place)
             ORDER BY one.place) AS types,
       p.pronargdefaults::int4 AS defaults,
       has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(n.oid, 'USAGE') AS granted
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p')
  AND CASE WHEN %(schema)s = '' THEN pg_function_is_visible(p.oid) ELSE lower(n.nspname) = lower(%(schema)s) END
  AND lower(p.proname) = lower(%(name)s)
ORDER BY n.nspname <> %(schema)s, p.proname <> %(name)s, p.oid
