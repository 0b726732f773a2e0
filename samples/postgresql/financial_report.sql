-- How did this month go against the budget, why, and what should be watched?

CREATE FUNCTION business.financial_report(report_id text) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted    CONSTANT text := financial_report.report_id;
    this      CONSTANT date := (SELECT min(b.month) FROM budgets b WHERE 'FIN-' || to_char(b.month, 'YYYY-MM') = wanted);
    year_from CONSTANT date := date_trunc('year', this);
    set_report       refcursor := 'report';
    set_signals      refcursor := 'signals';
    set_cost_centres refcursor := 'cost_centres';
    set_variances    refcursor := 'variances';
    set_months       refcursor := 'months';
BEGIN
    OPEN set_report FOR
        WITH months AS (
            SELECT month, sum(budget_eur) AS budget_eur,
                   (SELECT sum(p.amount_eur) FROM postings p
                    WHERE p.posted_on >= b.month AND p.posted_on < b.month + interval '1 month') AS actual_eur
            FROM budgets b GROUP BY month
        )
        SELECT wanted AS report_id, m.month, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
               percent(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
               before.actual_eur AS previous_month_actual_eur, last_year.actual_eur AS same_month_last_year_actual_eur,
               year.budget_eur AS year_to_date_budget_eur, year.actual_eur AS year_to_date_actual_eur,
               year.actual_eur - year.budget_eur AS year_to_date_variance_eur
        FROM months m
        LEFT JOIN months before ON before.month = (m.month - interval '1 month')::date
        LEFT JOIN months last_year ON last_year.month = (m.month - interval '1 year')::date
        CROSS JOIN LATERAL (
            SELECT sum(y.budget_eur) AS budget_eur, sum(y.actual_eur) AS actual_eur
            FROM months y WHERE y.month BETWEEN year_from AND this) AS year
        WHERE m.month = this;
    RETURN NEXT set_report;

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH accounts AS (
            SELECT b.cost_centre_id, c.name, b.month, b.account, b.budget_eur, coalesce(sum(p.amount_eur), 0.00) AS actual_eur
            FROM budgets b
            JOIN cost_centres c USING (cost_centre_id)
            LEFT JOIN postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
                AND p.posted_on >= b.month AND p.posted_on < b.month + interval '1 month'
            WHERE b.month <= this AND b.month > this - interval '13 months'
            GROUP BY b.cost_centre_id, c.name, b.month, b.account, b.budget_eur
        ), of_month AS (
            SELECT * FROM postings p WHERE p.posted_on >= this AND p.posted_on < this + interval '1 month'
        ), earlier AS (
            SELECT p.*, date_trunc('month', p.posted_on)::date AS month FROM postings p
            WHERE p.posted_on < this AND p.posted_on >= this - interval '12 months'
        ), twice AS (
            SELECT a.posting_id AS first_id, a.posted_on AS first_on, b.posting_id, b.posted_on, b.cost_centre_id,
                   b.supplier, b.description, b.amount_eur
            FROM of_month b JOIN postings a ON a.cost_centre_id = b.cost_centre_id AND a.supplier = b.supplier
                AND a.amount_eur = b.amount_eur AND a.description = b.description AND a.posting_id < b.posting_id
                AND b.posted_on - a.posted_on <= 31
        ), usual_home AS (  -- where each supplier's bills were booked in the year before
            SELECT supplier, cost_centre_id, count(*) AS bills, sum(count(*)) OVER (PARTITION BY supplier) AS of_bills
            FROM earlier GROUP BY supplier, cost_centre_id
        ), strays AS (
            SELECT o.*, h.cost_centre_id AS home, h.bills FROM of_month o
            JOIN usual_home h ON h.supplier = o.supplier AND h.bills = h.of_bills AND h.bills >= 6
            WHERE h.cost_centre_id <> o.cost_centre_id
        ), missing AS (
            SELECT e.cost_centre_id, e.account, e.supplier, count(DISTINCT e.month) AS months,
                   round(avg(e.amount_eur), 2) AS usual_eur
            FROM earlier e
            WHERE NOT EXISTS (SELECT 1 FROM of_month o
                              WHERE o.cost_centre_id = e.cost_centre_id AND o.supplier = e.supplier AND o.account = e.account)
            GROUP BY e.cost_centre_id, e.account, e.supplier
            HAVING count(DISTINCT e.month) >= least(11, (SELECT count(DISTINCT month) FROM earlier))
               AND count(DISTINCT e.month) >= 3
        ), over AS (
            SELECT a.*, a.actual_eur - a.budget_eur AS over_eur, percent(a.actual_eur - a.budget_eur, a.budget_eur) AS over_percent,
                   largest.*
            FROM accounts a
            CROSS JOIN LATERAL (
                SELECT o.posting_id, o.posted_on, o.supplier, o.description, o.amount_eur,
                       EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier
                               AND e.cost_centre_id = o.cost_centre_id) AS known
                FROM of_month o WHERE o.cost_centre_id = a.cost_centre_id AND o.account = a.account
                ORDER BY EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier AND e.account = o.account
                                 AND e.cost_centre_id = o.cost_centre_id), o.amount_eur DESC LIMIT 1) AS largest
            WHERE a.month = this AND a.actual_eur - a.budget_eur >= 5000 AND a.actual_eur >= a.budget_eur * 1.15
        ), runs AS (
            SELECT cost_centre_id, name, account, month, budget_eur, actual_eur,
                   percent(actual_eur - budget_eur, budget_eur) AS over_percent,
                   lag(percent(actual_eur - budget_eur, budget_eur), 1) OVER by_month AS one_before,
                   lag(percent(actual_eur - budget_eur, budget_eur), 2) OVER by_month AS two_before
            FROM accounts WINDOW by_month AS (PARTITION BY cost_centre_id, account ORDER BY month)
        ), growing AS (
            SELECT * FROM runs
            WHERE month = this AND two_before >= 5 AND one_before >= two_before + 5 AND over_percent >= one_before + 5
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Over budget for one reason',
                   format('%s %s is %s over its %s budget (%s against %s, %s %%). One posting explains %s %% of it: %s, '
                          '%s, "%s", %s.', cost_centre_id, name, eur(over_eur), lower(account), eur(actual_eur),
                          eur(budget_eur), over_percent, least(100, percent(amount_eur, over_eur)), posting_id, supplier,
                          description, eur(amount_eur)), cost_centre_id
            FROM over WHERE NOT known AND amount_eur >= over_eur * 0.5
              AND NOT EXISTS (SELECT 1 FROM strays s WHERE s.posting_id = over.posting_id)
            UNION ALL
            SELECT 2, 'Over budget',
                   format('%s %s is %s over its %s budget (%s against %s, %s %%).', cost_centre_id, name, eur(over_eur),
                          lower(account), eur(actual_eur), eur(budget_eur), over_percent), cost_centre_id
            FROM over o WHERE known AND NOT EXISTS (
                SELECT 1 FROM growing g WHERE g.cost_centre_id = o.cost_centre_id AND g.account = o.account)
            UNION ALL
            SELECT 1, 'Possibly posted twice',
                   format('%s of %s repeats %s of %s in %s: %s, "%s", %s.', posting_id, posted_on, first_id, first_on,
                          cost_centre_id, supplier, description, eur(amount_eur)), posting_id
            FROM twice
            UNION ALL
            SELECT 1, 'Bill in an unusual cost centre',
                   format('%s of %s, "%s", %s, is booked in %s; all %s bills of %s in the 12 months before were in %s.',
                          posting_id, posted_on, description, eur(amount_eur), cost_centre_id, bills, supplier, home),
                   posting_id
            FROM strays
            UNION ALL
            SELECT 1, 'Monthly bill missing',
                   format('%s has no bill of %s (%s) this month; %s of the 12 months before had one, %s on average. The '
                          'month looks better than it is.', cost_centre_id, supplier, lower(account), months,
                          eur(usual_eur)), cost_centre_id
            FROM missing
            UNION ALL
            SELECT 2, 'Overspend grows month by month',
                   format('%s %s, %s: %s %%, %s %% and now %s %% over budget in three months running (%s against %s this '
                          'month).', cost_centre_id, name, lower(account), two_before, one_before, over_percent,
                          eur(actual_eur), eur(budget_eur)), cost_centre_id
            FROM growing
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    -- All cost centres, and how far this month is from their usual variance of the 12 months before.
    OPEN set_cost_centres FOR
        WITH actuals AS (
            SELECT cost_centre_id, date_trunc('month', posted_on)::date AS month, sum(amount_eur) AS actual_eur
            FROM postings GROUP BY 1, 2
        ), months AS (
            SELECT b.cost_centre_id, b.month, sum(b.budget_eur) AS budget_eur, coalesce(a.actual_eur, 0) AS actual_eur
            FROM budgets b LEFT JOIN actuals a USING (cost_centre_id, month)
            WHERE b.month <= this
            GROUP BY b.cost_centre_id, b.month, a.actual_eur
        ), usual AS (
            SELECT cost_centre_id, avg(percent(actual_eur - budget_eur, budget_eur)) AS mean
            FROM months WHERE month < this AND month >= this - interval '12 months' GROUP BY cost_centre_id
        )
        SELECT c.cost_centre_id, c.name, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
               percent(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
               round(u.mean, 1) AS usual_variance_percent,
               (SELECT sum(y.actual_eur - y.budget_eur) FROM months y
                WHERE y.cost_centre_id = c.cost_centre_id AND y.month >= year_from) AS year_to_date_variance_eur
        FROM months m
        JOIN cost_centres c USING (cost_centre_id)
        LEFT JOIN usual u USING (cost_centre_id)
        WHERE m.month = this
        ORDER BY abs(m.actual_eur - m.budget_eur) DESC, c.cost_centre_id;
    RETURN NEXT set_cost_centres;

    -- The six largest variances by account, with the posting that is furthest from its usual amount.
    OPEN set_variances FOR
        WITH accounts AS (
            SELECT b.cost_centre_id, b.account, b.budget_eur, coalesce(sum(p.amount_eur), 0.00) AS actual_eur
            FROM budgets b
            LEFT JOIN postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
                AND p.posted_on >= this AND p.posted_on < this + interval '1 month'
            WHERE b.month = this
            GROUP BY b.cost_centre_id, b.account, b.budget_eur
        )
        SELECT a.cost_centre_id, a.account, a.budget_eur, a.actual_eur, a.actual_eur - a.budget_eur AS variance_eur,
               percent(a.actual_eur - a.budget_eur, a.budget_eur) AS variance_percent,
               reason.posting_id AS main_posting_id, reason.amount_eur AS main_posting_eur,
               reason.supplier || ': ' || reason.description AS main_posting
        FROM accounts a
        LEFT JOIN LATERAL (
            SELECT p.posting_id, p.amount_eur, p.supplier, p.description
            FROM postings p
            CROSS JOIN LATERAL (
                SELECT coalesce(avg(e.amount_eur), 0) AS eur FROM postings e
                WHERE e.supplier = p.supplier AND e.cost_centre_id = p.cost_centre_id AND e.account = p.account
                  AND e.posted_on < this AND e.posted_on >= this - interval '12 months') AS usual
            WHERE p.cost_centre_id = a.cost_centre_id AND p.account = a.account
              AND p.posted_on >= this AND p.posted_on < this + interval '1 month'
            ORDER BY abs(p.amount_eur - usual.eur) DESC, p.posting_id LIMIT 1) AS reason ON true
        ORDER BY abs(a.actual_eur - a.budget_eur) DESC, a.cost_centre_id, a.account LIMIT 6;
    RETURN NEXT set_variances;

    OPEN set_months FOR
        SELECT b.month, sum(b.budget_eur) AS budget_eur,
               (SELECT sum(p.amount_eur) FROM postings p
                WHERE p.posted_on >= b.month AND p.posted_on < b.month + interval '1 month') AS actual_eur
        FROM budgets b
        WHERE b.month <= this AND b.month > this - interval '13 months'
        GROUP BY b.month ORDER BY b.month;
    RETURN NEXT set_months;
END;
$$;
