-- The procedures of the contract suite, for Oracle 18c and later. Statements end with a line of /.
CREATE TABLE contract.items (id NUMBER(10) PRIMARY KEY, record_id VARCHAR2(100), label VARCHAR2(100), price NUMBER(20, 4))
/
INSERT ALL
    INTO contract.items VALUES (1, 'R-1', 'first', 10.10)
    INTO contract.items VALUES (2, 'R-1', NULL, 0.0001)
    INTO contract.items VALUES (3, 'R-1', '', 9999999999999999.9999)
    INTO contract.items VALUES (4, 'R-2', 'x', 1)
SELECT 1 FROM dual
/
CREATE PROCEDURE contract.three_sets (record_id IN VARCHAR2) AS
    header  SYS_REFCURSOR;
    nothing SYS_REFCURSOR;
    lines   SYS_REFCURSOR;
    counted NUMBER;
BEGIN
    SELECT COUNT(*) INTO counted FROM contract.items;
    OPEN header FOR
        SELECT i.record_id, COUNT(*) AS items FROM contract.items i
        WHERE i.record_id = three_sets.record_id GROUP BY i.record_id;
    DBMS_SQL.RETURN_RESULT(header);
    OPEN nothing FOR SELECT i.id, i.label FROM contract.items i WHERE 1 = 0;
    DBMS_SQL.RETURN_RESULT(nothing);
    OPEN lines FOR
        SELECT i.id, i.label, i.price FROM contract.items i WHERE i.record_id = three_sets.record_id ORDER BY i.id;
    DBMS_SQL.RETURN_RESULT(lines);
END;
/
CREATE PROCEDURE contract.one_set (record_id IN VARCHAR2, prices OUT SYS_REFCURSOR) AS
BEGIN
    OPEN prices FOR
        SELECT i.label, i.price FROM contract.items i WHERE i.record_id = one_set.record_id ORDER BY i.id;
END;
/
CREATE PROCEDURE contract.from_price (record_id IN VARCHAR2, minimum IN NUMBER) AS
    found SYS_REFCURSOR;
BEGIN
    OPEN found FOR
        SELECT i.label, i.price FROM contract.items i
        WHERE i.record_id = from_price.record_id AND i.price >= minimum ORDER BY i.id;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.same_names (record_id IN VARCHAR2) AS
    found SYS_REFCURSOR;
BEGIN
    OPEN found FOR SELECT 2 AS z, 1 AS a, 'left' AS name, 'right' AS name FROM dual;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.outputs
    (record_id IN VARCHAR2, note IN OUT VARCHAR2, total OUT NUMBER, counted OUT NUMBER) AS
    found SYS_REFCURSOR;
BEGIN
    note := note || '!';
    SELECT SUM(i.price), COUNT(*) INTO total, counted FROM contract.items i WHERE i.record_id = outputs.record_id;
    OPEN found FOR SELECT 'a set before the output' AS told FROM dual;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.identity (record_id IN VARCHAR2) AS
    found SYS_REFCURSOR;
BEGIN
    OPEN found FOR
        SELECT SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER') AS app_user, SYS_CONTEXT('USERENV', 'CLIENT_INFO') AS app_role,
               SYS_CONTEXT('USERENV', 'ACTION') AS request_id
        FROM dual;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.types (record_id IN VARCHAR2) AS
    found SYS_REFCURSOR;
BEGIN
    OPEN found FOR
        SELECT CAST(123456789012345678.1234567890 AS NUMBER(28, 10)) AS "decimal",
               CAST(9223372036854775807 AS NUMBER(19)) AS "bigint", CAST(1.5 AS BINARY_DOUBLE) AS "float",
               DATE '2024-02-29' AS "date", TIMESTAMP '2024-02-29 23:59:59.123456' AS "timestamp",
               INTERVAL '23:59:59.5' HOUR TO SECOND AS "time", CAST(1 AS NUMBER(1)) AS "boolean",
               CAST(NULL AS VARCHAR2(10)) AS "null", CAST('' AS VARCHAR2(10)) AS "empty",
               TO_NCLOB('Ünïcode 🦉 𝔘') AS "unicode", HEXTORAW('00ff10') AS "binary",
               TO_CLOB('{"b":[1.10,2],"a":"x  y"}') AS "json"
        FROM dual;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.many_rows (record_id IN VARCHAR2, row_count IN NUMBER) AS
    many  SYS_REFCURSOR;
    after SYS_REFCURSOR;
BEGIN
    OPEN many FOR
        SELECT ROWNUM AS n, RPAD('x', 20, 'x') AS filler
        FROM (SELECT 1 AS one FROM dual CONNECT BY LEVEL <= 1000) a
        CROSS JOIN (SELECT 1 AS one FROM dual CONNECT BY LEVEL <= 1000) b
        WHERE ROWNUM <= row_count;
    DBMS_SQL.RETURN_RESULT(many);
    OPEN after FOR SELECT 'still here' AS told FROM dual;
    DBMS_SQL.RETURN_RESULT(after);
END;
/
CREATE PROCEDURE contract.sleeps (record_id IN VARCHAR2, seconds IN NUMBER) AS
    found SYS_REFCURSOR;
BEGIN
    DBMS_SESSION.SLEEP(seconds);
    OPEN found FOR SELECT 'slept' AS slept FROM dual;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
-- Reading waits for nobody on Oracle, so this one asks for the lock.
CREATE PROCEDURE contract.locked (record_id IN VARCHAR2) AS
    found SYS_REFCURSOR;
BEGIN
    LOCK TABLE contract.items IN SHARE MODE;
    OPEN found FOR SELECT i.label FROM contract.items i WHERE i.record_id = locked.record_id;
    DBMS_SQL.RETURN_RESULT(found);
END;
/
CREATE PROCEDURE contract.raises (record_id IN VARCHAR2) AS
BEGIN
    RAISE_APPLICATION_ERROR(-20001, 'secret of ' || record_id);
END;
/
CREATE PROCEDURE contract.writes (record_id IN VARCHAR2) AS
BEGIN
    INSERT INTO contract.items VALUES (99, 'R-9', 'written', 0);
END;
/
CREATE PROCEDURE contract.not_granted (record_id IN VARCHAR2) AS
BEGIN
    NULL;
END;
/
CREATE FUNCTION contract.scalar (record_id IN VARCHAR2) RETURN NUMBER AS
BEGIN
    RETURN 12.50;
END;
/
