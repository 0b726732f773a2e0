-- The procedures of the contract suite, for MariaDB and MySQL. Statements end with a line of two slashes.
CREATE DATABASE contract CHARACTER SET utf8mb4
//
USE contract
//
CREATE TABLE items (id int PRIMARY KEY, record_id varchar(100), label varchar(100), price decimal(20, 4))
//
INSERT INTO items VALUES
    (1, 'R-1', 'first', 10.10), (2, 'R-1', NULL, 0.0001), (3, 'R-1', '', 9999999999999999.9999), (4, 'R-2', 'x', 1)
//
CREATE TABLE digits (n int PRIMARY KEY)
//
INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
//
CREATE TABLE typed (
    `decimal` decimal(28, 10), `bigint` bigint, `float` double, `date` date, `timestamp` datetime(6), `time` time(1),
    `boolean` boolean, `null` varchar(10), `empty` varchar(10), `unicode` varchar(100), `binary` varbinary(10),
    `json` json, `unsigned` bigint unsigned, `duration` time, `year` year, `choice` enum('good', 'bad'),
    `choices` set('a', 'b', 'c'), `text` longtext, `blob` longblob
)
//
INSERT INTO typed VALUES (
    123456789012345678.1234567890, 9223372036854775807, 1.5, '2024-02-29', '2024-02-29 23:59:59.123456', '23:59:59.5',
    TRUE, NULL, '', 'Ünïcode 🦉 𝔘', X'00ff10', '{"b": [1.10, 2], "a": "x  y"}', 18446744073709551615, '-30:00:01',
    2024, 'bad', 'a,c', REPEAT('é', 5000), REPEAT('b', 5000)
)
//
CREATE PROCEDURE three_sets(IN record_id varchar(8000)) READS SQL DATA
BEGIN
    DECLARE counted int;
    SELECT count(*) INTO counted FROM items;
    SET @unused = counted;
    SELECT i.record_id, count(*) AS items FROM items i WHERE BINARY i.record_id = record_id GROUP BY 1;
    SELECT id, label FROM items WHERE false;
    SIGNAL SQLSTATE '01000' SET MESSAGE_TEXT = 'a message does not shift the sets';
    SELECT id, label, price FROM items i WHERE BINARY i.record_id = record_id ORDER BY id;
END
//
CREATE PROCEDURE one_set(record_id varchar(8000))
SELECT label, price FROM items i WHERE i.record_id = record_id ORDER BY id
//
CREATE PROCEDURE from_price(record_id varchar(8000), minimum decimal(20, 4))
SELECT label, price FROM items i WHERE i.record_id = record_id AND price >= minimum ORDER BY id
//
CREATE PROCEDURE same_names(record_id varchar(8000))
SELECT 2 AS z, 1 AS a, 'left' AS name, 'right' AS name
//
CREATE PROCEDURE outputs(IN record_id varchar(8000), INOUT note varchar(100), OUT total decimal(30, 4), OUT counted int)
BEGIN
    SET note = concat(coalesce(note, ''), '!');
    SELECT sum(price), count(*) INTO total, counted FROM items i WHERE i.record_id = record_id;
    SELECT 'a set before the output' AS told;
END
//
CREATE PROCEDURE identity(record_id varchar(8000))
SELECT @app_user AS app_user, @app_role AS app_role, @app_request_id AS request_id
//
CREATE PROCEDURE types(record_id varchar(8000))
SELECT * FROM typed
//
CREATE PROCEDURE many_rows(record_id varchar(8000), row_count bigint)
BEGIN
    SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n + 1000000 * g.n AS n,
           repeat('x', 20) AS filler
    FROM digits a, digits b, digits c, digits d, digits e, digits f, digits g LIMIT row_count;
    SELECT 'still here' AS told;
END
//
CREATE PROCEDURE sleeps(record_id varchar(8000), seconds decimal(10, 3))
BEGIN
    DO sleep(seconds);
    SELECT 'slept' AS slept;
END
//
CREATE PROCEDURE locked(record_id varchar(8000))
SELECT label FROM items i WHERE i.record_id = record_id
//
CREATE PROCEDURE raises(record_id varchar(8000))
BEGIN
    DECLARE told varchar(200) DEFAULT concat('secret of ', record_id);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = told;
END
//
CREATE PROCEDURE writes(record_id varchar(8000))
BEGIN
    INSERT INTO items VALUES (99, 'R-9', 'written', 0);
    SELECT 1 AS x;
END
//
CREATE PROCEDURE not_granted(record_id varchar(8000))
SELECT 1 AS x
//
CREATE FUNCTION scalar(record_id varchar(8000)) RETURNS decimal(10, 2) DETERMINISTIC
RETURN 12.50
//
CREATE PROCEDURE record_analyst_cancel(connection_id bigint)
IF IS_USED_LOCK(CONCAT('record_analyst.', LEFT(MD5(USER()), 16), '.', connection_id)) = connection_id THEN
    KILL QUERY connection_id;
END IF
