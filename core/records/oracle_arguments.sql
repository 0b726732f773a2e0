-- The arguments of a procedure or function, of all its overloads; its return value has position 0.
SELECT p.owner, p.object_type, p.object_name, p.procedure_name, NVL(p.overload, '0'), a.position, a.argument_name,
       a.in_out, NVL(a.pls_type, a.data_type), NVL(a.defaulted, 'N')
FROM all_procedures p
LEFT JOIN all_arguments a
    ON a.object_id = p.object_id AND a.subprogram_id = p.subprogram_id AND a.data_level = 0 AND a.data_type IS NOT NULL
WHERE p.owner = NVL(:owner, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'))
  AND p.object_name = NVL(:package, :name)
  AND (:package IS NULL AND p.procedure_name IS NULL AND p.object_type IN ('PROCEDURE', 'FUNCTION')
       OR p.procedure_name = :name)
ORDER BY 5, a.position
