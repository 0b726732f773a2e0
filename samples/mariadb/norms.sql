-- After the data is in: indexes, how figures are written in sentences, and what is usual, computed once for all
-- records. In a business that goes on, a nightly job would renew these tables; here the calendar stands still.
CREATE INDEX orders_of_customer ON orders (customer_id, ordered_on)
//
CREATE INDEX orders_by_day ON orders (ordered_on)
//
CREATE INDEX tickets_of_customer ON tickets (customer_id, opened_at)
//
CREATE INDEX tickets_of_product ON tickets (product_id, opened_at)
//
CREATE INDEX tickets_with_word ON ticket_words (word)
//
CREATE INDEX postings_by_day ON postings (cost_centre_id, posted_on)
//
CREATE INDEX visits_by_day ON visits (patient_id, visited_on)
//
CREATE FUNCTION eur(amount decimal(30, 10)) RETURNS varchar(50) DETERMINISTIC NO SQL
RETURN CONCAT('EUR ', FORMAT(amount, 2, 'en_US'))
//
CREATE FUNCTION percent(part decimal(30, 10), whole decimal(30, 10)) RETURNS decimal(30, 1) DETERMINISTIC NO SQL
RETURN ROUND(100 * part / NULLIF(whole, 0), 1)
//
-- As short as it can be written: 850, 0.4
CREATE FUNCTION plain(amount decimal(30, 10)) RETURNS varchar(50) DETERMINISTIC NO SQL
RETURN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(amount AS char)))
//
CREATE FUNCTION hours_between(first datetime, later datetime) RETURNS decimal(30, 10) DETERMINISTIC NO SQL
RETURN TIMESTAMPDIFF(SECOND, first, later) * 1.0000000000 / 3600
//

-- Each customer's last 12 months, and the place that gives it in its segment.
CREATE TABLE customer_years AS
WITH years AS (
    SELECT c.customer_id, c.segment, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur,
           AVG(o.total_eur) AS average_eur, COUNT(CASE WHEN o.status = 'Returned' THEN 1 END) AS returned
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
        AND o.ordered_on > (SELECT as_of FROM calendar) - INTERVAL 12 MONTH
    GROUP BY c.customer_id, c.segment
)
SELECT y.*, RANK() OVER (PARTITION BY segment ORDER BY total_eur DESC) AS place,
       COUNT(*) OVER (PARTITION BY segment) AS places
FROM years y
//
ALTER TABLE customer_years ADD PRIMARY KEY (customer_id)
//
CREATE TABLE segment_medians AS
WITH measures AS (
    SELECT segment, 'orders' AS measure, CAST(orders AS decimal(20, 6)) AS value FROM customer_years
    UNION ALL SELECT segment, 'total', total_eur FROM customer_years
    UNION ALL SELECT segment, 'average', average_eur FROM customer_years WHERE average_eur IS NOT NULL
    UNION ALL SELECT segment, 'returned', returned FROM customer_years
), placed AS (
    SELECT m.*, ROW_NUMBER() OVER (PARTITION BY segment, measure ORDER BY value) AS place,
           COUNT(*) OVER (PARTITION BY segment, measure) AS places
    FROM measures m
), medians AS (
    SELECT segment, measure, AVG(value) AS value FROM placed
    WHERE place IN ((places + 1) DIV 2, (places + 2) DIV 2) GROUP BY segment, measure
)
SELECT segment, CAST(ROUND(MAX(CASE measure WHEN 'orders' THEN value END)) AS SIGNED) AS orders,
       ROUND(MAX(CASE measure WHEN 'total' THEN value END), 2) AS total_eur,
       ROUND(MAX(CASE measure WHEN 'average' THEN value END), 2) AS average_eur,
       CAST(ROUND(MAX(CASE measure WHEN 'returned' THEN value END)) AS SIGNED) AS returned
FROM medians GROUP BY segment
//

-- The clauses in force of all contracts, with how often their wording and what figure is usual in the kind.
CREATE TABLE clauses_in_force AS
SELECT d.kind, c.*
FROM clauses c
JOIN documents d ON d.document_id = c.document_id
WHERE c.version = (SELECT MAX(v.version) FROM document_versions v WHERE v.document_id = c.document_id)
//
ALTER TABLE clauses_in_force ADD INDEX (document_id)
//
CREATE TABLE clause_wordings AS
WITH counted AS (
    SELECT kind, clause_type, variant, COUNT(*) AS used FROM clauses_in_force GROUP BY kind, clause_type, variant
)
SELECT c.*, CAST(SUM(used) OVER (PARTITION BY kind, clause_type) AS SIGNED) AS of_clauses FROM counted c
//
CREATE TABLE clause_figures AS
WITH placed AS (
    SELECT kind, clause_type, figure, ROW_NUMBER() OVER (PARTITION BY kind, clause_type ORDER BY figure) AS place,
           COUNT(*) OVER (PARTITION BY kind, clause_type) AS places
    FROM clauses_in_force WHERE figure IS NOT NULL
)
SELECT kind, clause_type, figure AS usual FROM placed WHERE place = (places + 1) DIV 2
//

-- With how many decimals each test is reported.
CREATE TABLE lab_decimals AS
SELECT test, MAX(CASE WHEN value = ROUND(value) THEN 0 WHEN value = ROUND(value, 1) THEN 1 ELSE 2 END) AS decimals
FROM labs GROUP BY test
//
ALTER TABLE lab_decimals ADD PRIMARY KEY (test)
//
CREATE FUNCTION measured(amount decimal(10, 2), decimals integer) RETURNS varchar(20) DETERMINISTIC NO SQL
RETURN CASE decimals WHEN 0 THEN CAST(CAST(amount AS decimal(10, 0)) AS char)
                     WHEN 1 THEN CAST(CAST(amount AS decimal(10, 1)) AS char) ELSE CAST(amount AS char) END
//
-- Ends what another session of the same login runs: while a procedure works with its owner's rights, the login itself
-- may not. Sessions of Record Analyst carry a mark, a lock of their own; nobody else's are ended.
CREATE PROCEDURE record_analyst_cancel(connection_id bigint)
IF IS_USED_LOCK(CONCAT('record_analyst.', LEFT(MD5(USER()), 16), '.', connection_id)) = connection_id THEN
    KILL QUERY connection_id;
END IF
//
