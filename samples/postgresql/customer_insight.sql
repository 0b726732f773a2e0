-- How is this customer doing, what changed, and what should we do next?

CREATE FUNCTION business.customer_insight(customer_id text, months integer DEFAULT 18) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted CONSTANT text := customer_insight.customer_id;
    today  CONSTANT date := (SELECT as_of FROM calendar);
    half_year_ago CONSTANT date := today - interval '6 months';
    year_ago      CONSTANT date := today - interval '12 months';
    months_ago_18 CONSTANT date := today - interval '18 months';
    two_years_ago CONSTANT date := today - interval '24 months';
    set_customer        refcursor := 'customer';
    set_signals         refcursor := 'signals';
    set_periods         refcursor := 'periods';
    set_orders_by_month refcursor := 'orders_by_month';
    set_products        refcursor := 'products';
    set_tickets         refcursor := 'tickets';
BEGIN
    -- Who it is, what is unpaid, how long since the last order, and the place in the segment.
    OPEN set_customer FOR
        SELECT c.customer_id, c.name, c.industry, c.segment, c.city, c.country, c.contact_name, c.email, c.phone,
               c.account_manager, c.customer_since, c.payment_terms_days, c.credit_limit_eur,
               (SELECT coalesce(sum(o.total_eur), 0.00) FROM orders o
                WHERE o.customer_id = c.customer_id AND o.paid_on IS NULL
                  AND o.status IN ('Open', 'Shipped', 'Delivered')) AS unpaid_eur,
               (SELECT max(o.ordered_on) FROM orders o WHERE o.customer_id = c.customer_id) AS last_order_on,
               today - (SELECT max(o.ordered_on) FROM orders o WHERE o.customer_id = c.customer_id)
                   AS days_since_last_order,
               p.place AS rank_in_segment, p.places AS customers_in_segment
        FROM customers c
        JOIN customer_years p USING (customer_id)
        WHERE c.customer_id = wanted;
    RETURN NEXT set_customer;

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH mine AS (
            SELECT o.order_id, o.ordered_on, o.status, o.total_eur, o.paid_on, today - o.ordered_on AS age,
                   o.ordered_on - lag(o.ordered_on) OVER (ORDER BY o.ordered_on) AS gap
            FROM orders o
            WHERE o.customer_id = wanted AND o.status <> 'Cancelled'
        ), figures AS (  -- the last six months, the six before; the last 180 days, the year before; whatever is unpaid
            SELECT count(*) FILTER (WHERE ordered_on > half_year_ago) AS orders_now,
                   coalesce(sum(total_eur) FILTER (WHERE ordered_on > half_year_ago), 0.00) AS eur_now,
                   count(*) FILTER (WHERE ordered_on <= half_year_ago AND ordered_on > year_ago) AS orders_before,
                   coalesce(sum(total_eur) FILTER (WHERE ordered_on <= half_year_ago AND ordered_on > year_ago), 0)
                       AS eur_before,
                   round(avg(paid_on - ordered_on) FILTER (WHERE age <= 180), 1) AS days_now,
                   count(paid_on) FILTER (WHERE age <= 180) AS paid_now,
                   round(avg(paid_on - ordered_on) FILTER (WHERE age > 180 AND age <= 545), 1) AS days_before,
                   sum(total_eur) FILTER (WHERE paid_on IS NULL AND status IN ('Open', 'Shipped', 'Delivered'))
                       AS unpaid_eur,
                   count(*) FILTER (WHERE paid_on IS NULL AND status IN ('Open', 'Shipped', 'Delivered'))
                       AS unpaid_orders,
                   count(*) FILTER (WHERE status = 'Returned' AND age <= 180) AS returned_now,
                   count(*) FILTER (WHERE age <= 180) AS orders_180,
                   count(*) FILTER (WHERE status = 'Returned' AND age > 180 AND age <= 545) AS returned_before,
                   coalesce(sum(total_eur) FILTER (WHERE status = 'Returned' AND age <= 180), 0.00) AS returned_eur,
                   count(*) AS orders, max(ordered_on) AS last_on, today - max(ordered_on) AS quiet_days,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS usual_gap
            FROM mine
        ), tickets_with_windows AS (  -- equally long before and after each ticket, half a year at most
            SELECT t.*, least(180, today - t.opened_at::date) AS days
            FROM tickets t
            WHERE t.customer_id = wanted AND today - t.opened_at::date >= 90
              AND (t.status <> 'Solved' OR t.satisfaction <= 2)
        ), around_tickets AS (
            SELECT t.ticket_id, t.subject, t.status, t.opened_at::date AS opened_on, t.days,
                   count(*) FILTER (WHERE m.ordered_on <= t.opened_at::date) AS orders_before,
                   count(*) FILTER (WHERE m.ordered_on > t.opened_at::date) AS orders_after,
                   coalesce(sum(m.total_eur) FILTER (WHERE m.ordered_on <= t.opened_at::date), 0.00) AS eur_before,
                   coalesce(sum(m.total_eur) FILTER (WHERE m.ordered_on > t.opened_at::date), 0.00) AS eur_after
            FROM tickets_with_windows t
            JOIN mine m ON m.ordered_on > t.opened_at::date - t.days AND m.ordered_on <= t.opened_at::date + t.days
            GROUP BY t.ticket_id, t.subject, t.status, t.opened_at, t.days
        ), drop_after_ticket AS (
            SELECT * FROM around_tickets
            WHERE orders_before >= 6 AND orders_after <= orders_before * 0.5
            ORDER BY orders_after::numeric / orders_before LIMIT 1
        ), categories AS (
            SELECT p.category,
                   coalesce(sum(l.line_total_eur) FILTER (WHERE m.ordered_on <= half_year_ago), 0.00) AS eur_before,
                   count(DISTINCT m.order_id) FILTER (WHERE m.ordered_on <= half_year_ago) AS orders_before,
                   count(*) FILTER (WHERE m.ordered_on > half_year_ago) AS lines_now,
                   max(m.ordered_on) AS last_on
            FROM mine m
            JOIN order_lines l USING (order_id)
            JOIN products p USING (product_id)
            WHERE m.ordered_on > months_ago_18
            GROUP BY p.category
        ), shares AS (
            SELECT *, percent(eur_before, sum(eur_before) OVER ()) AS share FROM categories
        ), complaints AS (
            SELECT t.category, count(*) AS tickets, min(t.opened_at)::date AS first_on, max(t.opened_at)::date AS last_on,
                   string_agg(t.ticket_id, ', ' ORDER BY t.opened_at) AS ids
            FROM tickets t
            WHERE t.customer_id = wanted AND t.opened_at > today - interval '90 days' AND t.category <> 'Question'
            GROUP BY t.category HAVING count(*) >= 4
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Orders fell after a ticket',
                   format('Orders fell from %s (%s) in the %s days before %s to %s (%s) in the %s days after it. '
                          '%s, opened on %s, is %s: "%s".',
                          orders_before, eur(eur_before), days, ticket_id, orders_after, eur(eur_after), days,
                          ticket_id, opened_on,
                          CASE status WHEN 'Solved' THEN 'solved, but the customer was not satisfied'
                                      ELSE 'not solved after ' || (today - opened_on) || ' days' END, subject),
                   ticket_id
            FROM drop_after_ticket
            UNION ALL
            SELECT 2, 'Orders fell',
                   format('Orders fell from %s (%s) in the six months before to %s (%s) in the last six months.',
                          orders_before, eur(eur_before), orders_now, eur(eur_now)), wanted
            FROM figures
            WHERE orders_before >= 6 AND orders_now <= orders_before * 0.5
              AND NOT EXISTS (SELECT 1 FROM drop_after_ticket)
            UNION ALL
            SELECT 2, 'Product group no longer bought',
                   format('%s made %s %% of the spend (%s in %s orders) in the year up to %s and none since; the last '
                          'was bought on %s.', s.category, s.share, eur(s.eur_before), s.orders_before,
                          half_year_ago, s.last_on), s.category
            FROM shares s, figures f
            WHERE s.share >= 30 AND s.orders_before >= 5 AND s.lines_now = 0 AND f.orders_now >= 3
            UNION ALL
            SELECT 2, 'Pays later',
                   format('Invoices are paid %s days after the order on average in the last 180 days, against %s days in '
                          'the year before.', days_now, days_before), wanted
            FROM figures WHERE paid_now >= 3 AND days_now >= days_before + 15
            UNION ALL
            SELECT 2, 'Over the credit limit',
                   format('%s is unpaid in %s orders, %s more than the credit limit of %s.', eur(unpaid_eur), unpaid_orders,
                          eur(unpaid_eur - credit_limit_eur), eur(credit_limit_eur)), wanted
            FROM figures JOIN customers c ON c.customer_id = wanted AND unpaid_eur > c.credit_limit_eur
            UNION ALL
            SELECT 3, 'Orders grew',
                   format('Orders grew from %s (%s) in the six months before to %s (%s) in the last six months.',
                          orders_before, eur(eur_before), orders_now, eur(eur_now)), wanted
            FROM figures WHERE orders_before >= 6 AND orders_now >= orders_before * 2
            UNION ALL
            SELECT 2, 'Many returns',
                   format('%s of %s orders of the last 180 days were returned (%s), against %s in the year before.',
                          returned_now, orders_180, eur(returned_eur), returned_before), wanted
            FROM figures WHERE returned_now >= 3 AND returned_now >= orders_180 * 0.25
            UNION ALL
            SELECT 2, 'The same complaint again and again',
                   format('%s tickets about %s from %s to %s: %s.', tickets, lower(category), first_on, last_on, ids),
                   category
            FROM complaints
            UNION ALL
            SELECT 2, 'Quiet',
                   format('No order for %s days, since %s; usually one comes every %s days.', quiet_days, last_on,
                          round(usual_gap::numeric)), wanted
            FROM figures WHERE orders >= 8 AND quiet_days > 60 AND quiet_days > usual_gap * 3
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    -- This year, last year, and what is usual in the segment.
    OPEN set_periods FOR
        WITH spans (place, period, latest) AS (
            VALUES (1, 'Last 12 months', true), (2, '12 months before', false)
        ), mine AS (
            SELECT o.ordered_on > year_ago AS latest, count(*) AS orders, sum(o.total_eur) AS total_eur,
                   round(avg(o.total_eur), 2) AS average_eur, count(*) FILTER (WHERE o.status = 'Returned') AS returned,
                   count(*) FILTER (WHERE o.requested_on < (SELECT max(s.delivered_on) FROM shipments s
                                                            WHERE s.order_id = o.order_id)) AS late
            FROM orders o
            WHERE o.customer_id = wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > two_years_ago AND o.ordered_on <= today
            GROUP BY latest
        ), asked AS (
            SELECT t.opened_at::date > year_ago AS latest, count(*) AS tickets
            FROM tickets t
            WHERE t.customer_id = wanted AND t.opened_at::date > two_years_ago AND t.opened_at::date <= today
            GROUP BY latest
        ), lines (place, period, orders, total_eur, average_order_eur, returned_orders, late_orders, tickets) AS (
            SELECT place, period, coalesce(m.orders, 0), coalesce(m.total_eur, 0.00), m.average_eur,
                   coalesce(m.returned, 0), coalesce(m.late, 0), coalesce(a.tickets, 0)
            FROM customers c
            CROSS JOIN spans
            LEFT JOIN mine m USING (latest)
            LEFT JOIN asked a USING (latest)
            WHERE c.customer_id = wanted
            UNION ALL
            SELECT 3, 'Median of the segment, last 12 months', m.orders, m.total_eur, m.average_eur, m.returned, NULL, NULL
            FROM customers c JOIN segment_medians m USING (segment)
            WHERE c.customer_id = wanted
        )
        SELECT period, orders, total_eur, average_order_eur, returned_orders, late_orders, tickets
        FROM lines ORDER BY place;
    RETURN NEXT set_periods;

    OPEN set_orders_by_month FOR
        SELECT month::date AS month, coalesce(o.orders, 0) AS orders, coalesce(o.total_eur, 0.00) AS total_eur
        FROM customers c
        CROSS JOIN generate_series(date_trunc('month', today::timestamp) - make_interval(months => customer_insight.months - 1),
                                   date_trunc('month', today::timestamp), interval '1 month') AS month
        LEFT JOIN (
            SELECT date_trunc('month', ordered_on::timestamp) AS month, count(*) AS orders, sum(total_eur) AS total_eur
            FROM orders WHERE customer_id = wanted AND status <> 'Cancelled' GROUP BY 1
        ) o USING (month)
        WHERE c.customer_id = wanted
        ORDER BY month;
    RETURN NEXT set_orders_by_month;

    -- The five products that bring most, and how that moved.
    OPEN set_products FOR
        SELECT p.product_id, p.name AS product, p.category,
               coalesce(sum(l.line_total_eur) FILTER (WHERE o.ordered_on > year_ago), 0.00)
                   AS last_12_months_eur,
               coalesce(sum(l.line_total_eur) FILTER (WHERE o.ordered_on <= year_ago), 0.00)
                   AS months_13_to_24_eur,
               max(o.ordered_on) AS last_bought_on
        FROM orders o
        JOIN order_lines l USING (order_id)
        JOIN products p USING (product_id)
        WHERE o.customer_id = wanted AND o.status <> 'Cancelled' AND o.ordered_on > two_years_ago
        GROUP BY p.product_id, p.name, p.category
        ORDER BY sum(l.line_total_eur) DESC, p.product_id LIMIT 5;
    RETURN NEXT set_products;

    OPEN set_tickets FOR
        SELECT t.ticket_id, t.opened_at::date AS opened_on, t.category, t.priority, t.status, t.satisfaction,
               coalesce(t.solved_at::date, today) - t.opened_at::date AS days_open, t.subject
        FROM tickets t
        WHERE t.customer_id = wanted
        ORDER BY t.opened_at DESC, t.ticket_id LIMIT 6;
    RETURN NEXT set_tickets;
END;
$$;
