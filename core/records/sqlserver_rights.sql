-- What the login may do: kind and name, one row each.
SELECT 'server role', r.name FROM sys.server_principals r
WHERE r.type = 'R' AND r.name <> 'public' AND IS_SRVROLEMEMBER(r.name) = 1
UNION ALL
SELECT 'database role', r.name FROM sys.database_principals r
WHERE r.type = 'R' AND r.name <> 'public' AND IS_ROLEMEMBER(r.name) = 1
UNION ALL
SELECT 'database right', p.permission_name FROM sys.fn_my_permissions(NULL, 'DATABASE') p
WHERE p.permission_name NOT IN ('CONNECT', 'VIEW ANY COLUMN ENCRYPTION KEY DEFINITION',
                                'VIEW ANY COLUMN MASTER KEY DEFINITION')
UNION ALL
SELECT 'read', CONCAT(s.name, '.', o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V') AND HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'SELECT') = 1
UNION ALL
SELECT 'write', CONCAT(s.name, '.', o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V')
  AND 1 IN (HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'INSERT'),
            HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'UPDATE'),
            HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'DELETE'))
UNION ALL
SELECT 'execute', CONCAT(s.name, '.', o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE o.type IN ('P', 'PC', 'FN')
  AND HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'EXECUTE') = 1
ORDER BY 1, 2
