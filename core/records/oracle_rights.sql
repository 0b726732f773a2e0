-- What the login may do: kind and name, one row each.
SELECT 'system', privilege FROM session_privs WHERE privilege <> 'CREATE SESSION'
UNION ALL
SELECT 'role', role FROM session_roles
UNION ALL
SELECT 'read', owner || '.' || table_name FROM user_tab_privs_recd WHERE privilege IN ('SELECT', 'READ')
UNION ALL
SELECT DISTINCT 'write', owner || '.' || table_name FROM user_tab_privs_recd
WHERE privilege IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER')
UNION ALL
SELECT 'execute', owner || '.' || table_name FROM user_tab_privs_recd WHERE privilege = 'EXECUTE'
UNION ALL
SELECT 'own', object_type || ' ' || object_name FROM user_objects
ORDER BY 1, 2
