-- How is this customer doing, what changed, and what should we do next?

CREATE PROCEDURE business.customer_insight @customer_id nvarchar(200), @months int = 18 AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @wanted nvarchar(200) = CASE WHEN @customer_id LIKE N'% ' THEN NULL ELSE @customer_id END;
    DECLARE @today date = (SELECT a.as_of FROM business.calendar a);
    DECLARE @half date = DATEADD(month, -6, @today);
    DECLARE @year_ago date = DATEADD(month, -12, @today);

    -- Who it is, what is unpaid, how long since the last order, and the place in the segment.
    SELECT c.customer_id, c.name, c.industry, c.segment, c.city, c.country, c.contact_name, c.email, c.phone,
           c.account_manager, c.customer_since, c.payment_terms_days, c.credit_limit_eur,
           (SELECT COALESCE(SUM(o.total_eur), 0.00) FROM business.orders o
            WHERE o.customer_id = c.customer_id AND o.paid_on IS NULL
              AND o.status IN (N'Open', N'Shipped', N'Delivered')) AS unpaid_eur,
           (SELECT MAX(o.ordered_on) FROM business.orders o WHERE o.customer_id = c.customer_id) AS last_order_on,
           (SELECT DATEDIFF(day, MAX(o.ordered_on), @today) FROM business.orders o WHERE o.customer_id = c.customer_id)
               AS days_since_last_order,
           p.place AS rank_in_segment, p.places AS customers_in_segment
    FROM business.customers c
    JOIN business.customer_years p ON p.customer_id = c.customer_id
    WHERE c.customer_id = @wanted;

    -- What the rules below found, the gravest first.
    WITH mine AS (
        SELECT o.order_id, o.customer_id, o.ordered_on, o.status, o.total_eur, o.paid_on,
               DATEDIFF(day, o.ordered_on, @today) AS age
        FROM business.orders o WHERE o.customer_id = @wanted AND o.status <> N'Cancelled'
    ), halves AS (  -- the last six months, and the six before
        SELECT COUNT(CASE WHEN m.ordered_on > @half THEN 1 END) AS orders_now,
               COALESCE(SUM(CASE WHEN m.ordered_on > @half THEN m.total_eur END), 0.00) AS eur_now,
               COUNT(CASE WHEN m.ordered_on <= @half AND m.ordered_on > @year_ago THEN 1 END) AS orders_before,
               COALESCE(SUM(CASE WHEN m.ordered_on <= @half AND m.ordered_on > @year_ago THEN m.total_eur END), 0.00)
                   AS eur_before
        FROM mine m
    ), tickets_with_windows AS (  -- equally long before and after each ticket, half a year at most
        SELECT t.ticket_id, t.subject, t.status, CAST(t.opened_at AS date) AS opened_on,
               CASE WHEN DATEDIFF(day, t.opened_at, @today) > 180 THEN 180 ELSE DATEDIFF(day, t.opened_at, @today) END AS days
        FROM business.tickets t
        WHERE t.customer_id = @wanted AND DATEDIFF(day, t.opened_at, @today) >= 90
          AND (t.status <> N'Solved' OR t.satisfaction <= 2)
    ), around_tickets AS (
        SELECT t.ticket_id, t.subject, t.status, t.opened_on, t.days,
               COUNT(CASE WHEN m.ordered_on <= t.opened_on THEN 1 END) AS orders_before,
               COUNT(CASE WHEN m.ordered_on > t.opened_on THEN 1 END) AS orders_after,
               COALESCE(SUM(CASE WHEN m.ordered_on <= t.opened_on THEN m.total_eur END), 0.00) AS eur_before,
               COALESCE(SUM(CASE WHEN m.ordered_on > t.opened_on THEN m.total_eur END), 0.00) AS eur_after
        FROM tickets_with_windows t
        JOIN mine m ON m.ordered_on > DATEADD(day, -t.days, t.opened_on)
            AND m.ordered_on <= DATEADD(day, t.days, t.opened_on)
        GROUP BY t.ticket_id, t.subject, t.status, t.opened_on, t.days
    ), drop_after_ticket AS (
        SELECT TOP (1) a.ticket_id, a.subject, a.status, a.opened_on, a.days, a.orders_before, a.orders_after,
               a.eur_before, a.eur_after
        FROM around_tickets a
        WHERE a.orders_before >= 6 AND a.orders_after <= a.orders_before * 0.5
        ORDER BY 1.0 * a.orders_after / a.orders_before
    ), categories AS (
        SELECT p.category,
               COALESCE(SUM(CASE WHEN m.ordered_on <= @half THEN l.line_total_eur END), 0.00) AS eur_before,
               COUNT(DISTINCT CASE WHEN m.ordered_on <= @half THEN m.order_id END) AS orders_before,
               COUNT(CASE WHEN m.ordered_on > @half THEN 1 END) AS lines_now,
               MAX(m.ordered_on) AS last_on
        FROM mine m
        JOIN business.order_lines l ON l.order_id = m.order_id
        JOIN business.products p ON p.product_id = l.product_id
        WHERE m.ordered_on > DATEADD(month, -18, @today)
        GROUP BY p.category
    ), totals AS (
        SELECT c.category, c.eur_before, c.orders_before, c.lines_now, c.last_on, SUM(c.eur_before) OVER () AS eur
        FROM categories c
    ), shares AS (
        SELECT t.category, t.eur_before, t.orders_before, t.lines_now, t.last_on,
               business.percent_of(t.eur_before, t.eur) AS share
        FROM totals t
    ), paying AS (
        SELECT CAST(AVG(CASE WHEN m.age <= 180 THEN 1.0 * DATEDIFF(day, m.ordered_on, m.paid_on) END) AS decimal(12, 1))
                   AS days_now,
               COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS paid_now,
               CAST(AVG(CASE WHEN m.age > 180 AND m.age <= 545 THEN 1.0 * DATEDIFF(day, m.ordered_on, m.paid_on) END)
                    AS decimal(12, 1)) AS days_before
        FROM mine m WHERE m.paid_on IS NOT NULL
    ), unpaid AS (
        SELECT SUM(m.total_eur) AS eur, COUNT(*) AS orders, c.credit_limit_eur
        FROM mine m JOIN business.customers c ON c.customer_id = m.customer_id
        WHERE m.paid_on IS NULL AND m.status IN (N'Open', N'Shipped', N'Delivered')
        GROUP BY c.credit_limit_eur
    ), returned AS (
        SELECT COUNT(CASE WHEN m.status = N'Returned' AND m.age <= 180 THEN 1 END) AS returned_now,
               COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS orders_now,
               COUNT(CASE WHEN m.status = N'Returned' AND m.age > 180 AND m.age <= 545 THEN 1 END) AS returned_before,
               COALESCE(SUM(CASE WHEN m.status = N'Returned' AND m.age <= 180 THEN m.total_eur END), 0.00) AS eur_now
        FROM mine m
    ), complaints AS (
        SELECT t.category, COUNT(*) AS tickets, CAST(MIN(t.opened_at) AS date) AS first_on,
               CAST(MAX(t.opened_at) AS date) AS last_on,
               STRING_AGG(t.ticket_id, N', ') WITHIN GROUP (ORDER BY t.opened_at) AS ids
        FROM business.tickets t
        WHERE t.customer_id = @wanted AND t.opened_at > DATEADD(day, -90, @today) AND t.category <> N'Question'
        GROUP BY t.category HAVING COUNT(*) >= 4
    ), gaps AS (
        SELECT m.ordered_on, DATEDIFF(day, LAG(m.ordered_on) OVER (ORDER BY m.ordered_on), m.ordered_on) AS gap FROM mine m
    ), gaps_in_order AS (
        SELECT g.gap, ROW_NUMBER() OVER (ORDER BY g.gap) AS place, COUNT(*) OVER () AS places
        FROM gaps g WHERE g.gap IS NOT NULL
    ), quiet AS (
        SELECT MAX(g.ordered_on) AS last_on, DATEDIFF(day, MAX(g.ordered_on), @today) AS days,
               (SELECT AVG(1.0 * i.gap) FROM gaps_in_order i
                WHERE i.place IN ((i.places + 1) / 2, (i.places + 2) / 2)) AS usual
        FROM gaps g HAVING COUNT(*) >= 8
    ), found (weight, signal, detail, reference) AS (
        SELECT 1, N'Orders fell after a ticket',
               CONCAT(N'Orders fell from ', d.orders_before, N' (', business.eur(d.eur_before), N') in the ', d.days,
                      N' days before ', d.ticket_id, N' to ', d.orders_after, N' (', business.eur(d.eur_after), N') in the ',
                      d.days, N' days after it. ', d.ticket_id, N', opened on ', d.opened_on, N', is ',
                      CASE d.status WHEN N'Solved' THEN N'solved, but the customer was not satisfied'
                                    ELSE CONCAT(N'not solved after ', DATEDIFF(day, d.opened_on, @today), N' days') END,
                      N': "', d.subject, N'".'),
               d.ticket_id
        FROM drop_after_ticket d
        UNION ALL
        SELECT 2, N'Orders fell',
               CONCAT(N'Orders fell from ', h.orders_before, N' (', business.eur(h.eur_before), N') in the six months before to ',
                      h.orders_now, N' (', business.eur(h.eur_now), N') in the last six months.'), @wanted
        FROM halves h
        WHERE h.orders_before >= 6 AND h.orders_now <= h.orders_before * 0.5
          AND NOT EXISTS (SELECT 1 FROM drop_after_ticket d)
        UNION ALL
        SELECT 2, N'Product group no longer bought',
               CONCAT(s.category, N' made ', s.share, N' % of the spend (', business.eur(s.eur_before), N' in ', s.orders_before,
                      N' orders) in the year up to ', @half, N' and none since; the last was bought on ', s.last_on, N'.'),
               s.category
        FROM shares s CROSS JOIN halves h
        WHERE s.share >= 30 AND s.orders_before >= 5 AND s.lines_now = 0 AND h.orders_now >= 3
        UNION ALL
        SELECT 2, N'Pays later',
               CONCAT(N'Invoices are paid ', p.days_now, N' days after the order on average in the last 180 days, against ',
                      p.days_before, N' days in the year before.'), @wanted
        FROM paying p WHERE p.paid_now >= 3 AND p.days_now >= p.days_before + 15
        UNION ALL
        SELECT 2, N'Over the credit limit',
               CONCAT(business.eur(u.eur), N' is unpaid in ', u.orders, N' orders, ', business.eur(u.eur - u.credit_limit_eur),
                      N' more than the credit limit of ', business.eur(u.credit_limit_eur), N'.'), @wanted
        FROM unpaid u WHERE u.eur > u.credit_limit_eur
        UNION ALL
        SELECT 3, N'Orders grew',
               CONCAT(N'Orders grew from ', h.orders_before, N' (', business.eur(h.eur_before), N') in the six months before to ',
                      h.orders_now, N' (', business.eur(h.eur_now), N') in the last six months.'), @wanted
        FROM halves h WHERE h.orders_before >= 6 AND h.orders_now >= h.orders_before * 2
        UNION ALL
        SELECT 2, N'Many returns',
               CONCAT(r.returned_now, N' of ', r.orders_now, N' orders of the last 180 days were returned (',
                      business.eur(r.eur_now), N'), against ', r.returned_before, N' in the year before.'), @wanted
        FROM returned r WHERE r.returned_now >= 3 AND r.returned_now >= r.orders_now * 0.25
        UNION ALL
        SELECT 2, N'The same complaint again and again',
               CONCAT(c.tickets, N' tickets about ', LOWER(c.category), N' from ', c.first_on, N' to ', c.last_on, N': ', c.ids,
                      N'.'), c.category
        FROM complaints c
        UNION ALL
        SELECT 2, N'Quiet',
               CONCAT(N'No order for ', q.days, N' days, since ', q.last_on, N'; usually one comes every ',
                      CAST(q.usual AS decimal(12, 0)), N' days.'), @wanted
        FROM quiet q WHERE q.days > 60 AND q.days > q.usual * 3
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    -- This year, last year, and what is usual in the segment.
    WITH spans AS (
        SELECT 1 AS place, N'Last 12 months' AS period, DATEADD(day, 1, @year_ago) AS first_day, @today AS last_day
        UNION ALL
        SELECT 2, N'12 months before', DATEADD(day, 1, DATEADD(month, -24, @today)), @year_ago
    ), late AS (
        SELECT o.order_id FROM business.orders o JOIN business.shipments s ON s.order_id = o.order_id
        WHERE o.customer_id = @wanted GROUP BY o.order_id, o.requested_on HAVING MAX(s.delivered_on) > o.requested_on
    ), heard AS (
        SELECT s.place, COUNT(t.ticket_id) AS tickets
        FROM spans s
        LEFT JOIN business.tickets t ON t.customer_id = @wanted AND CAST(t.opened_at AS date) BETWEEN s.first_day AND s.last_day
        GROUP BY s.place
    ), found (place, period, orders, total_eur, average_order_eur, returned_orders, late_orders, tickets) AS (
        SELECT s.place, s.period, COUNT(o.order_id), COALESCE(SUM(o.total_eur), 0.00), CAST(AVG(o.total_eur) AS decimal(14, 2)),
               COUNT(CASE WHEN o.status = N'Returned' THEN 1 END), COUNT(l.order_id), h.tickets
        FROM business.customers c
        CROSS JOIN spans s
        JOIN heard h ON h.place = s.place
        LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> N'Cancelled'
            AND o.ordered_on BETWEEN s.first_day AND s.last_day
        LEFT JOIN late l ON l.order_id = o.order_id
        WHERE c.customer_id = @wanted
        GROUP BY s.place, s.period, h.tickets
        UNION ALL
        SELECT 3, N'Median of the segment, last 12 months', m.orders, m.total_eur, m.average_eur, m.returned, NULL, NULL
        FROM business.customers c JOIN business.segment_medians m ON m.segment = c.segment
        WHERE c.customer_id = @wanted
    )
    SELECT f.period, f.orders, f.total_eur, f.average_order_eur, f.returned_orders, f.late_orders, f.tickets
    FROM found f ORDER BY f.place;

    WITH month_starts AS (
        SELECT DATEADD(month, 1 - COALESCE(@months, 18), DATEFROMPARTS(YEAR(@today), MONTH(@today), 1)) AS month
        UNION ALL
        SELECT DATEADD(month, 1, n.month) FROM month_starts n WHERE DATEADD(month, 1, n.month) <= @today
    )
    SELECT n.month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
    FROM business.customers c
    CROSS JOIN month_starts n
    LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> N'Cancelled'
        AND o.ordered_on >= n.month AND o.ordered_on < DATEADD(month, 1, n.month)
    WHERE c.customer_id = @wanted
    GROUP BY n.month ORDER BY n.month
    OPTION (MAXRECURSION 0);

    -- The five products that bring most, and how that moved.
    SELECT TOP (5) p.product_id, p.name AS product, p.category,
           COALESCE(SUM(CASE WHEN o.ordered_on > @year_ago THEN l.line_total_eur END), 0.00) AS last_12_months_eur,
           COALESCE(SUM(CASE WHEN o.ordered_on <= @year_ago THEN l.line_total_eur END), 0.00) AS months_13_to_24_eur,
           MAX(o.ordered_on) AS last_bought_on
    FROM business.orders o
    JOIN business.order_lines l ON l.order_id = o.order_id
    JOIN business.products p ON p.product_id = l.product_id
    WHERE o.customer_id = @wanted AND o.status <> N'Cancelled' AND o.ordered_on > DATEADD(month, -24, @today)
    GROUP BY p.product_id, p.name, p.category
    ORDER BY SUM(l.line_total_eur) DESC, p.product_id;

    SELECT TOP (6) t.ticket_id, CAST(t.opened_at AS date) AS opened_on, t.category, t.priority, t.status, t.satisfaction,
           DATEDIFF(day, t.opened_at, COALESCE(t.solved_at, @today)) AS days_open, t.subject
    FROM business.tickets t
    WHERE t.customer_id = @wanted
    ORDER BY t.opened_at DESC, t.ticket_id;
END
GO
