-- How is this customer doing, what changed, and what should we do next?

CREATE PROCEDURE customer_insight(IN customer_id varchar(200), IN months integer) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE wanted varchar(200) DEFAULT IF(customer_id LIKE '% ', NULL, customer_id);
    DECLARE today date DEFAULT (SELECT as_of FROM calendar);
    DECLARE half date DEFAULT today - INTERVAL 6 MONTH;
    DECLARE year_ago date DEFAULT today - INTERVAL 12 MONTH;

    -- Who it is, what is unpaid, how long since the last order, and the place in the segment.
    SELECT c.customer_id, c.name, c.industry, c.segment, c.city, c.country, c.contact_name, c.email, c.phone,
           c.account_manager, c.customer_since, c.payment_terms_days, c.credit_limit_eur,
           (SELECT COALESCE(SUM(o.total_eur), 0.00) FROM orders o
            WHERE o.customer_id = c.customer_id AND o.paid_on IS NULL
              AND o.status IN ('Open', 'Shipped', 'Delivered')) AS unpaid_eur,
           (SELECT MAX(o.ordered_on) FROM orders o WHERE o.customer_id = c.customer_id) AS last_order_on,
           DATEDIFF(today, (SELECT MAX(o.ordered_on) FROM orders o WHERE o.customer_id = c.customer_id))
               AS days_since_last_order,
           p.place AS rank_in_segment, p.places AS customers_in_segment
    FROM customers c
    JOIN customer_years p ON p.customer_id = c.customer_id
    WHERE c.customer_id = wanted;

    -- What the rules below found, the gravest first.
    WITH mine AS (
        SELECT o.*, DATEDIFF(today, o.ordered_on) AS age FROM orders o
        WHERE o.customer_id = wanted AND o.status <> 'Cancelled'
    ), halves AS (  -- the last six months, and the six before
        SELECT COUNT(CASE WHEN m.ordered_on > half THEN 1 END) AS orders_now,
               COALESCE(SUM(CASE WHEN m.ordered_on > half THEN m.total_eur END), 0.00) AS eur_now,
               COUNT(CASE WHEN m.ordered_on <= half AND m.ordered_on > year_ago THEN 1 END) AS orders_before,
               COALESCE(SUM(CASE WHEN m.ordered_on <= half AND m.ordered_on > year_ago THEN m.total_eur END), 0) AS eur_before
        FROM mine m
    ), tickets_with_windows AS (  -- equally long before and after each ticket, half a year at most
        SELECT t.*, DATE(t.opened_at) AS opened_on, LEAST(180, DATEDIFF(today, t.opened_at)) AS days
        FROM tickets t
        WHERE t.customer_id = wanted AND DATEDIFF(today, t.opened_at) >= 90
          AND (t.status <> 'Solved' OR t.satisfaction <= 2)
    ), around_tickets AS (
        SELECT t.ticket_id, t.subject, t.status, t.opened_on, t.days,
               COUNT(CASE WHEN m.ordered_on <= t.opened_on THEN 1 END) AS orders_before,
               COUNT(CASE WHEN m.ordered_on > t.opened_on THEN 1 END) AS orders_after,
               COALESCE(SUM(CASE WHEN m.ordered_on <= t.opened_on THEN m.total_eur END), 0.00) AS eur_before,
               COALESCE(SUM(CASE WHEN m.ordered_on > t.opened_on THEN m.total_eur END), 0.00) AS eur_after
        FROM tickets_with_windows t
        JOIN mine m ON m.ordered_on > t.opened_on - INTERVAL t.days DAY AND m.ordered_on <= t.opened_on + INTERVAL t.days DAY
        GROUP BY t.ticket_id, t.subject, t.status, t.opened_on, t.days
    ), drop_after_ticket AS (
        SELECT a.* FROM around_tickets a
        WHERE a.orders_before >= 6 AND a.orders_after <= a.orders_before * 0.5
        ORDER BY a.orders_after / a.orders_before LIMIT 1
    ), categories AS (
        SELECT p.category,
               COALESCE(SUM(CASE WHEN m.ordered_on <= half THEN l.line_total_eur END), 0.00) AS eur_before,
               COUNT(DISTINCT CASE WHEN m.ordered_on <= half THEN m.order_id END) AS orders_before,
               COUNT(CASE WHEN m.ordered_on > half THEN 1 END) AS lines_now,
               MAX(m.ordered_on) AS last_on
        FROM mine m
        JOIN order_lines l ON l.order_id = m.order_id
        JOIN products p ON p.product_id = l.product_id
        WHERE m.ordered_on > today - INTERVAL 18 MONTH
        GROUP BY p.category
    ), shares AS (
        SELECT c.*, percent(c.eur_before, SUM(c.eur_before) OVER ()) AS share FROM categories c
    ), paying AS (
        SELECT ROUND(AVG(CASE WHEN m.age <= 180 THEN DATEDIFF(m.paid_on, m.ordered_on) END), 1) AS days_now,
               COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS paid_now,
               ROUND(AVG(CASE WHEN m.age > 180 AND m.age <= 545 THEN DATEDIFF(m.paid_on, m.ordered_on) END), 1) AS days_before
        FROM mine m WHERE m.paid_on IS NOT NULL
    ), unpaid AS (
        SELECT SUM(m.total_eur) AS eur, COUNT(*) AS orders, c.credit_limit_eur
        FROM mine m JOIN customers c ON c.customer_id = m.customer_id
        WHERE m.paid_on IS NULL AND m.status IN ('Open', 'Shipped', 'Delivered')
        GROUP BY c.credit_limit_eur
    ), returned AS (
        SELECT COUNT(CASE WHEN m.status = 'Returned' AND m.age <= 180 THEN 1 END) AS returned_now,
               COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS orders_now,
               COUNT(CASE WHEN m.status = 'Returned' AND m.age > 180 AND m.age <= 545 THEN 1 END) AS returned_before,
               COALESCE(SUM(CASE WHEN m.status = 'Returned' AND m.age <= 180 THEN m.total_eur END), 0.00) AS eur_now
        FROM mine m
    ), complaints AS (
        SELECT t.category, COUNT(*) AS tickets, DATE(MIN(t.opened_at)) AS first_on, DATE(MAX(t.opened_at)) AS last_on,
               GROUP_CONCAT(t.ticket_id ORDER BY t.opened_at SEPARATOR ', ') AS ids
        FROM tickets t
        WHERE t.customer_id = wanted AND t.opened_at > today - INTERVAL 90 DAY AND t.category <> 'Question'
        GROUP BY t.category HAVING COUNT(*) >= 4
    ), gaps AS (
        SELECT m.ordered_on, DATEDIFF(m.ordered_on, LAG(m.ordered_on) OVER (ORDER BY m.ordered_on)) AS gap FROM mine m
    ), gaps_in_order AS (
        SELECT g.gap, ROW_NUMBER() OVER (ORDER BY g.gap) AS place, COUNT(*) OVER () AS places
        FROM gaps g WHERE g.gap IS NOT NULL
    ), quiet AS (
        SELECT MAX(g.ordered_on) AS last_on, DATEDIFF(today, MAX(g.ordered_on)) AS days,
               (SELECT AVG(i.gap) FROM gaps_in_order i WHERE i.place IN ((i.places + 1) DIV 2, (i.places + 2) DIV 2)) AS usual
        FROM gaps g HAVING COUNT(*) >= 8
    ), found (weight, `signal`, detail, reference) AS (
        SELECT 1, 'Orders fell after a ticket',
               CONCAT('Orders fell from ', d.orders_before, ' (', eur(d.eur_before), ') in the ', d.days, ' days before ',
                      d.ticket_id, ' to ', d.orders_after, ' (', eur(d.eur_after), ') in the ', d.days, ' days after it. ',
                      d.ticket_id, ', opened on ', d.opened_on, ', is ',
                      CASE d.status WHEN 'Solved' THEN 'solved, but the customer was not satisfied'
                                    ELSE CONCAT('not solved after ', DATEDIFF(today, d.opened_on), ' days') END,
                      ': "', d.subject, '".'),
               d.ticket_id
        FROM drop_after_ticket d
        UNION ALL
        SELECT 2, 'Orders fell',
               CONCAT('Orders fell from ', h.orders_before, ' (', eur(h.eur_before), ') in the six months before to ',
                      h.orders_now, ' (', eur(h.eur_now), ') in the last six months.'), wanted
        FROM halves h
        WHERE h.orders_before >= 6 AND h.orders_now <= h.orders_before * 0.5
          AND NOT EXISTS (SELECT 1 FROM drop_after_ticket)
        UNION ALL
        SELECT 2, 'Product group no longer bought',
               CONCAT(s.category, ' made ', s.share, ' % of the spend (', eur(s.eur_before), ' in ', s.orders_before,
                      ' orders) in the year up to ', half, ' and none since; the last was bought on ', s.last_on, '.'),
               s.category
        FROM shares s, halves h
        WHERE s.share >= 30 AND s.orders_before >= 5 AND s.lines_now = 0 AND h.orders_now >= 3
        UNION ALL
        SELECT 2, 'Pays later',
               CONCAT('Invoices are paid ', p.days_now, ' days after the order on average in the last 180 days, against ',
                      p.days_before, ' days in the year before.'), wanted
        FROM paying p WHERE p.paid_now >= 3 AND p.days_now >= p.days_before + 15
        UNION ALL
        SELECT 2, 'Over the credit limit',
               CONCAT(eur(u.eur), ' is unpaid in ', u.orders, ' orders, ', eur(u.eur - u.credit_limit_eur),
                      ' more than the credit limit of ', eur(u.credit_limit_eur), '.'), wanted
        FROM unpaid u WHERE u.eur > u.credit_limit_eur
        UNION ALL
        SELECT 3, 'Orders grew',
               CONCAT('Orders grew from ', h.orders_before, ' (', eur(h.eur_before), ') in the six months before to ',
                      h.orders_now, ' (', eur(h.eur_now), ') in the last six months.'), wanted
        FROM halves h WHERE h.orders_before >= 6 AND h.orders_now >= h.orders_before * 2
        UNION ALL
        SELECT 2, 'Many returns',
               CONCAT(r.returned_now, ' of ', r.orders_now, ' orders of the last 180 days were returned (', eur(r.eur_now),
                      '), against ', r.returned_before, ' in the year before.'), wanted
        FROM returned r WHERE r.returned_now >= 3 AND r.returned_now >= r.orders_now * 0.25
        UNION ALL
        SELECT 2, 'The same complaint again and again',
               CONCAT(c.tickets, ' tickets about ', LOWER(c.category), ' from ', c.first_on, ' to ', c.last_on, ': ', c.ids, '.'),
               c.category
        FROM complaints c
        UNION ALL
        SELECT 2, 'Quiet',
               CONCAT('No order for ', q.days, ' days, since ', q.last_on, '; usually one comes every ', ROUND(q.usual),
                      ' days.'), wanted
        FROM quiet q WHERE q.days > 60 AND q.days > q.usual * 3
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    -- This year, last year, and what is usual in the segment.
    WITH spans AS (
        SELECT 1 AS place, 'Last 12 months' AS period, year_ago + INTERVAL 1 DAY AS first_day, today AS last_day
        UNION ALL
        SELECT 2, '12 months before', today - INTERVAL 24 MONTH + INTERVAL 1 DAY, year_ago
    ), late AS (
        SELECT o.order_id FROM orders o JOIN shipments s ON s.order_id = o.order_id
        WHERE o.customer_id = wanted GROUP BY o.order_id, o.requested_on HAVING MAX(s.delivered_on) > o.requested_on
    ), found (place, period, orders, total_eur, average_order_eur, returned_orders, late_orders, tickets) AS (
        SELECT s.place, s.period, COUNT(o.order_id), COALESCE(SUM(o.total_eur), 0.00), ROUND(AVG(o.total_eur), 2),
               COUNT(CASE WHEN o.status = 'Returned' THEN 1 END), COUNT(l.order_id),
               (SELECT COUNT(*) FROM tickets t
                WHERE t.customer_id = wanted AND DATE(t.opened_at) BETWEEN s.first_day AND s.last_day)
        FROM customers c
        CROSS JOIN spans s
        LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
            AND o.ordered_on BETWEEN s.first_day AND s.last_day
        LEFT JOIN late l ON l.order_id = o.order_id
        WHERE c.customer_id = wanted
        GROUP BY s.place, s.period, s.first_day, s.last_day
        UNION ALL
        SELECT 3, 'Median of the segment, last 12 months', m.orders, m.total_eur, m.average_eur, m.returned, NULL, NULL
        FROM customers c JOIN segment_medians m ON m.segment = c.segment
        WHERE c.customer_id = wanted
    )
    SELECT f.period, f.orders, f.total_eur, f.average_order_eur, f.returned_orders, f.late_orders, f.tickets
    FROM found f ORDER BY f.place;

    WITH RECURSIVE month_starts AS (
        SELECT DATE_FORMAT(today, '%Y-%m-01') - INTERVAL COALESCE(months, 18) - 1 MONTH AS month
        UNION ALL
        SELECT n.month + INTERVAL 1 MONTH FROM month_starts n WHERE n.month + INTERVAL 1 MONTH <= today
    )
    SELECT CAST(n.month AS date) AS month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
    FROM customers c
    CROSS JOIN month_starts n
    LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
        AND o.ordered_on >= n.month AND o.ordered_on < n.month + INTERVAL 1 MONTH
    WHERE c.customer_id = wanted
    GROUP BY n.month ORDER BY n.month;

    -- The five products that bring most, and how that moved.
    SELECT p.product_id, p.name AS product, p.category,
           COALESCE(SUM(CASE WHEN o.ordered_on > year_ago THEN l.line_total_eur END), 0.00) AS last_12_months_eur,
           COALESCE(SUM(CASE WHEN o.ordered_on <= year_ago THEN l.line_total_eur END), 0.00) AS months_13_to_24_eur,
           MAX(o.ordered_on) AS last_bought_on
    FROM orders o
    JOIN order_lines l ON l.order_id = o.order_id
    JOIN products p ON p.product_id = l.product_id
    WHERE o.customer_id = wanted AND o.status <> 'Cancelled' AND o.ordered_on > today - INTERVAL 24 MONTH
    GROUP BY p.product_id, p.name, p.category
    ORDER BY SUM(l.line_total_eur) DESC, p.product_id LIMIT 5;

    SELECT t.ticket_id, DATE(t.opened_at) AS opened_on, t.category, t.priority, t.status, t.satisfaction,
           DATEDIFF(COALESCE(t.solved_at, today), t.opened_at) AS days_open, t.subject
    FROM tickets t
    WHERE t.customer_id = wanted
    ORDER BY t.opened_at DESC, t.ticket_id LIMIT 6;
END
//
