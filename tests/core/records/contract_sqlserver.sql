-- The procedures of the contract suite, for SQL Server. Statements end with a line of GO.
CREATE SCHEMA contract
GO
CREATE TABLE contract.items (id int PRIMARY KEY, record_id nvarchar(100), label nvarchar(100), price decimal(20, 4))
GO
INSERT INTO contract.items VALUES
    (1, 'R-1', 'first', 10.10), (2, 'R-1', NULL, 0.0001), (3, 'R-1', '', 9999999999999999.9999), (4, 'R-2', 'x', 1)
GO
CREATE PROCEDURE contract.three_sets @record_id nvarchar(4000) AS
BEGIN
    DECLARE @counted int;
    SELECT @counted = COUNT(*) FROM contract.items;
    PRINT 'a message does not shift the sets';
    SELECT i.record_id, COUNT(*) AS items FROM contract.items i
    WHERE i.record_id = @record_id AND DATALENGTH(i.record_id) = DATALENGTH(@record_id) GROUP BY i.record_id;
    UPDATE contract.items SET label = label WHERE 1 = 0;
    SELECT id, label FROM contract.items WHERE 1 = 0;
    SELECT i.id, i.label, i.price FROM contract.items i
    WHERE i.record_id = @record_id AND DATALENGTH(i.record_id) = DATALENGTH(@record_id) ORDER BY i.id;
END
GO
CREATE PROCEDURE contract.one_set @record_id nvarchar(4000) AS
SELECT label, price FROM contract.items i WHERE i.record_id = @record_id ORDER BY id
GO
CREATE PROCEDURE contract.from_price @record_id nvarchar(4000), @minimum decimal(20, 4) AS
SELECT label, price FROM contract.items i WHERE i.record_id = @record_id AND price >= @minimum ORDER BY id
GO
CREATE PROCEDURE contract.same_names @record_id nvarchar(4000) AS
SELECT 2 AS z, 1 AS a, 'left' AS name, 'right' AS name
GO
CREATE PROCEDURE contract.outputs
    @record_id nvarchar(4000), @note nvarchar(100) OUTPUT, @total decimal(30, 4) OUTPUT, @counted int OUTPUT AS
BEGIN
    SET @note = CONCAT(@note, '!');
    SELECT @total = SUM(price), @counted = COUNT(*) FROM contract.items i WHERE i.record_id = @record_id;
    SELECT 'a set before the output' AS told;
END
GO
CREATE PROCEDURE contract.[identity] @record_id nvarchar(4000) AS
SELECT CAST(SESSION_CONTEXT(N'app.user') AS nvarchar(200)) AS app_user,
       CAST(SESSION_CONTEXT(N'app.role') AS nvarchar(200)) AS app_role,
       CAST(SESSION_CONTEXT(N'app.request_id') AS nvarchar(200)) AS request_id
GO
CREATE PROCEDURE contract.types @record_id nvarchar(4000) AS
SELECT CAST(123456789012345678.1234567890 AS decimal(28, 10)) AS [decimal], CAST(9223372036854775807 AS bigint) AS [bigint],
       CAST(1.5 AS float) AS [float], CAST('2024-02-29' AS date) AS [date],
       CAST('2024-02-29T23:59:59.123456' AS datetime2(6)) AS [timestamp], CAST('23:59:59.5' AS time(1)) AS [time],
       CAST(1 AS bit) AS boolean, CAST(NULL AS nvarchar(10)) AS [null], N'' AS empty, N'Ünïcode 🦉 𝔘' AS unicode,
       0x00ff10 AS [binary], N'{"b":[1.10,2],"a":"x  y"}' AS json,
       CAST('2024-02-29T23:59:59+02:00' AS datetimeoffset(0)) AS zoned,
       CAST('550e8400-e29b-41d4-a716-446655440000' AS uniqueidentifier) AS uuid
GO
CREATE PROCEDURE contract.many_rows @record_id nvarchar(4000), @row_count bigint AS
BEGIN
    WITH digits (n) AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS d (n))
    SELECT TOP (@row_count) a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n AS n,
           REPLICATE('x', 20) AS filler
    FROM digits a, digits b, digits c, digits d, digits e, digits f;
    SELECT 'still here' AS told;
END
GO
CREATE PROCEDURE contract.sleeps @record_id nvarchar(4000), @seconds decimal(10, 3) AS
BEGIN
    DECLARE @until char(12) = CONVERT(char(12), DATEADD(millisecond, CAST(@seconds * 1000 AS int), CAST('00:00' AS datetime)), 114);
    WAITFOR DELAY @until;
    SELECT 'slept' AS slept;
END
GO
CREATE PROCEDURE contract.locked @record_id nvarchar(4000) AS
SELECT label FROM contract.items i WHERE i.record_id = @record_id
GO
CREATE PROCEDURE contract.raises @record_id nvarchar(4000) AS
BEGIN
    DECLARE @told nvarchar(200) = CONCAT('secret of ', @record_id);
    THROW 50001, @told, 1;
END
GO
CREATE PROCEDURE contract.writes @record_id nvarchar(4000) AS
BEGIN
    INSERT INTO contract.items VALUES (99, 'R-9', 'written', 0);
    SELECT 1 AS x;
END
GO
CREATE PROCEDURE contract.not_granted @record_id nvarchar(4000) AS
SELECT 1 AS x
GO
CREATE FUNCTION contract.scalar(@record_id nvarchar(4000)) RETURNS decimal(10, 2) AS
BEGIN
    RETURN 12.50;
END
GO
