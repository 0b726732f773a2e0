-- How did this month go against the budget, why, and what should be watched?

CREATE PROCEDURE business.financial_report (report_id IN VARCHAR2) AUTHID DEFINER AS
    wanted           CONSTANT VARCHAR2(200) := report_id;
    this_month       DATE;
    next_month       DATE;
    year_before      DATE;
    year_from        DATE;
    set_report       SYS_REFCURSOR;
    set_signals      SYS_REFCURSOR;
    set_cost_centres SYS_REFCURSOR;
    set_variances    SYS_REFCURSOR;
    set_months       SYS_REFCURSOR;
BEGIN
    SELECT MIN(b.month) INTO this_month FROM business.budgets b
    WHERE 'FIN-' || TO_CHAR(b.month, 'YYYY-MM') = wanted;
    next_month := ADD_MONTHS(this_month, 1);
    year_before := ADD_MONTHS(this_month, -12);
    year_from := TRUNC(this_month, 'YYYY');

    OPEN set_report FOR
        WITH months AS (
            SELECT b.month, SUM(b.budget_eur) AS budget_eur,
                   (SELECT SUM(p.amount_eur) FROM business.postings p
                    WHERE p.posted_on >= b.month AND p.posted_on < ADD_MONTHS(b.month, 1)) AS actual_eur
            FROM business.budgets b GROUP BY b.month
        ), this_year AS (
            SELECT SUM(y.budget_eur) AS budget_eur, SUM(y.actual_eur) AS actual_eur
            FROM months y WHERE y.month BETWEEN year_from AND this_month
        )
        SELECT wanted AS report_id, m.month, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
               business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
               previous.actual_eur AS previous_month_actual_eur, last_year.actual_eur AS same_month_last_year_actual_eur,
               y.budget_eur AS year_to_date_budget_eur, y.actual_eur AS year_to_date_actual_eur,
               y.actual_eur - y.budget_eur AS year_to_date_variance_eur
        FROM months m
        LEFT JOIN months previous ON previous.month = ADD_MONTHS(m.month, -1)
        LEFT JOIN months last_year ON last_year.month = ADD_MONTHS(m.month, -12)
        CROSS JOIN this_year y
        WHERE m.month = this_month;
    DBMS_SQL.RETURN_RESULT(set_report);

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH accounts AS (
            SELECT b.cost_centre_id, c.name, b.month, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00)
                AS actual_eur
            FROM business.budgets b
            JOIN business.cost_centres c ON c.cost_centre_id = b.cost_centre_id
            LEFT JOIN business.postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
                AND p.posted_on >= b.month AND p.posted_on < ADD_MONTHS(b.month, 1)
            WHERE b.month <= this_month AND b.month > ADD_MONTHS(this_month, -13)
            GROUP BY b.cost_centre_id, c.name, b.month, b.account, b.budget_eur
        ), of_month AS (
            SELECT p.posting_id, p.cost_centre_id, p.posted_on, p.account, p.supplier, p.description, p.amount_eur
            FROM business.postings p WHERE p.posted_on >= this_month AND p.posted_on < next_month
        ), earlier AS (
            SELECT p.cost_centre_id, p.account, p.supplier, p.amount_eur,
                   MONTHS_BETWEEN(this_month, TRUNC(p.posted_on, 'MM')) AS months_ago
            FROM business.postings p WHERE p.posted_on < this_month AND p.posted_on >= year_before
        ), twice AS (
            SELECT a.posting_id AS first_id, a.posted_on AS first_on, b.posting_id, b.posted_on, b.cost_centre_id,
                   b.supplier, b.description, b.amount_eur
            FROM of_month b
            JOIN business.postings a ON a.cost_centre_id = b.cost_centre_id AND a.supplier = b.supplier
                AND a.amount_eur = b.amount_eur AND a.description = b.description AND a.posting_id < b.posting_id
                AND b.posted_on - a.posted_on <= 31
        ), homes AS (  -- where each supplier's bills were booked in the year before
            SELECT e.supplier, e.cost_centre_id, COUNT(*) AS bills FROM earlier e GROUP BY e.supplier, e.cost_centre_id
        ), usual_home AS (
            SELECT h.supplier, h.cost_centre_id, h.bills, SUM(h.bills) OVER (PARTITION BY h.supplier) AS of_bills
            FROM homes h
        ), strays AS (
            SELECT o.posting_id, o.posted_on, o.description, o.amount_eur, o.cost_centre_id, o.supplier,
                   h.cost_centre_id AS home, h.bills
            FROM of_month o
            JOIN usual_home h ON h.supplier = o.supplier AND h.bills = h.of_bills AND h.bills >= 6
            WHERE h.cost_centre_id <> o.cost_centre_id
        ), missing AS (
            SELECT e.cost_centre_id, e.account, e.supplier, COUNT(DISTINCT e.months_ago) AS months,
                   CAST(AVG(e.amount_eur) AS NUMBER(14, 2)) AS usual_eur
            FROM earlier e
            WHERE NOT EXISTS (SELECT 1 FROM of_month o
                              WHERE o.cost_centre_id = e.cost_centre_id AND o.supplier = e.supplier
                                AND o.account = e.account)
            GROUP BY e.cost_centre_id, e.account, e.supplier
            HAVING COUNT(DISTINCT e.months_ago) >= 3
               AND (COUNT(DISTINCT e.months_ago) >= 11
                    OR COUNT(DISTINCT e.months_ago) >= (SELECT COUNT(DISTINCT x.months_ago) FROM earlier x))
        ), known_suppliers AS (
            SELECT o.posting_id, o.cost_centre_id, o.account, o.posted_on, o.supplier, o.description, o.amount_eur,
                   CASE WHEN EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier
                                     AND e.cost_centre_id = o.cost_centre_id) THEN 1 ELSE 0 END AS known,
                   CASE WHEN EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier AND e.account = o.account
                                     AND e.cost_centre_id = o.cost_centre_id) THEN 1 ELSE 0 END AS known_in_account
            FROM of_month o
        ), largest AS (  -- the posting of each account that stands out: from a supplier new to it, or the largest
            SELECT k.posting_id, k.cost_centre_id, k.account, k.posted_on, k.supplier, k.description, k.amount_eur, k.known,
                   ROW_NUMBER() OVER (PARTITION BY k.cost_centre_id, k.account
                                      ORDER BY k.known_in_account, k.amount_eur DESC) AS place
            FROM known_suppliers k
        ), overspent AS (
            SELECT a.cost_centre_id, a.name, a.account, a.budget_eur, a.actual_eur, a.actual_eur - a.budget_eur AS over_eur,
                   business.percent_of(a.actual_eur - a.budget_eur, a.budget_eur) AS over_percent,
                   l.posting_id, l.posted_on, l.supplier, l.description, l.amount_eur, l.known
            FROM accounts a
            JOIN largest l ON l.cost_centre_id = a.cost_centre_id AND l.account = a.account AND l.place = 1
            WHERE a.month = this_month AND a.actual_eur - a.budget_eur >= 5000 AND a.actual_eur >= a.budget_eur * 1.15
        ), percents AS (
            SELECT a.cost_centre_id, a.name, a.month, a.account, a.budget_eur, a.actual_eur,
                   business.percent_of(a.actual_eur - a.budget_eur, a.budget_eur) AS over_percent
            FROM accounts a
        ), runs AS (
            SELECT p.cost_centre_id, p.name, p.month, p.account, p.budget_eur, p.actual_eur, p.over_percent,
                   LAG(p.over_percent, 1) OVER (PARTITION BY p.cost_centre_id, p.account ORDER BY p.month) AS one_before,
                   LAG(p.over_percent, 2) OVER (PARTITION BY p.cost_centre_id, p.account ORDER BY p.month) AS two_before
            FROM percents p
        ), growing AS (
            SELECT r.cost_centre_id, r.name, r.account, r.budget_eur, r.actual_eur, r.over_percent, r.one_before,
                   r.two_before
            FROM runs r
            WHERE r.month = this_month AND r.two_before >= 5 AND r.one_before >= r.two_before + 5
              AND r.over_percent >= r.one_before + 5
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Over budget for one reason',
                   o.cost_centre_id || ' ' || o.name || ' is ' || business.eur(o.over_eur) || ' over its '
                   || LOWER(o.account) || ' budget (' || business.eur(o.actual_eur) || ' against '
                   || business.eur(o.budget_eur) || ', ' || business.tenths(o.over_percent)
                   || ' %). One posting explains '
                   || CASE WHEN o.amount_eur >= o.over_eur THEN '100'
                           ELSE business.tenths(business.percent_of(o.amount_eur, o.over_eur)) END
                   || ' % of it: ' || o.posting_id || ', ' || o.supplier || ', "' || o.description || '", '
                   || business.eur(o.amount_eur) || '.',
                   o.cost_centre_id
            FROM overspent o WHERE o.known = 0 AND o.amount_eur >= o.over_eur * 0.5
              AND NOT EXISTS (SELECT 1 FROM strays s WHERE s.posting_id = o.posting_id)
            UNION ALL
            SELECT 2, 'Over budget',
                   o.cost_centre_id || ' ' || o.name || ' is ' || business.eur(o.over_eur) || ' over its '
                   || LOWER(o.account) || ' budget (' || business.eur(o.actual_eur) || ' against '
                   || business.eur(o.budget_eur) || ', ' || business.tenths(o.over_percent) || ' %).', o.cost_centre_id
            FROM overspent o WHERE o.known = 1 AND NOT EXISTS (
                SELECT 1 FROM growing g WHERE g.cost_centre_id = o.cost_centre_id AND g.account = o.account)
            UNION ALL
            SELECT 1, 'Possibly posted twice',
                   t.posting_id || ' of ' || TO_CHAR(t.posted_on, 'YYYY-MM-DD') || ' repeats ' || t.first_id || ' of '
                   || TO_CHAR(t.first_on, 'YYYY-MM-DD') || ' in ' || t.cost_centre_id || ': ' || t.supplier || ', "'
                   || t.description || '", ' || business.eur(t.amount_eur) || '.',
                   t.posting_id
            FROM twice t
            UNION ALL
            SELECT 1, 'Bill in an unusual cost centre',
                   s.posting_id || ' of ' || TO_CHAR(s.posted_on, 'YYYY-MM-DD') || ', "' || s.description || '", '
                   || business.eur(s.amount_eur) || ', is booked in ' || s.cost_centre_id || '; all ' || s.bills
                   || ' bills of ' || s.supplier || ' in the 12 months before were in ' || s.home || '.', s.posting_id
            FROM strays s
            UNION ALL
            SELECT 1, 'Monthly bill missing',
                   m.cost_centre_id || ' has no bill of ' || m.supplier || ' (' || LOWER(m.account) || ') this month; '
                   || m.months || ' of the 12 months before had one, ' || business.eur(m.usual_eur)
                   || ' on average. The month looks better than it is.', m.cost_centre_id
            FROM missing m
            UNION ALL
            SELECT 2, 'Overspend grows month by month',
                   g.cost_centre_id || ' ' || g.name || ', ' || LOWER(g.account) || ': '
                   || business.tenths(g.two_before) || ' %, ' || business.tenths(g.one_before) || ' % and now '
                   || business.tenths(g.over_percent) || ' % over budget in three months running ('
                   || business.eur(g.actual_eur) || ' against ' || business.eur(g.budget_eur)
                   || ' this month).', g.cost_centre_id
            FROM growing g
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    -- All cost centres, and how far this month is from their usual variance of the 12 months before.
    OPEN set_cost_centres FOR
        WITH actuals AS (
            SELECT p.cost_centre_id, TRUNC(p.posted_on, 'MM') AS month,
                   SUM(p.amount_eur) AS actual_eur
            FROM business.postings p GROUP BY p.cost_centre_id, TRUNC(p.posted_on, 'MM')
        ), months AS (
            SELECT b.cost_centre_id, b.month, SUM(b.budget_eur) AS budget_eur, COALESCE(a.actual_eur, 0.00) AS actual_eur
            FROM business.budgets b
            LEFT JOIN actuals a ON a.cost_centre_id = b.cost_centre_id AND a.month = b.month
            WHERE b.month <= this_month
            GROUP BY b.cost_centre_id, b.month, a.actual_eur
        ), usual AS (
            SELECT m.cost_centre_id, AVG(business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur)) AS mean
            FROM months m WHERE m.month < this_month AND m.month >= year_before GROUP BY m.cost_centre_id
        )
        SELECT c.cost_centre_id, c.name, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
               business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
               CAST(u.mean AS NUMBER(19, 1)) AS usual_variance_percent,
               (SELECT SUM(y.actual_eur - y.budget_eur) FROM months y
                WHERE y.cost_centre_id = c.cost_centre_id AND y.month >= year_from) AS year_to_date_variance_eur
        FROM months m
        JOIN business.cost_centres c ON c.cost_centre_id = m.cost_centre_id
        LEFT JOIN usual u ON u.cost_centre_id = m.cost_centre_id
        WHERE m.month = this_month
        ORDER BY ABS(m.actual_eur - m.budget_eur) DESC, c.cost_centre_id;
    DBMS_SQL.RETURN_RESULT(set_cost_centres);

    -- The six largest variances by account, with the posting that is furthest from its usual amount.
    OPEN set_variances FOR
        WITH accounts AS (
            SELECT b.cost_centre_id, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00) AS actual_eur
            FROM business.budgets b
            LEFT JOIN business.postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
                AND p.posted_on >= this_month AND p.posted_on < next_month
            WHERE b.month = this_month
            GROUP BY b.cost_centre_id, b.account, b.budget_eur
        ), beside_usual AS (
            SELECT p.posting_id, p.cost_centre_id, p.account, p.supplier, p.description, p.amount_eur,
                   COALESCE((SELECT AVG(e.amount_eur) FROM business.postings e
                             WHERE e.supplier = p.supplier AND e.cost_centre_id = p.cost_centre_id AND e.account = p.account
                               AND e.posted_on < this_month AND e.posted_on >= year_before), 0) AS usual_eur
            FROM business.postings p WHERE p.posted_on >= this_month AND p.posted_on < next_month
        ), reasons AS (
            SELECT b.posting_id, b.cost_centre_id, b.account, b.supplier, b.description, b.amount_eur,
                   ROW_NUMBER() OVER (PARTITION BY b.cost_centre_id, b.account
                                      ORDER BY ABS(b.amount_eur - b.usual_eur) DESC, b.posting_id) AS place
            FROM beside_usual b
        )
        SELECT a.cost_centre_id, a.account, a.budget_eur, a.actual_eur, a.actual_eur - a.budget_eur AS variance_eur,
               business.percent_of(a.actual_eur - a.budget_eur, a.budget_eur) AS variance_percent,
               r.posting_id AS main_posting_id, r.amount_eur AS main_posting_eur,
               CASE WHEN r.posting_id IS NOT NULL THEN r.supplier || ': ' || r.description END AS main_posting
        FROM accounts a
        LEFT JOIN reasons r ON r.cost_centre_id = a.cost_centre_id AND r.account = a.account AND r.place = 1
        ORDER BY ABS(a.actual_eur - a.budget_eur) DESC, a.cost_centre_id, a.account
        FETCH FIRST 6 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_variances);

    OPEN set_months FOR
        SELECT b.month, SUM(b.budget_eur) AS budget_eur,
               (SELECT SUM(p.amount_eur) FROM business.postings p
                WHERE p.posted_on >= b.month AND p.posted_on < ADD_MONTHS(b.month, 1)) AS actual_eur
        FROM business.budgets b
        WHERE b.month <= this_month AND b.month > ADD_MONTHS(this_month, -13)
        GROUP BY b.month ORDER BY b.month;
    DBMS_SQL.RETURN_RESULT(set_months);
END;
/
