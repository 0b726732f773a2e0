-- The parameters of a procedure or function; one row with an empty name where it has none.
SELECT s.name, o.name, RTRIM(o.type), ISNULL(p.name, ''),
       CASE WHEN t.name IN ('decimal', 'numeric') THEN CONCAT(t.name, '(', p.precision, ',', p.scale, ')')
            WHEN t.name IN ('nvarchar', 'nchar') AND p.max_length > 0 THEN CONCAT(t.name, '(', p.max_length / 2, ')')
            WHEN t.name IN ('varchar', 'char', 'varbinary', 'binary') AND p.max_length > 0
                THEN CONCAT(t.name, '(', p.max_length, ')')
            WHEN p.max_length = -1 AND t.name IN ('nvarchar', 'varchar', 'varbinary') THEN CONCAT(t.name, '(max)')
            WHEN t.name IN ('datetime2', 'datetimeoffset', 'time') THEN CONCAT(t.name, '(', p.scale, ')')
            ELSE t.name END,
       ISNULL(p.is_output, 0)
FROM sys.objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
LEFT JOIN sys.parameters p ON p.object_id = o.object_id AND p.parameter_id > 0
LEFT JOIN sys.types t ON t.user_type_id = p.user_type_id
WHERE o.object_id = OBJECT_ID(?) AND o.type IN ('P', 'PC', 'X', 'IF', 'TF', 'FN')
  AND HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT',
                        CASE WHEN o.type IN ('IF', 'TF') THEN 'SELECT' ELSE 'EXECUTE' END) = 1
ORDER BY p.parameter_id
