-- After the data is in: indexes, how figures are written in sentences, and what is usual, computed once for all
-- records. In a business that goes on, a nightly job would renew these tables; here the calendar stands still.

CREATE INDEX business.orders_of_customer ON business.orders (customer_id, ordered_on)
/
CREATE INDEX business.orders_by_day ON business.orders (ordered_on)
/
CREATE INDEX business.lines_of_product ON business.order_lines (product_id)
/
CREATE INDEX business.shipments_of_order ON business.shipments (order_id)
/
CREATE INDEX business.tickets_of_customer ON business.tickets (customer_id, opened_at)
/
CREATE INDEX business.tickets_of_product ON business.tickets (product_id, opened_at)
/
CREATE INDEX business.tickets_with_word ON business.ticket_words (word)
/
CREATE INDEX business.postings_by_day ON business.postings (cost_centre_id, posted_on)
/
CREATE INDEX business.visits_by_day ON business.visits (patient_id, visited_on)
/

-- Functions name the separators of a number: a session may have others.
CREATE FUNCTION business.eur (amount IN NUMBER) RETURN VARCHAR2 DETERMINISTIC AS
BEGIN
    RETURN 'EUR ' || TO_CHAR(amount, 'FM999,999,999,990.00', 'NLS_NUMERIC_CHARACTERS = ''.,''');
END;
/
CREATE FUNCTION business.percent_of (part IN NUMBER, whole IN NUMBER) RETURN NUMBER DETERMINISTIC AS
BEGIN
    RETURN ROUND(100 * part / NULLIF(whole, 0), 1);
END;
/
-- With one decimal, the 0 too: 12.0
CREATE FUNCTION business.tenths (amount IN NUMBER) RETURN VARCHAR2 DETERMINISTIC AS
BEGIN
    RETURN TO_CHAR(amount, 'FM9999999990.0', 'NLS_NUMERIC_CHARACTERS = ''.,''');
END;
/
-- As short as it can be written: 850, 0.4
CREATE FUNCTION business.plain (amount IN NUMBER) RETURN VARCHAR2 DETERMINISTIC AS
BEGIN
    RETURN RTRIM(TO_CHAR(amount, 'FM9999999990.9999999999', 'NLS_NUMERIC_CHARACTERS = ''.,'''), '.');
END;
/
-- With as many decimals as the laboratory reports.
CREATE FUNCTION business.measured (amount IN NUMBER, decimals IN NUMBER) RETURN VARCHAR2 DETERMINISTIC AS
BEGIN
    RETURN TO_CHAR(amount, CASE decimals WHEN 0 THEN 'FM9999999990' WHEN 1 THEN 'FM9999999990.0' ELSE 'FM9999999990.00' END,
                   'NLS_NUMERIC_CHARACTERS = ''.,''');
END;
/
CREATE FUNCTION business.hours_between (first IN TIMESTAMP, later IN TIMESTAMP) RETURN NUMBER DETERMINISTIC AS
BEGIN
    RETURN ROUND((CAST(later AS DATE) - CAST(first AS DATE)) * 86400) / 3600;
END;
/
-- The same day of a later month, or the last day of a shorter one. ADD_MONTHS moves the last day of a month to the last
-- day of the other: 28 February and one month are 31 March there, and 28 March here.
CREATE FUNCTION business.months_later (day IN DATE, months IN NUMBER) RETURN DATE DETERMINISTIC AS
    first_day CONSTANT DATE := ADD_MONTHS(TRUNC(day, 'MM'), months);
BEGIN
    RETURN LEAST(first_day + (TRUNC(day) - TRUNC(day, 'MM')), LAST_DAY(first_day));
END;
/

-- What support_ticket keeps while it runs.
CREATE TYPE business.similar_ticket AS OBJECT (place NUMBER, ticket_id VARCHAR2(20 CHAR), similarity NUMBER);
/
CREATE TYPE business.similar_tickets AS TABLE OF business.similar_ticket;
/

-- Each customer's last 12 months, and the place that gives it in its segment.
CREATE TABLE business.customer_years AS
WITH years AS (
    SELECT c.customer_id, c.segment, COUNT(o.order_id) AS orders,
           CAST(COALESCE(SUM(o.total_eur), 0) AS NUMBER(14, 2)) AS total_eur,
           CAST(AVG(o.total_eur) AS NUMBER(18, 6)) AS average_eur,
           COUNT(CASE WHEN o.status = 'Returned' THEN 1 END) AS returned
    FROM business.customers c
    LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
        AND o.ordered_on > (SELECT business.months_later(a.as_of, -12) FROM business.calendar a)
    GROUP BY c.customer_id, c.segment
)
SELECT y.customer_id, y.segment, y.orders, y.total_eur, y.average_eur, y.returned,
       RANK() OVER (PARTITION BY y.segment ORDER BY y.total_eur DESC) AS place,
       COUNT(*) OVER (PARTITION BY y.segment) AS places
FROM years y
/
CREATE UNIQUE INDEX business.year_of_customer ON business.customer_years (customer_id)
/
CREATE TABLE business.segment_medians AS
SELECT y.segment, CAST(ROUND(MEDIAN(y.orders)) AS NUMBER(10)) AS orders,
       CAST(MEDIAN(y.total_eur) AS NUMBER(14, 2)) AS total_eur, CAST(MEDIAN(y.average_eur) AS NUMBER(14, 2)) AS average_eur,
       CAST(ROUND(MEDIAN(y.returned)) AS NUMBER(10)) AS returned
FROM business.customer_years y GROUP BY y.segment
/

-- The clauses in force of all contracts, with how often their wording and what figure is usual in the kind.
CREATE TABLE business.clauses_in_force AS
SELECT d.kind, c.document_id, c.version, c.clause_no, c.clause_type, c.variant, c.figure, c.unit, c.clause_text
FROM business.clauses c
JOIN business.documents d ON d.document_id = c.document_id
WHERE c.version = (SELECT MAX(v.version) FROM business.document_versions v WHERE v.document_id = c.document_id)
/
CREATE INDEX business.clauses_of_document ON business.clauses_in_force (document_id)
/
CREATE TABLE business.clause_wordings AS
WITH counted AS (
    SELECT f.kind, f.clause_type, f.variant, COUNT(*) AS used
    FROM business.clauses_in_force f GROUP BY f.kind, f.clause_type, f.variant
)
SELECT c.kind, c.clause_type, c.variant, c.used, SUM(c.used) OVER (PARTITION BY c.kind, c.clause_type) AS of_clauses
FROM counted c
/
CREATE TABLE business.clause_figures AS
SELECT f.kind, f.clause_type, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY f.figure) AS usual
FROM business.clauses_in_force f WHERE f.figure IS NOT NULL GROUP BY f.kind, f.clause_type
/

-- With how many decimals each test is reported.
CREATE TABLE business.lab_decimals AS
SELECT l.test, MAX(CASE WHEN l.value = ROUND(l.value, 0) THEN 0 WHEN l.value = ROUND(l.value, 1) THEN 1 ELSE 2 END)
    AS decimals
FROM business.labs l GROUP BY l.test
/
CREATE UNIQUE INDEX business.decimals_of_test ON business.lab_decimals (test)
/
