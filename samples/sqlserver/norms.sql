-- After the data is in: indexes, how figures are written in sentences, and what is usual, computed once for all
-- records. In a business that goes on, a nightly job would renew these tables; here the calendar stands still.

CREATE INDEX orders_of_customer ON business.orders (customer_id, ordered_on)
GO
CREATE INDEX orders_by_day ON business.orders (ordered_on)
GO
CREATE INDEX lines_of_product ON business.order_lines (product_id)
GO
CREATE INDEX shipments_of_order ON business.shipments (order_id)
GO
CREATE INDEX tickets_of_customer ON business.tickets (customer_id, opened_at)
GO
CREATE INDEX tickets_of_product ON business.tickets (product_id, opened_at)
GO
CREATE INDEX tickets_with_word ON business.ticket_words (word)
GO
CREATE INDEX postings_by_day ON business.postings (cost_centre_id, posted_on)
GO
CREATE INDEX visits_by_day ON business.visits (patient_id, visited_on)
GO

-- EUR 1,234.50: style 1 of money sets the commas.
CREATE FUNCTION business.eur (@amount decimal(28, 10)) RETURNS nvarchar(50) AS
BEGIN
    RETURN N'EUR ' + CONVERT(nvarchar(40), CAST(CAST(@amount AS decimal(17, 2)) AS money), 1);
END
GO
-- Narrow types, because SQL Server takes decimals away from the quotient of wide ones.
CREATE FUNCTION business.percent_of (@part decimal(19, 4), @whole decimal(19, 4)) RETURNS decimal(19, 1) AS
BEGIN
    RETURN CAST(100 * @part / NULLIF(@whole, 0) AS decimal(19, 1));
END
GO
-- As short as it can be written: 850, 0.4
CREATE FUNCTION business.plain (@amount decimal(28, 10)) RETURNS nvarchar(50) AS
BEGIN
    RETURN FORMAT(@amount, N'0.##########', N'en-US');
END
GO
CREATE FUNCTION business.hours_between (@first datetime2(0), @later datetime2(0)) RETURNS decimal(19, 6) AS
BEGIN
    RETURN CAST(DATEDIFF(second, @first, @later) AS decimal(19, 6)) / 3600;
END
GO

-- Each customer's last 12 months, and the place that gives it in its segment.
WITH years AS (
    SELECT c.customer_id, c.segment, COUNT(o.order_id) AS orders,
           CAST(COALESCE(SUM(o.total_eur), 0) AS decimal(14, 2)) AS total_eur,
           CAST(AVG(o.total_eur) AS decimal(18, 6)) AS average_eur,
           COUNT(CASE WHEN o.status = N'Returned' THEN 1 END) AS returned
    FROM business.customers c
    LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> N'Cancelled'
        AND o.ordered_on > (SELECT DATEADD(month, -12, a.as_of) FROM business.calendar a)
    GROUP BY c.customer_id, c.segment
)
SELECT y.customer_id, y.segment, y.orders, y.total_eur, y.average_eur, y.returned,
       RANK() OVER (PARTITION BY y.segment ORDER BY y.total_eur DESC) AS place,
       COUNT(*) OVER (PARTITION BY y.segment) AS places
INTO business.customer_years
FROM years y
GO
CREATE UNIQUE CLUSTERED INDEX year_of_customer ON business.customer_years (customer_id)
GO
WITH measures AS (
    SELECT y.segment, N'orders' AS measure, CAST(y.orders AS decimal(18, 6)) AS value FROM business.customer_years y
    UNION ALL
    SELECT y.segment, N'total', CAST(y.total_eur AS decimal(18, 6)) FROM business.customer_years y
    UNION ALL
    SELECT y.segment, N'average', y.average_eur FROM business.customer_years y WHERE y.average_eur IS NOT NULL
    UNION ALL
    SELECT y.segment, N'returned', CAST(y.returned AS decimal(18, 6)) FROM business.customer_years y
), placed AS (
    SELECT m.segment, m.measure, m.value, ROW_NUMBER() OVER (PARTITION BY m.segment, m.measure ORDER BY m.value) AS place,
           COUNT(*) OVER (PARTITION BY m.segment, m.measure) AS places
    FROM measures m
), medians AS (
    SELECT p.segment, p.measure, AVG(p.value) AS value FROM placed p
    WHERE p.place IN ((p.places + 1) / 2, (p.places + 2) / 2) GROUP BY p.segment, p.measure
)
SELECT m.segment, CAST(ROUND(MAX(CASE WHEN m.measure = N'orders' THEN m.value END), 0) AS int) AS orders,
       CAST(MAX(CASE WHEN m.measure = N'total' THEN m.value END) AS decimal(14, 2)) AS total_eur,
       CAST(MAX(CASE WHEN m.measure = N'average' THEN m.value END) AS decimal(14, 2)) AS average_eur,
       CAST(ROUND(MAX(CASE WHEN m.measure = N'returned' THEN m.value END), 0) AS int) AS returned
INTO business.segment_medians
FROM medians m GROUP BY m.segment
GO

-- The clauses in force of all contracts, with how often their wording and what figure is usual in the kind.
SELECT d.kind, c.document_id, c.version, c.clause_no, c.clause_type, c.variant, c.figure, c.unit, c.clause_text
INTO business.clauses_in_force
FROM business.clauses c
JOIN business.documents d ON d.document_id = c.document_id
WHERE c.version = (SELECT MAX(v.version) FROM business.document_versions v WHERE v.document_id = c.document_id)
GO
CREATE INDEX clauses_of_document ON business.clauses_in_force (document_id)
GO
WITH counted AS (
    SELECT f.kind, f.clause_type, f.variant, COUNT(*) AS used
    FROM business.clauses_in_force f GROUP BY f.kind, f.clause_type, f.variant
)
SELECT c.kind, c.clause_type, c.variant, c.used, SUM(c.used) OVER (PARTITION BY c.kind, c.clause_type) AS of_clauses
INTO business.clause_wordings
FROM counted c
GO
WITH placed AS (
    SELECT f.kind, f.clause_type, f.figure, ROW_NUMBER() OVER (PARTITION BY f.kind, f.clause_type ORDER BY f.figure) AS place,
           COUNT(*) OVER (PARTITION BY f.kind, f.clause_type) AS places
    FROM business.clauses_in_force f WHERE f.figure IS NOT NULL
)
SELECT p.kind, p.clause_type, p.figure AS usual
INTO business.clause_figures
FROM placed p WHERE p.place = (p.places + 1) / 2
GO

-- With how many decimals each test is reported.
SELECT l.test, MAX(CASE WHEN l.value = ROUND(l.value, 0) THEN 0 WHEN l.value = ROUND(l.value, 1) THEN 1 ELSE 2 END) AS decimals
INTO business.lab_decimals
FROM business.labs l GROUP BY l.test
GO
CREATE UNIQUE CLUSTERED INDEX decimals_of_test ON business.lab_decimals (test)
GO
CREATE FUNCTION business.measured (@amount decimal(10, 2), @decimals int) RETURNS nvarchar(20) AS
BEGIN
    RETURN CASE @decimals WHEN 0 THEN CAST(CAST(@amount AS decimal(10, 0)) AS nvarchar(20))
                          WHEN 1 THEN CAST(CAST(@amount AS decimal(10, 1)) AS nvarchar(20))
                          ELSE CAST(@amount AS nvarchar(20)) END;
END
GO
