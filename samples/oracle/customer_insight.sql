-- How is this customer doing, what changed, and what should we do next?

CREATE PROCEDURE business.customer_insight (customer_id IN VARCHAR2, months IN NUMBER DEFAULT 18) AUTHID DEFINER AS
    wanted              CONSTANT VARCHAR2(200) := customer_id;
    today               DATE;
    half_year_ago       DATE;
    year_ago            DATE;
    set_customer        SYS_REFCURSOR;
    set_signals         SYS_REFCURSOR;
    set_periods         SYS_REFCURSOR;
    set_orders_by_month SYS_REFCURSOR;
    set_products        SYS_REFCURSOR;
    set_tickets         SYS_REFCURSOR;
BEGIN
    SELECT a.as_of INTO today FROM business.calendar a;
    half_year_ago := business.months_later(today, -6);
    year_ago := business.months_later(today, -12);

    -- Who it is, what is unpaid, how long since the last order, and the place in the segment.
    OPEN set_customer FOR
        SELECT c.customer_id, c.name, c.industry, c.segment, c.city, c.country, c.contact_name, c.email, c.phone,
               c.account_manager, c.customer_since, c.payment_terms_days, c.credit_limit_eur,
               (SELECT COALESCE(SUM(o.total_eur), 0.00) FROM business.orders o
                WHERE o.customer_id = c.customer_id AND o.paid_on IS NULL
                  AND o.status IN ('Open', 'Shipped', 'Delivered')) AS unpaid_eur,
               (SELECT MAX(o.ordered_on) FROM business.orders o WHERE o.customer_id = c.customer_id) AS last_order_on,
               (SELECT today - MAX(o.ordered_on) FROM business.orders o WHERE o.customer_id = c.customer_id)
                   AS days_since_last_order,
               p.place AS rank_in_segment, p.places AS customers_in_segment
        FROM business.customers c
        JOIN business.customer_years p ON p.customer_id = c.customer_id
        WHERE c.customer_id = wanted;
    DBMS_SQL.RETURN_RESULT(set_customer);

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH mine AS (
            SELECT o.order_id, o.customer_id, o.ordered_on, o.status, o.total_eur, o.paid_on,
                   today - o.ordered_on AS age
            FROM business.orders o WHERE o.customer_id = wanted AND o.status <> 'Cancelled'
        ), halves AS (  -- the last six months, and the six before
            SELECT COUNT(CASE WHEN m.ordered_on > half_year_ago THEN 1 END) AS orders_now,
                   COALESCE(SUM(CASE WHEN m.ordered_on > half_year_ago THEN m.total_eur END), 0.00) AS eur_now,
                   COUNT(CASE WHEN m.ordered_on <= half_year_ago AND m.ordered_on > year_ago THEN 1 END) AS orders_before,
                   COALESCE(SUM(CASE WHEN m.ordered_on <= half_year_ago AND m.ordered_on > year_ago THEN m.total_eur END), 0.00)
                       AS eur_before
            FROM mine m
        ), tickets_with_windows AS (  -- equally long before and after each ticket, half a year at most
            SELECT t.ticket_id, t.subject, t.status, TRUNC(t.opened_at) AS opened_on,
                   CASE WHEN today - TRUNC(t.opened_at) > 180 THEN 180 ELSE today - TRUNC(t.opened_at) END AS days
            FROM business.tickets t
            WHERE t.customer_id = wanted AND today - TRUNC(t.opened_at) >= 90
              AND (t.status <> 'Solved' OR t.satisfaction <= 2)
        ), around_tickets AS (
            SELECT t.ticket_id, t.subject, t.status, t.opened_on, t.days,
                   COUNT(CASE WHEN m.ordered_on <= t.opened_on THEN 1 END) AS orders_before,
                   COUNT(CASE WHEN m.ordered_on > t.opened_on THEN 1 END) AS orders_after,
                   COALESCE(SUM(CASE WHEN m.ordered_on <= t.opened_on THEN m.total_eur END), 0.00) AS eur_before,
                   COALESCE(SUM(CASE WHEN m.ordered_on > t.opened_on THEN m.total_eur END), 0.00) AS eur_after
            FROM tickets_with_windows t
            JOIN mine m ON m.ordered_on > t.opened_on - t.days
                AND m.ordered_on <= t.opened_on + t.days
            GROUP BY t.ticket_id, t.subject, t.status, t.opened_on, t.days
        ), drop_after_ticket AS (
            SELECT a.ticket_id, a.subject, a.status, a.opened_on, a.days, a.orders_before, a.orders_after,
                   a.eur_before, a.eur_after
            FROM around_tickets a
            WHERE a.orders_before >= 6 AND a.orders_after <= a.orders_before * 0.5
            ORDER BY a.orders_after / a.orders_before
            FETCH FIRST 1 ROWS ONLY
        ), categories AS (
            SELECT p.category,
                   COALESCE(SUM(CASE WHEN m.ordered_on <= half_year_ago THEN l.line_total_eur END), 0.00) AS eur_before,
                   COUNT(DISTINCT CASE WHEN m.ordered_on <= half_year_ago THEN m.order_id END) AS orders_before,
                   COUNT(CASE WHEN m.ordered_on > half_year_ago THEN 1 END) AS lines_now,
                   MAX(m.ordered_on) AS last_on
            FROM mine m
            JOIN business.order_lines l ON l.order_id = m.order_id
            JOIN business.products p ON p.product_id = l.product_id
            WHERE m.ordered_on > business.months_later(today, -18)
            GROUP BY p.category
        ), totals AS (
            SELECT c.category, c.eur_before, c.orders_before, c.lines_now, c.last_on, SUM(c.eur_before) OVER () AS eur
            FROM categories c
        ), shares AS (
            SELECT t.category, t.eur_before, t.orders_before, t.lines_now, t.last_on,
                   business.percent_of(t.eur_before, t.eur) AS part
            FROM totals t
        ), paying AS (
            SELECT CAST(AVG(CASE WHEN m.age <= 180 THEN m.paid_on - m.ordered_on END) AS NUMBER(12, 1))
                       AS days_now,
                   COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS paid_now,
                   CAST(AVG(CASE WHEN m.age > 180 AND m.age <= 545 THEN m.paid_on - m.ordered_on END)
                        AS NUMBER(12, 1)) AS days_before
            FROM mine m WHERE m.paid_on IS NOT NULL
        ), unpaid AS (
            SELECT SUM(m.total_eur) AS eur, COUNT(*) AS orders, c.credit_limit_eur
            FROM mine m JOIN business.customers c ON c.customer_id = m.customer_id
            WHERE m.paid_on IS NULL AND m.status IN ('Open', 'Shipped', 'Delivered')
            GROUP BY c.credit_limit_eur
        ), returned AS (
            SELECT COUNT(CASE WHEN m.status = 'Returned' AND m.age <= 180 THEN 1 END) AS returned_now,
                   COUNT(CASE WHEN m.age <= 180 THEN 1 END) AS orders_now,
                   COUNT(CASE WHEN m.status = 'Returned' AND m.age > 180 AND m.age <= 545 THEN 1 END) AS returned_before,
                   COALESCE(SUM(CASE WHEN m.status = 'Returned' AND m.age <= 180 THEN m.total_eur END), 0.00) AS eur_now
            FROM mine m
        ), complaints AS (
            SELECT t.category, COUNT(*) AS tickets, TRUNC(MIN(t.opened_at)) AS first_on,
                   TRUNC(MAX(t.opened_at)) AS last_on,
                   LISTAGG(t.ticket_id, ', ') WITHIN GROUP (ORDER BY t.opened_at) AS ids
            FROM business.tickets t
            WHERE t.customer_id = wanted AND t.opened_at > today - 90 AND t.category <> 'Question'
            GROUP BY t.category HAVING COUNT(*) >= 4
        ), gaps AS (
            SELECT m.ordered_on, m.ordered_on - LAG(m.ordered_on) OVER (ORDER BY m.ordered_on) AS gap FROM mine m
        ), gaps_in_order AS (
            SELECT g.gap, ROW_NUMBER() OVER (ORDER BY g.gap) AS place, COUNT(*) OVER () AS places
            FROM gaps g WHERE g.gap IS NOT NULL
        ), quiet AS (
            SELECT MAX(g.ordered_on) AS last_on, today - MAX(g.ordered_on) AS days,
                   (SELECT AVG(i.gap) FROM gaps_in_order i
                    WHERE i.place IN (FLOOR((i.places + 1) / 2), FLOOR((i.places + 2) / 2))) AS usual
            FROM gaps g HAVING COUNT(*) >= 8
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Orders fell after a ticket',
                   'Orders fell from ' || d.orders_before || ' (' || business.eur(d.eur_before) || ') in the '
                   || d.days || ' days before ' || d.ticket_id || ' to ' || d.orders_after || ' ('
                   || business.eur(d.eur_after) || ') in the ' || d.days || ' days after it. ' || d.ticket_id
                   || ', opened on ' || TO_CHAR(d.opened_on, 'YYYY-MM-DD') || ', is '
                   || CASE d.status WHEN 'Solved' THEN 'solved, but the customer was not satisfied'
                                    ELSE 'not solved after ' || (today - d.opened_on) || ' days' END
                   || ': "' || d.subject || '".',
                   d.ticket_id
            FROM drop_after_ticket d
            UNION ALL
            SELECT 2, 'Orders fell',
                   'Orders fell from ' || h.orders_before || ' (' || business.eur(h.eur_before)
                   || ') in the six months before to ' || h.orders_now || ' (' || business.eur(h.eur_now)
                   || ') in the last six months.', wanted
            FROM halves h
            WHERE h.orders_before >= 6 AND h.orders_now <= h.orders_before * 0.5
              AND NOT EXISTS (SELECT 1 FROM drop_after_ticket d)
            UNION ALL
            SELECT 2, 'Product group no longer bought',
                   s.category || ' made ' || business.tenths(s.part) || ' % of the spend ('
                   || business.eur(s.eur_before) || ' in ' || s.orders_before || ' orders) in the year up to '
                   || TO_CHAR(half_year_ago, 'YYYY-MM-DD') || ' and none since; the last was bought on '
                   || TO_CHAR(s.last_on, 'YYYY-MM-DD') || '.',
                   s.category
            FROM shares s CROSS JOIN halves h
            WHERE s.part >= 30 AND s.orders_before >= 5 AND s.lines_now = 0 AND h.orders_now >= 3
            UNION ALL
            SELECT 2, 'Pays later',
                   'Invoices are paid ' || business.tenths(p.days_now)
                   || ' days after the order on average in the last 180 days, against '
                   || business.tenths(p.days_before) || ' days in the year before.', wanted
            FROM paying p WHERE p.paid_now >= 3 AND p.days_now >= p.days_before + 15
            UNION ALL
            SELECT 2, 'Over the credit limit',
                   business.eur(u.eur) || ' is unpaid in ' || u.orders || ' orders, '
                   || business.eur(u.eur - u.credit_limit_eur) || ' more than the credit limit of '
                   || business.eur(u.credit_limit_eur) || '.', wanted
            FROM unpaid u WHERE u.eur > u.credit_limit_eur
            UNION ALL
            SELECT 3, 'Orders grew',
                   'Orders grew from ' || h.orders_before || ' (' || business.eur(h.eur_before)
                   || ') in the six months before to ' || h.orders_now || ' (' || business.eur(h.eur_now)
                   || ') in the last six months.', wanted
            FROM halves h WHERE h.orders_before >= 6 AND h.orders_now >= h.orders_before * 2
            UNION ALL
            SELECT 2, 'Many returns',
                   r.returned_now || ' of ' || r.orders_now || ' orders of the last 180 days were returned ('
                   || business.eur(r.eur_now) || '), against ' || r.returned_before || ' in the year before.', wanted
            FROM returned r WHERE r.returned_now >= 3 AND r.returned_now >= r.orders_now * 0.25
            UNION ALL
            SELECT 2, 'The same complaint again and again',
                   c.tickets || ' tickets about ' || LOWER(c.category) || ' from ' || TO_CHAR(c.first_on, 'YYYY-MM-DD')
                   || ' to ' || TO_CHAR(c.last_on, 'YYYY-MM-DD') || ': ' || c.ids || '.', c.category
            FROM complaints c
            UNION ALL
            SELECT 2, 'Quiet',
                   'No order for ' || q.days || ' days, since ' || TO_CHAR(q.last_on, 'YYYY-MM-DD')
                   || '; usually one comes every ' || ROUND(q.usual) || ' days.', wanted
            FROM quiet q WHERE q.days > 60 AND q.days > q.usual * 3
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    -- This year, last year, and what is usual in the segment.
    OPEN set_periods FOR
        WITH spans AS (
            SELECT 1 AS place, 'Last 12 months' AS period, year_ago + 1 AS first_day, today AS last_day FROM dual
            UNION ALL
            SELECT 2, '12 months before', business.months_later(today, -24) + 1, year_ago FROM dual
        ), late AS (
            SELECT o.order_id FROM business.orders o JOIN business.shipments s ON s.order_id = o.order_id
            WHERE o.customer_id = wanted GROUP BY o.order_id, o.requested_on HAVING MAX(s.delivered_on) > o.requested_on
        ), heard AS (
            SELECT s.place, COUNT(t.ticket_id) AS tickets
            FROM spans s
            LEFT JOIN business.tickets t ON t.customer_id = wanted AND TRUNC(t.opened_at) BETWEEN s.first_day AND s.last_day
            GROUP BY s.place
        ), found (place, period, orders, total_eur, average_order_eur, returned_orders, late_orders, tickets) AS (
            SELECT s.place, s.period, COUNT(o.order_id), COALESCE(SUM(o.total_eur), 0.00),
                   CAST(AVG(o.total_eur) AS NUMBER(14, 2)),
                   COUNT(CASE WHEN o.status = 'Returned' THEN 1 END), COUNT(l.order_id), h.tickets
            FROM business.customers c
            CROSS JOIN spans s
            JOIN heard h ON h.place = s.place
            LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
                AND o.ordered_on BETWEEN s.first_day AND s.last_day
            LEFT JOIN late l ON l.order_id = o.order_id
            WHERE c.customer_id = wanted
            GROUP BY s.place, s.period, h.tickets
            UNION ALL
            SELECT 3, 'Median of the segment, last 12 months', m.orders, m.total_eur, m.average_eur, m.returned, NULL, NULL
            FROM business.customers c JOIN business.segment_medians m ON m.segment = c.segment
            WHERE c.customer_id = wanted
        )
        SELECT f.period, f.orders, f.total_eur, f.average_order_eur, f.returned_orders, f.late_orders, f.tickets
        FROM found f ORDER BY f.place;
    DBMS_SQL.RETURN_RESULT(set_periods);

    OPEN set_orders_by_month FOR
        WITH month_starts (month) AS (
            SELECT ADD_MONTHS(TRUNC(today, 'MM'), 1 - COALESCE(months, 18)) FROM dual
            UNION ALL
            SELECT ADD_MONTHS(n.month, 1) FROM month_starts n WHERE ADD_MONTHS(n.month, 1) <= today
        )
        SELECT n.month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
        FROM business.customers c
        CROSS JOIN month_starts n
        LEFT JOIN business.orders o ON o.customer_id = c.customer_id AND o.status <> 'Cancelled'
            AND o.ordered_on >= n.month AND o.ordered_on < ADD_MONTHS(n.month, 1)
        WHERE c.customer_id = wanted
        GROUP BY n.month ORDER BY n.month;
    DBMS_SQL.RETURN_RESULT(set_orders_by_month);

    -- The five products that bring most, and how that moved.
    OPEN set_products FOR
        SELECT p.product_id, p.name AS product, p.category,
               COALESCE(SUM(CASE WHEN o.ordered_on > year_ago THEN l.line_total_eur END), 0.00) AS last_12_months_eur,
               COALESCE(SUM(CASE WHEN o.ordered_on <= year_ago THEN l.line_total_eur END), 0.00) AS months_13_to_24_eur,
               MAX(o.ordered_on) AS last_bought_on
        FROM business.orders o
        JOIN business.order_lines l ON l.order_id = o.order_id
        JOIN business.products p ON p.product_id = l.product_id
        WHERE o.customer_id = wanted AND o.status <> 'Cancelled' AND o.ordered_on > business.months_later(today, -24)
        GROUP BY p.product_id, p.name, p.category
        ORDER BY SUM(l.line_total_eur) DESC, p.product_id
        FETCH FIRST 5 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_products);

    OPEN set_tickets FOR
        SELECT t.ticket_id, TRUNC(t.opened_at) AS opened_on, t.category, t.priority, t.status, t.satisfaction,
               COALESCE(TRUNC(t.solved_at), today) - TRUNC(t.opened_at) AS days_open, t.subject
        FROM business.tickets t
        WHERE t.customer_id = wanted
        ORDER BY t.opened_at DESC, t.ticket_id
        FETCH FIRST 6 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_tickets);
END;
/
