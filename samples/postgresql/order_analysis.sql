-- Is this order in line with the customer's and the products' usual, and what is needed to fulfil it?

CREATE FUNCTION business.order_analysis(order_id text) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted CONSTANT text := order_analysis.order_id;
    today  CONSTANT date := (SELECT as_of FROM calendar);
    buyer  CONSTANT text := (SELECT o.customer_id FROM orders o WHERE o.order_id = wanted);
    placed CONSTANT date := (SELECT o.ordered_on FROM orders o WHERE o.order_id = wanted);
    set_order           refcursor := 'order';
    set_signals         refcursor := 'signals';
    set_lines           refcursor := 'lines';
    set_comparison      refcursor := 'comparison';
    set_orders_by_month refcursor := 'orders_by_month';
    set_shipments       refcursor := 'shipments';
BEGIN
    OPEN set_order FOR
        SELECT o.order_id, o.status, o.ordered_on, o.requested_on, o.customer_id, c.name AS customer, c.segment,
               o.deliver_to_city, o.deliver_to_country, o.total_eur,
               (SELECT count(*) FROM order_lines l WHERE l.order_id = o.order_id) AS lines,
               (SELECT max(s.delivered_on) FROM shipments s WHERE s.order_id = o.order_id) AS delivered_on,
               o.paid_on, c.payment_terms_days, c.account_manager
        FROM orders o
        JOIN customers c USING (customer_id)
        WHERE o.order_id = wanted;
    RETURN NEXT set_order;

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT * FROM orders o WHERE o.order_id = wanted
        ), lines AS (
            SELECT l.*, p.name AS product, p.in_stock, p.next_delivery_on, usual.price AS usual_price,
                   own.quantity AS own_quantity, own.orders AS own_orders, usual.quantity AS usual_quantity
            FROM order_lines l
            JOIN products p USING (product_id)
            CROSS JOIN LATERAL (
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x.unit_price_eur) AS price,
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY x.quantity) AS quantity
                FROM order_lines x JOIN orders o USING (order_id)
                WHERE x.product_id = l.product_id AND o.order_id <> wanted
                  AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed) AS usual
            CROSS JOIN LATERAL (
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x.quantity) AS quantity, count(*) AS orders
                FROM order_lines x JOIN orders o USING (order_id)
                WHERE x.product_id = l.product_id AND o.order_id <> wanted AND o.customer_id = buyer
                  AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed) AS own
            WHERE l.order_id = wanted
        ), parcels AS (  -- a parcel's content as one text, to compare parcels
            SELECT s.shipment_id, s.shipped_on, string_agg(l.line_no || 'x' || l.quantity, ',' ORDER BY l.line_no) AS content,
                   sum(l.quantity) AS units, sum(l.quantity * ol.unit_price_eur) AS worth
            FROM shipments s
            JOIN shipment_lines l USING (shipment_id)
            JOIN order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
            WHERE s.order_id = wanted
            GROUP BY s.shipment_id, s.shipped_on
        ), contents AS (
            SELECT o.order_id, o.ordered_on, o.total_eur,
                   string_agg(l.product_id || 'x' || l.quantity, ',' ORDER BY l.product_id) AS content
            FROM orders o JOIN order_lines l USING (order_id)
            WHERE o.customer_id = buyer AND o.status <> 'Cancelled' AND abs(o.ordered_on - placed) <= 7
            GROUP BY o.order_id, o.ordered_on, o.total_eur
        ), delivery AS (
            SELECT t.status, t.requested_on, max(s.delivered_on) AS delivered_on, count(s.shipment_id) AS parcels,
                   string_agg(DISTINCT s.carrier, ', ') AS carriers
            FROM this t LEFT JOIN shipments s USING (order_id)
            GROUP BY t.status, t.requested_on
        ), history AS (
            SELECT count(*) AS orders, avg(o.total_eur) AS mean, stddev_samp(o.total_eur) AS spread
            FROM orders o
            WHERE o.customer_id = buyer AND o.order_id <> wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Unit price far from the usual',
                   format('Line %s: %s was entered at %s a piece, %s times its usual price of %s. At the usual price '
                          'the line would be %s instead of %s.', line_no, product, eur(unit_price_eur),
                          round(unit_price_eur / usual_price, 1), eur(usual_price), eur(quantity * usual_price),
                          eur(line_total_eur)), 'line ' || line_no
            FROM lines WHERE unit_price_eur >= usual_price * 3 OR unit_price_eur <= usual_price / 3
            UNION ALL
            SELECT 1, 'Shipped twice',
                   format('%s of %s and %s of %s have the same content: %s units worth %s left twice.',
                          a.shipment_id, a.shipped_on, b.shipment_id, b.shipped_on, a.units, eur(a.worth)), b.shipment_id
            FROM parcels a JOIN parcels b ON b.content = a.content AND b.shipment_id > a.shipment_id
            UNION ALL
            SELECT 1, 'Quantity far from the usual',
                   format('Line %s: %s of %s were ordered, %s times what the customer usually orders (%s in %s earlier '
                          'orders). The line is %s.', line_no, quantity, product,
                          round(quantity::numeric / own_quantity, 1), own_quantity, own_orders, eur(line_total_eur)),
                   'line ' || line_no
            FROM lines WHERE own_orders >= 3 AND quantity >= own_quantity * 5 AND quantity >= usual_quantity * 4
            UNION ALL
            SELECT 1, 'Possibly entered twice',
                   format('%s of %s has the same lines and quantities as this order of %s (%s): one of the two may be a '
                          'duplicate.', x.order_id, x.ordered_on, placed, eur(me.total_eur)), x.order_id
            FROM contents x JOIN contents me ON me.order_id = wanted AND me.content = x.content AND x.order_id <> wanted
            UNION ALL
            SELECT 1, 'Not enough in stock',
                   format('Line %s: %s of %s are ordered and %s are in stock, %s are missing; the next delivery comes %s, '
                          'the customer asked for %s.', l.line_no, l.quantity, l.product, l.in_stock,
                          l.quantity - l.in_stock, coalesce('on ' || l.next_delivery_on, 'on no date yet'), t.requested_on),
                   'line ' || l.line_no
            FROM lines l, this t WHERE t.status = 'Open' AND l.quantity > l.in_stock
            UNION ALL
            SELECT 2, 'Overdue',
                   format('Requested for %s, %s days ago, and not shipped.', requested_on, today - requested_on), wanted
            FROM delivery WHERE status = 'Open' AND parcels = 0 AND requested_on < today
            UNION ALL
            SELECT 3, 'Delivered late',
                   format('Delivered on %s, %s days after the requested %s, by %s.', delivered_on,
                          delivered_on - requested_on, requested_on, carriers), wanted
            FROM delivery WHERE delivered_on > requested_on
            UNION ALL
            SELECT 2, 'Total far from the usual',
                   format('The order is %s; the customer''s %s orders of the 12 months before average %s, so this is %s '
                          'standard deviations away.', eur(t.total_eur), h.orders, eur(h.mean),
                          round((t.total_eur - h.mean) / h.spread, 1)), wanted
            FROM this t, history h WHERE h.orders >= 6 AND abs(t.total_eur - h.mean) > 4 * h.spread
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    -- Each line beside the product's usual price, the customer's usual quantity and the stock.
    OPEN set_lines FOR
        SELECT l.line_no, p.product_id, p.name AS product, l.quantity, own.quantity AS usual_quantity,
               l.unit_price_eur, usual.price AS usual_price_eur, round(l.unit_price_eur / usual.price, 2) AS price_ratio,
               l.line_total_eur, p.in_stock,
               usual.units AS sold_90_days_before, usual.units_earlier AS sold_90_days_earlier
        FROM order_lines l
        JOIN products p USING (product_id)
        CROSS JOIN LATERAL (
            SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x.unit_price_eur) AS price,
                   coalesce(sum(x.quantity) FILTER (WHERE o.ordered_on > placed - 90), 0) AS units,
                   coalesce(sum(x.quantity) FILTER (WHERE o.ordered_on BETWEEN placed - 179 AND placed - 90), 0)
                       AS units_earlier
            FROM order_lines x JOIN orders o USING (order_id)
            WHERE x.product_id = l.product_id AND o.order_id <> wanted
              AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed) AS usual
        CROSS JOIN LATERAL (
            SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x.quantity) AS quantity
            FROM order_lines x JOIN orders o USING (order_id)
            WHERE x.product_id = l.product_id AND o.order_id <> wanted AND o.customer_id = buyer
              AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed) AS own
        WHERE l.order_id = wanted
        ORDER BY l.line_no;
    RETURN NEXT set_lines;

    -- This order beside the medians of the customer and of the segment.
    OPEN set_comparison FOR
        WITH me AS (
            SELECT o.order_id, o.customer_id, c.segment FROM orders o JOIN customers c USING (customer_id)
            WHERE o.order_id = wanted
        ), groups (place, compared, order_id) AS (
            SELECT 1, 'This order', me.order_id FROM me
            UNION ALL
            SELECT 2, 'Median of the customer, 12 months before', o.order_id FROM me JOIN orders o USING (customer_id)
            WHERE o.order_id <> wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > placed - interval '12 months' AND o.ordered_on <= placed
            UNION ALL
            SELECT 3, 'Median of the segment, 30 days before', o.order_id
            FROM me JOIN customers c USING (segment) JOIN orders o ON o.customer_id = c.customer_id
            WHERE o.order_id <> wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > placed - 30 AND o.ordered_on <= placed
        ), facts AS (
            SELECT g.place, g.compared, o.total_eur, l.lines, l.units, s.first_on - o.ordered_on AS days_to_ship
            FROM groups g
            JOIN orders o USING (order_id)
            CROSS JOIN LATERAL (SELECT count(*) AS lines, sum(x.quantity) AS units
                                FROM order_lines x WHERE x.order_id = o.order_id) AS l
            CROSS JOIN LATERAL (SELECT min(x.shipped_on) AS first_on FROM shipments x WHERE x.order_id = o.order_id) AS s
        )
        SELECT compared, count(*) AS orders,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY total_eur) AS total_eur,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY lines) AS lines,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY units) AS units,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_ship) AS days_to_ship
        FROM facts
        GROUP BY place, compared ORDER BY place;
    RETURN NEXT set_comparison;

    OPEN set_orders_by_month FOR
        SELECT month::date AS month, count(o.order_id) AS orders, coalesce(sum(o.total_eur), 0.00) AS total_eur
        FROM generate_series(greatest(date_trunc('month', placed) - interval '12 months',
                                      (SELECT date_trunc('month', min(ordered_on)) FROM orders)),
                             date_trunc('month', placed), interval '1 month') AS month
        LEFT JOIN orders o ON o.customer_id = buyer AND o.status <> 'Cancelled'
            AND o.ordered_on >= month AND o.ordered_on < month + interval '1 month'
        GROUP BY month ORDER BY month;
    RETURN NEXT set_orders_by_month;

    OPEN set_shipments FOR
        SELECT s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse,
               string_agg(l.quantity || ' x ' || p.name, '; ' ORDER BY l.line_no) AS content
        FROM shipments s
        JOIN shipment_lines l USING (shipment_id)
        JOIN order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
        JOIN products p USING (product_id)
        WHERE s.order_id = wanted
        GROUP BY s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse
        ORDER BY s.shipped_on, s.shipment_id;
    RETURN NEXT set_shipments;
END;
$$;
