-- What is usual, computed once for all records when the data is in. In a business that goes on, a nightly job would
-- refresh these (REFRESH MATERIALIZED VIEW); here the data and its calendar stand still.

-- Each customer's last 12 months, and the place that gives it in its segment.
CREATE MATERIALIZED VIEW business.customer_years AS
WITH years AS (
    SELECT c.customer_id, c.segment, count(o.order_id) AS orders, coalesce(sum(o.total_eur), 0.00) AS total_eur,
           avg(o.total_eur) AS average_eur, count(*) FILTER (WHERE o.status = 'Returned') AS returned
    FROM business.customers c
    LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
        AND o.ordered_on > (SELECT as_of FROM business.calendar) - interval '12 months'
    GROUP BY c.customer_id, c.segment
)
SELECT *, rank() OVER (PARTITION BY segment ORDER BY total_eur DESC) AS place,
       count(*) OVER (PARTITION BY segment) AS places
FROM years;
CREATE UNIQUE INDEX ON business.customer_years (customer_id);

CREATE MATERIALIZED VIEW business.segment_medians AS
SELECT segment,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY orders))::numeric)::bigint AS orders,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY total_eur))::numeric, 2) AS total_eur,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY average_eur))::numeric, 2) AS average_eur,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY returned))::numeric)::bigint AS returned
FROM business.customer_years GROUP BY segment;
CREATE UNIQUE INDEX ON business.segment_medians (segment);

-- The clauses in force of all contracts, with how often their wording and what figure is usual in the kind.
CREATE MATERIALIZED VIEW business.clauses_in_force AS
SELECT d.kind, c.*
FROM business.clauses c
JOIN business.documents d USING (document_id)
WHERE c.version = (SELECT max(v.version) FROM business.document_versions v WHERE v.document_id = c.document_id);
CREATE INDEX ON business.clauses_in_force (document_id);

CREATE MATERIALIZED VIEW business.clause_wordings AS
SELECT kind, clause_type, variant, count(*) AS used, sum(count(*)) OVER (PARTITION BY kind, clause_type) AS of_clauses
FROM business.clauses_in_force GROUP BY kind, clause_type, variant;
CREATE INDEX ON business.clause_wordings (kind, clause_type);

CREATE MATERIALIZED VIEW business.clause_figures AS
SELECT kind, clause_type, percentile_disc(0.5) WITHIN GROUP (ORDER BY figure) AS usual
FROM business.clauses_in_force WHERE figure IS NOT NULL GROUP BY kind, clause_type;
CREATE INDEX ON business.clause_figures (kind, clause_type);

ANALYZE business.customer_years, business.segment_medians, business.clauses_in_force, business.clause_wordings,
        business.clause_figures;
