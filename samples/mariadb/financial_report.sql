-- How did this month go against the budget, why, and what should be watched?

CREATE PROCEDURE financial_report(IN report_id varchar(200)) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE wanted varchar(200) DEFAULT IF(report_id LIKE '% ', NULL, report_id);
    DECLARE this date DEFAULT (SELECT MIN(b.month) FROM budgets b WHERE DATE_FORMAT(b.month, 'FIN-%Y-%m') = wanted);
    DECLARE next_month date DEFAULT this + INTERVAL 1 MONTH;
    DECLARE year_before date DEFAULT this - INTERVAL 12 MONTH;
    DECLARE year_from date DEFAULT DATE_FORMAT(this, '%Y-01-01');

    WITH months AS (
        SELECT b.month, SUM(b.budget_eur) AS budget_eur,
               (SELECT SUM(p.amount_eur) FROM postings p
                WHERE p.posted_on >= b.month AND p.posted_on < b.month + INTERVAL 1 MONTH) AS actual_eur
        FROM budgets b GROUP BY b.month
    ), this_year AS (
        SELECT SUM(y.budget_eur) AS budget_eur, SUM(y.actual_eur) AS actual_eur
        FROM months y WHERE y.month BETWEEN year_from AND this
    )
    SELECT wanted AS report_id, m.month, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
           percent(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
           previous.actual_eur AS previous_month_actual_eur, last_year.actual_eur AS same_month_last_year_actual_eur,
           y.budget_eur AS year_to_date_budget_eur, y.actual_eur AS year_to_date_actual_eur,
           y.actual_eur - y.budget_eur AS year_to_date_variance_eur
    FROM months m
    LEFT JOIN months previous ON previous.month = m.month - INTERVAL 1 MONTH
    LEFT JOIN months last_year ON last_year.month = m.month - INTERVAL 1 YEAR
    CROSS JOIN this_year y
    WHERE m.month = this;

    -- What the rules below found, the gravest first.
    WITH accounts AS (
        SELECT b.cost_centre_id, c.name, b.month, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00) AS actual_eur
        FROM budgets b
        JOIN cost_centres c ON c.cost_centre_id = b.cost_centre_id
        LEFT JOIN postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
            AND p.posted_on >= b.month AND p.posted_on < b.month + INTERVAL 1 MONTH
        WHERE b.month <= this AND b.month > this - INTERVAL 13 MONTH
        GROUP BY b.cost_centre_id, c.name, b.month, b.account, b.budget_eur
    ), of_month AS (
        SELECT p.* FROM postings p WHERE p.posted_on >= this AND p.posted_on < next_month
    ), earlier AS (
        SELECT p.*, DATE_FORMAT(p.posted_on, '%Y-%m') AS in_month FROM postings p
        WHERE p.posted_on < this AND p.posted_on >= year_before
    ), twice AS (
        SELECT a.posting_id AS first_id, a.posted_on AS first_on, b.posting_id, b.posted_on, b.cost_centre_id,
               b.supplier, b.description, b.amount_eur
        FROM of_month b JOIN postings a ON a.cost_centre_id = b.cost_centre_id AND a.supplier = b.supplier
            AND a.amount_eur = b.amount_eur AND a.description = b.description AND a.posting_id < b.posting_id
            AND DATEDIFF(b.posted_on, a.posted_on) <= 31
    ), homes AS (  -- where each supplier's bills were booked in the year before
        SELECT e.supplier, e.cost_centre_id, COUNT(*) AS bills FROM earlier e GROUP BY e.supplier, e.cost_centre_id
    ), usual_home AS (
        SELECT h.*, SUM(h.bills) OVER (PARTITION BY h.supplier) AS of_bills FROM homes h
    ), strays AS (
        SELECT o.*, h.cost_centre_id AS home, h.bills FROM of_month o
        JOIN usual_home h ON h.supplier = o.supplier AND h.bills = h.of_bills AND h.bills >= 6
        WHERE h.cost_centre_id <> o.cost_centre_id
    ), missing AS (
        SELECT e.cost_centre_id, e.account, e.supplier, COUNT(DISTINCT e.in_month) AS months,
               ROUND(AVG(e.amount_eur), 2) AS usual_eur
        FROM earlier e
        WHERE NOT EXISTS (SELECT 1 FROM of_month o
                          WHERE o.cost_centre_id = e.cost_centre_id AND o.supplier = e.supplier AND o.account = e.account)
        GROUP BY e.cost_centre_id, e.account, e.supplier
        HAVING COUNT(DISTINCT e.in_month) >= LEAST(11, (SELECT COUNT(DISTINCT x.in_month) FROM earlier x))
           AND COUNT(DISTINCT e.in_month) >= 3
    ), largest AS (  -- the posting of each account that stands out: from a supplier new to it, or the largest
        SELECT o.*, EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier
                            AND e.cost_centre_id = o.cost_centre_id) AS known,
               ROW_NUMBER() OVER (PARTITION BY o.cost_centre_id, o.account ORDER BY
                   EXISTS (SELECT 1 FROM earlier e WHERE e.supplier = o.supplier AND e.account = o.account
                           AND e.cost_centre_id = o.cost_centre_id), o.amount_eur DESC) AS place
        FROM of_month o
    ), overspent AS (
        SELECT a.*, a.actual_eur - a.budget_eur AS over_eur, percent(a.actual_eur - a.budget_eur, a.budget_eur) AS over_percent,
               l.posting_id, l.posted_on, l.supplier, l.description, l.amount_eur, l.known
        FROM accounts a
        JOIN largest l ON l.cost_centre_id = a.cost_centre_id AND l.account = a.account AND l.place = 1
        WHERE a.month = this AND a.actual_eur - a.budget_eur >= 5000 AND a.actual_eur >= a.budget_eur * 1.15
    ), percents AS (
        SELECT a.*, percent(a.actual_eur - a.budget_eur, a.budget_eur) AS over_percent FROM accounts a
    ), runs AS (
        SELECT p.*, LAG(p.over_percent, 1) OVER (PARTITION BY p.cost_centre_id, p.account ORDER BY p.month) AS one_before,
               LAG(p.over_percent, 2) OVER (PARTITION BY p.cost_centre_id, p.account ORDER BY p.month) AS two_before
        FROM percents p
    ), growing AS (
        SELECT r.* FROM runs r
        WHERE r.month = this AND r.two_before >= 5 AND r.one_before >= r.two_before + 5 AND r.over_percent >= r.one_before + 5
    ), found (weight, `signal`, detail, reference) AS (
        SELECT 1, 'Over budget for one reason',
               CONCAT(o.cost_centre_id, ' ', o.name, ' is ', eur(o.over_eur), ' over its ', LOWER(o.account), ' budget (',
                      eur(o.actual_eur), ' against ', eur(o.budget_eur), ', ', o.over_percent,
                      ' %). One posting explains ', LEAST(100, percent(o.amount_eur, o.over_eur)), ' % of it: ',
                      o.posting_id, ', ', o.supplier, ', "', o.description, '", ', eur(o.amount_eur), '.'), o.cost_centre_id
        FROM overspent o WHERE NOT o.known AND o.amount_eur >= o.over_eur * 0.5
          AND NOT EXISTS (SELECT 1 FROM strays s WHERE s.posting_id = o.posting_id)
        UNION ALL
        SELECT 2, 'Over budget',
               CONCAT(o.cost_centre_id, ' ', o.name, ' is ', eur(o.over_eur), ' over its ', LOWER(o.account), ' budget (',
                      eur(o.actual_eur), ' against ', eur(o.budget_eur), ', ', o.over_percent, ' %).'), o.cost_centre_id
        FROM overspent o WHERE o.known AND NOT EXISTS (
            SELECT 1 FROM growing g WHERE g.cost_centre_id = o.cost_centre_id AND g.account = o.account)
        UNION ALL
        SELECT 1, 'Possibly posted twice',
               CONCAT(t.posting_id, ' of ', t.posted_on, ' repeats ', t.first_id, ' of ', t.first_on, ' in ',
                      t.cost_centre_id, ': ', t.supplier, ', "', t.description, '", ', eur(t.amount_eur), '.'), t.posting_id
        FROM twice t
        UNION ALL
        SELECT 1, 'Bill in an unusual cost centre',
               CONCAT(s.posting_id, ' of ', s.posted_on, ', "', s.description, '", ', eur(s.amount_eur), ', is booked in ',
                      s.cost_centre_id, '; all ', s.bills, ' bills of ', s.supplier, ' in the 12 months before were in ',
                      s.home, '.'), s.posting_id
        FROM strays s
        UNION ALL
        SELECT 1, 'Monthly bill missing',
               CONCAT(m.cost_centre_id, ' has no bill of ', m.supplier, ' (', LOWER(m.account), ') this month; ', m.months,
                      ' of the 12 months before had one, ', eur(m.usual_eur), ' on average. The month looks better than it is.'),
               m.cost_centre_id
        FROM missing m
        UNION ALL
        SELECT 2, 'Overspend grows month by month',
               CONCAT(g.cost_centre_id, ' ', g.name, ', ', LOWER(g.account), ': ', g.two_before, ' %, ', g.one_before,
                      ' % and now ', g.over_percent, ' % over budget in three months running (', eur(g.actual_eur),
                      ' against ', eur(g.budget_eur), ' this month).'), g.cost_centre_id
        FROM growing g
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    -- All cost centres, and how far this month is from their usual variance of the 12 months before.
    WITH actuals AS (
        SELECT p.cost_centre_id, CAST(DATE_FORMAT(p.posted_on, '%Y-%m-01') AS date) AS month, SUM(p.amount_eur) AS actual_eur
        FROM postings p GROUP BY p.cost_centre_id, CAST(DATE_FORMAT(p.posted_on, '%Y-%m-01') AS date)
    ), months AS (
        SELECT b.cost_centre_id, b.month, SUM(b.budget_eur) AS budget_eur, COALESCE(a.actual_eur, 0) AS actual_eur
        FROM budgets b LEFT JOIN actuals a ON a.cost_centre_id = b.cost_centre_id AND a.month = b.month
        WHERE b.month <= this
        GROUP BY b.cost_centre_id, b.month, a.actual_eur
    ), usual AS (
        SELECT m.cost_centre_id, AVG(percent(m.actual_eur - m.budget_eur, m.budget_eur)) AS mean
        FROM months m WHERE m.month < this AND m.month >= year_before GROUP BY m.cost_centre_id
    )
    SELECT c.cost_centre_id, c.name, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
           percent(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
           ROUND(u.mean, 1) AS usual_variance_percent,
           (SELECT SUM(y.actual_eur - y.budget_eur) FROM months y
            WHERE y.cost_centre_id = c.cost_centre_id AND y.month >= year_from) AS year_to_date_variance_eur
    FROM months m
    JOIN cost_centres c ON c.cost_centre_id = m.cost_centre_id
    LEFT JOIN usual u ON u.cost_centre_id = m.cost_centre_id
    WHERE m.month = this
    ORDER BY ABS(m.actual_eur - m.budget_eur) DESC, c.cost_centre_id;

    -- The six largest variances by account, with the posting that is furthest from its usual amount.
    WITH accounts AS (
        SELECT b.cost_centre_id, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00) AS actual_eur
        FROM budgets b
        LEFT JOIN postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
            AND p.posted_on >= this AND p.posted_on < next_month
        WHERE b.month = this
        GROUP BY b.cost_centre_id, b.account, b.budget_eur
    ), beside_usual AS (
        SELECT p.*, COALESCE((SELECT AVG(e.amount_eur) FROM postings e
                    WHERE e.supplier = p.supplier AND e.cost_centre_id = p.cost_centre_id AND e.account = p.account
                      AND e.posted_on < this AND e.posted_on >= year_before), 0) AS usual_eur
        FROM postings p WHERE p.posted_on >= this AND p.posted_on < next_month
    ), reasons AS (
        SELECT b.*, ROW_NUMBER() OVER (PARTITION BY b.cost_centre_id, b.account
                                       ORDER BY ABS(b.amount_eur - b.usual_eur) DESC, b.posting_id) AS place
        FROM beside_usual b
    )
    SELECT a.cost_centre_id, a.account, a.budget_eur, a.actual_eur, a.actual_eur - a.budget_eur AS variance_eur,
           percent(a.actual_eur - a.budget_eur, a.budget_eur) AS variance_percent,
           r.posting_id AS main_posting_id, r.amount_eur AS main_posting_eur,
           CONCAT(r.supplier, ': ', r.description) AS main_posting
    FROM accounts a
    LEFT JOIN reasons r ON r.cost_centre_id = a.cost_centre_id AND r.account = a.account AND r.place = 1
    ORDER BY ABS(a.actual_eur - a.budget_eur) DESC, a.cost_centre_id, a.account LIMIT 6;

    SELECT b.month, SUM(b.budget_eur) AS budget_eur,
           (SELECT SUM(p.amount_eur) FROM postings p
            WHERE p.posted_on >= b.month AND p.posted_on < b.month + INTERVAL 1 MONTH) AS actual_eur
    FROM budgets b
    WHERE b.month <= this AND b.month > this - INTERVAL 13 MONTH
    GROUP BY b.month ORDER BY b.month;
END
//
