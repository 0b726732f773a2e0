-- How did this month go against the budget, why, and what should be watched?

CREATE PROCEDURE business.financial_report @report_id nvarchar(200) AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @wanted nvarchar(200) = CASE WHEN @report_id LIKE N'% ' THEN NULL ELSE @report_id END;
    DECLARE @this date = (SELECT MIN(b.month) FROM business.budgets b
                          WHERE CONCAT(N'FIN-', LEFT(CONVERT(nvarchar(10), b.month, 23), 7)) = @wanted);
    DECLARE @next_month date = DATEADD(month, 1, @this);
    DECLARE @year_before date = DATEADD(month, -12, @this);
    DECLARE @year_from date = DATEFROMPARTS(YEAR(@this), 1, 1);

    WITH months AS (
        SELECT b.month, SUM(b.budget_eur) AS budget_eur,
               (SELECT SUM(p.amount_eur) FROM business.postings p
                WHERE p.posted_on >= b.month AND p.posted_on < DATEADD(month, 1, b.month)) AS actual_eur
        FROM business.budgets b GROUP BY b.month
    ), this_year AS (
        SELECT SUM(y.budget_eur) AS budget_eur, SUM(y.actual_eur) AS actual_eur
        FROM months y WHERE y.month BETWEEN @year_from AND @this
    )
    SELECT @wanted AS report_id, m.month, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
           business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
           previous.actual_eur AS previous_month_actual_eur, last_year.actual_eur AS same_month_last_year_actual_eur,
           y.budget_eur AS year_to_date_budget_eur, y.actual_eur AS year_to_date_actual_eur,
           y.actual_eur - y.budget_eur AS year_to_date_variance_eur
    FROM months m
    LEFT JOIN months previous ON previous.month = DATEADD(month, -1, m.month)
    LEFT JOIN months last_year ON last_year.month = DATEADD(year, -1, m.month)
    CROSS JOIN this_year y
    WHERE m.month = @this;

    -- What the rules below found, the gravest first.
    WITH accounts AS (
        SELECT b.cost_centre_id, c.name, b.month, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00) AS actual_eur
        FROM business.budgets b
        JOIN business.cost_centres c ON c.cost_centre_id = b.cost_centre_id
        LEFT JOIN business.postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
            AND p.posted_on >= b.month AND p.posted_on < DATEADD(month, 1, b.month)
        WHERE b.month <= @this AND b.month > DATEADD(month, -13, @this)
        GROUP BY b.cost_centre_id, c.name, b.month, b.account, b.budget_eur
    ), of_month AS (
        SELECT p.posting_id, p.cost_centre_id, p.posted_on, p.account, p.supplier, p.description, p.amount_eur
        FROM business.postings p WHERE p.posted_on >= @this AND p.posted_on < @next_month
    ), earlier AS (
        SELECT p.cost_centre_id, p.account, p.supplier, p.amount_eur, DATEDIFF(month, p.posted_on, @this) AS months_ago
        FROM business.postings p WHERE p.posted_on < @this AND p.posted_on >= @year_before
    ), twice AS (
        SELECT a.posting_id AS first_id, a.posted_on AS first_on, b.posting_id, b.posted_on, b.cost_centre_id,
               b.supplier, b.description, b.amount_eur
        FROM of_month b
        JOIN business.postings a ON a.cost_centre_id = b.cost_centre_id AND a.supplier = b.supplier
            AND a.amount_eur = b.amount_eur AND a.description = b.description AND a.posting_id < b.posting_id
            AND DATEDIFF(day, a.posted_on, b.posted_on) <= 31
    ), homes AS (  -- where each supplier's bills were booked in the year before
        SELECT e.supplier, e.cost_centre_id, COUNT(*) AS bills FROM earlier e GROUP BY e.supplier, e.cost_centre_id
    ), usual_home AS (
        SELECT h.supplier, h.cost_centre_id, h.bills, SUM(h.bills) OVER (PARTITION BY h.supplier) AS of_bills FROM homes h
    ), strays AS (
        SELECT o.posting_id, o.posted_on, o.description, o.amount_eur, o.cost_centre_id, o.supplier,
               h.cost_centre_id AS home, h.bills
        FROM of_month o
        JOIN usual_home h ON h.supplier = o.supplier AND h.bills = h.of_bills AND h.bills >= 6
        WHERE h.cost_centre_id <> o.cost_centre_id
    ), missing AS (
        SELECT e.cost_centre_id, e.account, e.supplier, COUNT(DISTINCT e.months_ago) AS months,
               CAST(AVG(e.amount_eur) AS decimal(14, 2)) AS usual_eur
        FROM earlier e
        WHERE NOT EXISTS (SELECT 1 FROM of_month o
                          WHERE o.cost_centre_id = e.cost_centre_id AND o.supplier = e.supplier AND o.account = e.account)
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
        WHERE a.month = @this AND a.actual_eur - a.budget_eur >= 5000 AND a.actual_eur >= a.budget_eur * 1.15
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
        SELECT r.cost_centre_id, r.name, r.account, r.budget_eur, r.actual_eur, r.over_percent, r.one_before, r.two_before
        FROM runs r
        WHERE r.month = @this AND r.two_before >= 5 AND r.one_before >= r.two_before + 5 AND r.over_percent >= r.one_before + 5
    ), found (weight, signal, detail, reference) AS (
        SELECT 1, N'Over budget for one reason',
               CONCAT(o.cost_centre_id, N' ', o.name, N' is ', business.eur(o.over_eur), N' over its ', LOWER(o.account),
                      N' budget (', business.eur(o.actual_eur), N' against ', business.eur(o.budget_eur), N', ', o.over_percent,
                      N' %). One posting explains ',
                      CASE WHEN o.amount_eur >= o.over_eur THEN N'100'
                           ELSE CONCAT(business.percent_of(o.amount_eur, o.over_eur), N'') END, N' % of it: ',
                      o.posting_id, N', ', o.supplier, N', "', o.description, N'", ', business.eur(o.amount_eur), N'.'),
               o.cost_centre_id
        FROM overspent o WHERE o.known = 0 AND o.amount_eur >= o.over_eur * 0.5
          AND NOT EXISTS (SELECT 1 FROM strays s WHERE s.posting_id = o.posting_id)
        UNION ALL
        SELECT 2, N'Over budget',
               CONCAT(o.cost_centre_id, N' ', o.name, N' is ', business.eur(o.over_eur), N' over its ', LOWER(o.account),
                      N' budget (', business.eur(o.actual_eur), N' against ', business.eur(o.budget_eur), N', ', o.over_percent,
                      N' %).'), o.cost_centre_id
        FROM overspent o WHERE o.known = 1 AND NOT EXISTS (
            SELECT 1 FROM growing g WHERE g.cost_centre_id = o.cost_centre_id AND g.account = o.account)
        UNION ALL
        SELECT 1, N'Possibly posted twice',
               CONCAT(t.posting_id, N' of ', t.posted_on, N' repeats ', t.first_id, N' of ', t.first_on, N' in ',
                      t.cost_centre_id, N': ', t.supplier, N', "', t.description, N'", ', business.eur(t.amount_eur), N'.'),
               t.posting_id
        FROM twice t
        UNION ALL
        SELECT 1, N'Bill in an unusual cost centre',
               CONCAT(s.posting_id, N' of ', s.posted_on, N', "', s.description, N'", ', business.eur(s.amount_eur),
                      N', is booked in ', s.cost_centre_id, N'; all ', s.bills, N' bills of ', s.supplier,
                      N' in the 12 months before were in ', s.home, N'.'), s.posting_id
        FROM strays s
        UNION ALL
        SELECT 1, N'Monthly bill missing',
               CONCAT(m.cost_centre_id, N' has no bill of ', m.supplier, N' (', LOWER(m.account), N') this month; ', m.months,
                      N' of the 12 months before had one, ', business.eur(m.usual_eur),
                      N' on average. The month looks better than it is.'), m.cost_centre_id
        FROM missing m
        UNION ALL
        SELECT 2, N'Overspend grows month by month',
               CONCAT(g.cost_centre_id, N' ', g.name, N', ', LOWER(g.account), N': ', g.two_before, N' %, ', g.one_before,
                      N' % and now ', g.over_percent, N' % over budget in three months running (', business.eur(g.actual_eur),
                      N' against ', business.eur(g.budget_eur), N' this month).'), g.cost_centre_id
        FROM growing g
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    -- All cost centres, and how far this month is from their usual variance of the 12 months before.
    WITH actuals AS (
        SELECT p.cost_centre_id, DATEFROMPARTS(YEAR(p.posted_on), MONTH(p.posted_on), 1) AS month,
               SUM(p.amount_eur) AS actual_eur
        FROM business.postings p GROUP BY p.cost_centre_id, DATEFROMPARTS(YEAR(p.posted_on), MONTH(p.posted_on), 1)
    ), months AS (
        SELECT b.cost_centre_id, b.month, SUM(b.budget_eur) AS budget_eur, COALESCE(a.actual_eur, 0.00) AS actual_eur
        FROM business.budgets b
        LEFT JOIN actuals a ON a.cost_centre_id = b.cost_centre_id AND a.month = b.month
        WHERE b.month <= @this
        GROUP BY b.cost_centre_id, b.month, a.actual_eur
    ), usual AS (
        SELECT m.cost_centre_id, AVG(business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur)) AS mean
        FROM months m WHERE m.month < @this AND m.month >= @year_before GROUP BY m.cost_centre_id
    )
    SELECT c.cost_centre_id, c.name, m.budget_eur, m.actual_eur, m.actual_eur - m.budget_eur AS variance_eur,
           business.percent_of(m.actual_eur - m.budget_eur, m.budget_eur) AS variance_percent,
           CAST(u.mean AS decimal(19, 1)) AS usual_variance_percent,
           (SELECT SUM(y.actual_eur - y.budget_eur) FROM months y
            WHERE y.cost_centre_id = c.cost_centre_id AND y.month >= @year_from) AS year_to_date_variance_eur
    FROM months m
    JOIN business.cost_centres c ON c.cost_centre_id = m.cost_centre_id
    LEFT JOIN usual u ON u.cost_centre_id = m.cost_centre_id
    WHERE m.month = @this
    ORDER BY ABS(m.actual_eur - m.budget_eur) DESC, c.cost_centre_id;

    -- The six largest variances by account, with the posting that is furthest from its usual amount.
    WITH accounts AS (
        SELECT b.cost_centre_id, b.account, b.budget_eur, COALESCE(SUM(p.amount_eur), 0.00) AS actual_eur
        FROM business.budgets b
        LEFT JOIN business.postings p ON p.cost_centre_id = b.cost_centre_id AND p.account = b.account
            AND p.posted_on >= @this AND p.posted_on < @next_month
        WHERE b.month = @this
        GROUP BY b.cost_centre_id, b.account, b.budget_eur
    ), beside_usual AS (
        SELECT p.posting_id, p.cost_centre_id, p.account, p.supplier, p.description, p.amount_eur,
               COALESCE((SELECT AVG(e.amount_eur) FROM business.postings e
                         WHERE e.supplier = p.supplier AND e.cost_centre_id = p.cost_centre_id AND e.account = p.account
                           AND e.posted_on < @this AND e.posted_on >= @year_before), 0) AS usual_eur
        FROM business.postings p WHERE p.posted_on >= @this AND p.posted_on < @next_month
    ), reasons AS (
        SELECT b.posting_id, b.cost_centre_id, b.account, b.supplier, b.description, b.amount_eur,
               ROW_NUMBER() OVER (PARTITION BY b.cost_centre_id, b.account
                                  ORDER BY ABS(b.amount_eur - b.usual_eur) DESC, b.posting_id) AS place
        FROM beside_usual b
    )
    SELECT TOP (6) a.cost_centre_id, a.account, a.budget_eur, a.actual_eur, a.actual_eur - a.budget_eur AS variance_eur,
           business.percent_of(a.actual_eur - a.budget_eur, a.budget_eur) AS variance_percent,
           r.posting_id AS main_posting_id, r.amount_eur AS main_posting_eur,
           CASE WHEN r.posting_id IS NOT NULL THEN CONCAT(r.supplier, N': ', r.description) END AS main_posting
    FROM accounts a
    LEFT JOIN reasons r ON r.cost_centre_id = a.cost_centre_id AND r.account = a.account AND r.place = 1
    ORDER BY ABS(a.actual_eur - a.budget_eur) DESC, a.cost_centre_id, a.account;

    SELECT b.month, SUM(b.budget_eur) AS budget_eur,
           (SELECT SUM(p.amount_eur) FROM business.postings p
            WHERE p.posted_on >= b.month AND p.posted_on < DATEADD(month, 1, b.month)) AS actual_eur
    FROM business.budgets b
    WHERE b.month <= @this AND b.month > DATEADD(month, -13, @this)
    GROUP BY b.month ORDER BY b.month;
END
GO
