-- Is this order in line with the customer's and the products' usual, and what is needed to fulfil it?

CREATE PROCEDURE business.order_analysis (order_id IN VARCHAR2) AUTHID DEFINER AS
    wanted              CONSTANT VARCHAR2(200) := order_id;
    today               DATE;
    buyer               VARCHAR2(20);
    order_day           DATE;
    year_before         DATE;
    set_order           SYS_REFCURSOR;
    set_signals         SYS_REFCURSOR;
    set_lines           SYS_REFCURSOR;
    set_comparison      SYS_REFCURSOR;
    set_orders_by_month SYS_REFCURSOR;
    set_shipments       SYS_REFCURSOR;
BEGIN
    SELECT a.as_of INTO today FROM business.calendar a;
    SELECT MAX(o.customer_id), MAX(o.ordered_on) INTO buyer, order_day FROM business.orders o WHERE o.order_id = wanted;
    year_before := business.months_later(order_day, -12);

    OPEN set_order FOR
        SELECT o.order_id, o.status, o.ordered_on, o.requested_on, o.customer_id, c.name AS customer, c.segment,
               o.deliver_to_city, o.deliver_to_country, o.total_eur,
               (SELECT COUNT(*) FROM business.order_lines l WHERE l.order_id = o.order_id) AS lines,
               (SELECT MAX(s.delivered_on) FROM business.shipments s WHERE s.order_id = o.order_id) AS delivered_on,
               o.paid_on, c.payment_terms_days, c.account_manager
        FROM business.orders o
        JOIN business.customers c ON c.customer_id = o.customer_id
        WHERE o.order_id = wanted;
    DBMS_SQL.RETURN_RESULT(set_order);

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT o.order_id, o.status, o.requested_on, o.total_eur FROM business.orders o WHERE o.order_id = wanted
        ), earlier AS (  -- what was sold of these products in the 12 months before
            SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id
            FROM business.order_lines x JOIN business.orders o ON o.order_id = x.order_id
            WHERE x.product_id IN (SELECT l.product_id FROM business.order_lines l WHERE l.order_id = wanted)
              AND o.order_id <> wanted AND o.ordered_on > year_before AND o.ordered_on <= order_day
        ), by_price AS (
            SELECT e.product_id, e.unit_price_eur AS price,
                   ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.unit_price_eur) AS place,
                   COUNT(*) OVER (PARTITION BY e.product_id) AS places
            FROM earlier e
        ), by_quantity AS (
            SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
                   COUNT(*) OVER (PARTITION BY e.product_id) AS places
            FROM earlier e
        ), own AS (
            SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
                   COUNT(*) OVER (PARTITION BY e.product_id) AS places
            FROM earlier e WHERE e.customer_id = buyer
        ), its_lines AS (
            SELECT l.line_no, l.quantity, l.unit_price_eur, l.line_total_eur, p.name AS product, p.in_stock,
                   p.next_delivery_on,
                   u.price AS usual_price, w.quantity AS own_quantity, w.places AS own_orders, q.quantity AS usual_quantity
            FROM business.order_lines l
            JOIN business.products p ON p.product_id = l.product_id
            LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = FLOOR((u.places + 1) / 2)
            LEFT JOIN by_quantity q ON q.product_id = l.product_id AND q.place = FLOOR((q.places + 1) / 2)
            LEFT JOIN own w ON w.product_id = l.product_id AND w.place = FLOOR((w.places + 1) / 2)
            WHERE l.order_id = wanted
        ), parcels AS (  -- a parcel's content as one text, to compare parcels
            SELECT s.shipment_id, s.shipped_on,
                   LISTAGG(l.line_no || 'x' || l.quantity, ',') WITHIN GROUP (ORDER BY l.line_no) AS content,
                   SUM(l.quantity) AS units, SUM(l.quantity * ol.unit_price_eur) AS worth
            FROM business.shipments s
            JOIN business.shipment_lines l ON l.shipment_id = s.shipment_id
            JOIN business.order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
            WHERE s.order_id = wanted
            GROUP BY s.shipment_id, s.shipped_on
        ), contents AS (
            SELECT o.order_id, o.ordered_on, o.total_eur,
                   LISTAGG(l.product_id || 'x' || l.quantity, ',') WITHIN GROUP (ORDER BY l.product_id) AS content
            FROM business.orders o JOIN business.order_lines l ON l.order_id = o.order_id
            WHERE o.customer_id = buyer AND o.status <> 'Cancelled' AND ABS(o.ordered_on - order_day) <= 7
            GROUP BY o.order_id, o.ordered_on, o.total_eur
        ), carriers AS (
            SELECT LISTAGG(s.carrier, ', ') WITHIN GROUP (ORDER BY s.carrier) AS names
            FROM (SELECT DISTINCT x.carrier FROM business.shipments x WHERE x.order_id = wanted) s
        ), delivery AS (
            SELECT t.status, t.requested_on, MAX(s.delivered_on) AS delivered_on, COUNT(s.shipment_id) AS parcels
            FROM this t LEFT JOIN business.shipments s ON s.order_id = t.order_id
            GROUP BY t.status, t.requested_on
        ), history AS (
            SELECT COUNT(*) AS orders, AVG(o.total_eur) AS mean, CAST(STDDEV_SAMP(o.total_eur) AS NUMBER(19, 6)) AS spread
            FROM business.orders o
            WHERE o.customer_id = buyer AND o.order_id <> wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > year_before AND o.ordered_on <= order_day
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Unit price far from the usual',
                   'Line ' || l.line_no || ': ' || l.product || ' was entered at ' || business.eur(l.unit_price_eur)
                   || ' a piece, ' || business.tenths(l.unit_price_eur / l.usual_price) || ' times its usual price of '
                   || business.eur(l.usual_price) || '. At the usual price the line would be '
                   || business.eur(l.quantity * l.usual_price) || ' instead of ' || business.eur(l.line_total_eur)
                   || '.',
                   'line ' || l.line_no
            FROM its_lines l WHERE l.unit_price_eur >= l.usual_price * 3 OR l.unit_price_eur <= l.usual_price / 3
            UNION ALL
            SELECT 1, 'Shipped twice',
                   a.shipment_id || ' of ' || TO_CHAR(a.shipped_on, 'YYYY-MM-DD') || ' and ' || b.shipment_id || ' of '
                   || TO_CHAR(b.shipped_on, 'YYYY-MM-DD') || ' have the same content: ' || a.units || ' units worth '
                   || business.eur(a.worth) || ' left twice.',
                   b.shipment_id
            FROM parcels a JOIN parcels b ON b.content = a.content AND b.shipment_id > a.shipment_id
            UNION ALL
            SELECT 1, 'Quantity far from the usual',
                   'Line ' || l.line_no || ': ' || l.quantity || ' of ' || l.product || ' were ordered, '
                   || business.tenths(l.quantity / l.own_quantity) || ' times what the customer usually orders ('
                   || l.own_quantity || ' in ' || l.own_orders || ' earlier orders). The line is '
                   || business.eur(l.line_total_eur) || '.', 'line ' || l.line_no
            FROM its_lines l
            WHERE l.own_orders >= 3 AND l.quantity >= l.own_quantity * 5 AND l.quantity >= l.usual_quantity * 4
            UNION ALL
            SELECT 1, 'Possibly entered twice',
                   x.order_id || ' of ' || TO_CHAR(x.ordered_on, 'YYYY-MM-DD')
                   || ' has the same lines and quantities as this order of ' || TO_CHAR(order_day, 'YYYY-MM-DD')
                   || ' (' || business.eur(me.total_eur) || '): one of the two may be a duplicate.', x.order_id
            FROM contents x JOIN contents me ON me.order_id = wanted AND me.content = x.content AND x.order_id <> wanted
            UNION ALL
            SELECT 1, 'Not enough in stock',
                   'Line ' || l.line_no || ': ' || l.quantity || ' of ' || l.product || ' are ordered and '
                   || l.in_stock || ' are in stock, ' || (l.quantity - l.in_stock)
                   || ' are missing; the next delivery comes '
                   || CASE WHEN l.next_delivery_on IS NULL THEN 'on no date yet'
                           ELSE 'on ' || TO_CHAR(l.next_delivery_on, 'YYYY-MM-DD') END
                   || ', the customer asked for ' || TO_CHAR(t.requested_on, 'YYYY-MM-DD') || '.',
                   'line ' || l.line_no
            FROM its_lines l CROSS JOIN this t WHERE t.status = 'Open' AND l.quantity > l.in_stock
            UNION ALL
            SELECT 2, 'Overdue',
                   'Requested for ' || TO_CHAR(d.requested_on, 'YYYY-MM-DD') || ', ' || (today - d.requested_on)
                   || ' days ago, and not shipped.', wanted
            FROM delivery d WHERE d.status = 'Open' AND d.parcels = 0 AND d.requested_on < today
            UNION ALL
            SELECT 3, 'Delivered late',
                   'Delivered on ' || TO_CHAR(d.delivered_on, 'YYYY-MM-DD') || ', '
                   || (d.delivered_on - d.requested_on) || ' days after the requested '
                   || TO_CHAR(d.requested_on, 'YYYY-MM-DD') || ', by ' || c.names || '.', wanted
            FROM delivery d CROSS JOIN carriers c WHERE d.delivered_on > d.requested_on
            UNION ALL
            SELECT 2, 'Total far from the usual',
                   'The order is ' || business.eur(t.total_eur) || '; the customer''s ' || h.orders
                   || ' orders of the 12 months before average ' || business.eur(h.mean) || ', so this is '
                   || business.tenths((t.total_eur - h.mean) / NULLIF(h.spread, 0)) || ' standard deviations away.',
                   wanted
            FROM this t CROSS JOIN history h WHERE h.orders >= 6 AND ABS(t.total_eur - h.mean) > 4 * h.spread
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    -- Each line beside the product's usual price, the customer's usual quantity and the stock.
    OPEN set_lines FOR
        WITH earlier AS (
            SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id, o.ordered_on
            FROM business.order_lines x JOIN business.orders o ON o.order_id = x.order_id
            WHERE x.product_id IN (SELECT l.product_id FROM business.order_lines l WHERE l.order_id = wanted)
              AND o.order_id <> wanted AND o.ordered_on > year_before AND o.ordered_on <= order_day
        ), by_price AS (
            SELECT e.product_id, e.unit_price_eur AS price,
                   ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.unit_price_eur) AS place,
                   COUNT(*) OVER (PARTITION BY e.product_id) AS places
            FROM earlier e
        ), own AS (
            SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
                   COUNT(*) OVER (PARTITION BY e.product_id) AS places
            FROM earlier e WHERE e.customer_id = buyer
        ), sold AS (
            SELECT e.product_id, SUM(CASE WHEN e.ordered_on > order_day - 90 THEN e.quantity END) AS units,
                   SUM(CASE WHEN e.ordered_on BETWEEN order_day - 179 AND order_day - 90
                            THEN e.quantity END) AS units_earlier
            FROM earlier e GROUP BY e.product_id
        )
        SELECT l.line_no, p.product_id, p.name AS product, l.quantity, w.quantity AS usual_quantity,
               l.unit_price_eur, u.price AS usual_price_eur, CAST(l.unit_price_eur / u.price AS NUMBER(12, 2))
                   AS price_ratio,
               l.line_total_eur, p.in_stock, COALESCE(s.units, 0) AS sold_90_days_before,
               COALESCE(s.units_earlier, 0) AS sold_90_days_earlier
        FROM business.order_lines l
        JOIN business.products p ON p.product_id = l.product_id
        LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = FLOOR((u.places + 1) / 2)
        LEFT JOIN own w ON w.product_id = l.product_id AND w.place = FLOOR((w.places + 1) / 2)
        LEFT JOIN sold s ON s.product_id = l.product_id
        WHERE l.order_id = wanted
        ORDER BY l.line_no;
    DBMS_SQL.RETURN_RESULT(set_lines);

    -- This order beside the medians of the customer and of the segment.
    OPEN set_comparison FOR
        WITH me AS (
            SELECT o.order_id, o.customer_id, c.segment
            FROM business.orders o JOIN business.customers c ON c.customer_id = o.customer_id
            WHERE o.order_id = wanted
        ), compared_orders (place, compared, order_id) AS (
            SELECT 1, 'This order', me.order_id FROM me
            UNION ALL
            SELECT 2, 'Median of the customer, 12 months before', o.order_id
            FROM me JOIN business.orders o ON o.customer_id = me.customer_id
            WHERE o.order_id <> wanted AND o.status <> 'Cancelled' AND o.ordered_on > year_before
              AND o.ordered_on <= order_day
            UNION ALL
            SELECT 3, 'Median of the segment, 30 days before', o.order_id
            FROM me JOIN business.customers c ON c.segment = me.segment
            JOIN business.orders o ON o.customer_id = c.customer_id
            WHERE o.order_id <> wanted AND o.status <> 'Cancelled'
              AND o.ordered_on > order_day - 30 AND o.ordered_on <= order_day
        ), facts AS (
            SELECT g.place, g.compared, o.total_eur,
                   (SELECT COUNT(*) FROM business.order_lines x WHERE x.order_id = o.order_id) AS line_count,
                   (SELECT SUM(x.quantity) FROM business.order_lines x WHERE x.order_id = o.order_id) AS units,
                   (SELECT MIN(x.shipped_on) - o.ordered_on FROM business.shipments x WHERE x.order_id = o.order_id)
                       AS days_to_ship
            FROM compared_orders g
            JOIN business.orders o ON o.order_id = g.order_id
        ), measures AS (
            SELECT f.place, 'total' AS measure, f.total_eur AS value FROM facts f
            UNION ALL SELECT f.place, 'lines', f.line_count FROM facts f
            UNION ALL SELECT f.place, 'units', f.units FROM facts f
            UNION ALL SELECT f.place, 'days', f.days_to_ship FROM facts f WHERE f.days_to_ship IS NOT NULL
        ), in_order AS (
            SELECT m.place, m.measure, m.value, ROW_NUMBER() OVER (PARTITION BY m.place, m.measure ORDER BY m.value)
                AS position,
                   COUNT(*) OVER (PARTITION BY m.place, m.measure) AS positions
            FROM measures m
        ), medians AS (
            SELECT i.place, MAX(CASE i.measure WHEN 'total' THEN i.value END) AS total_eur,
                   MAX(CASE i.measure WHEN 'lines' THEN i.value END) AS line_count,
                   MAX(CASE i.measure WHEN 'units' THEN i.value END) AS units,
                   MAX(CASE i.measure WHEN 'days' THEN i.value END) AS days_to_ship
            FROM in_order i WHERE i.position = FLOOR((i.positions + 1) / 2) GROUP BY i.place
        )
        SELECT f.compared, COUNT(*) AS orders, m.total_eur, CAST(m.line_count AS NUMBER(10)) AS lines,
               CAST(m.units AS NUMBER(10)) AS units,
               CAST(m.days_to_ship AS NUMBER(10)) AS days_to_ship
        FROM facts f JOIN medians m ON m.place = f.place
        GROUP BY f.place, f.compared, m.total_eur, m.line_count, m.units, m.days_to_ship ORDER BY f.place;
    DBMS_SQL.RETURN_RESULT(set_comparison);

    -- The 12 months before, as far as there are orders at all.
    OPEN set_orders_by_month FOR
        WITH first_order AS (
            SELECT MIN(o.ordered_on) AS ordered_on FROM business.orders o
        ), months (month) AS (
            SELECT CASE WHEN f.ordered_on > ADD_MONTHS(TRUNC(order_day, 'MM'), -12)
                        THEN TRUNC(f.ordered_on, 'MM')
                        ELSE ADD_MONTHS(TRUNC(order_day, 'MM'), -12) END
            FROM first_order f WHERE order_day IS NOT NULL
            UNION ALL
            SELECT ADD_MONTHS(n.month, 1) FROM months n WHERE ADD_MONTHS(n.month, 1) <= order_day
        )
        SELECT n.month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
        FROM months n
        LEFT JOIN business.orders o ON o.customer_id = buyer AND o.status <> 'Cancelled'
            AND o.ordered_on >= n.month AND o.ordered_on < ADD_MONTHS(n.month, 1)
        GROUP BY n.month ORDER BY n.month;
    DBMS_SQL.RETURN_RESULT(set_orders_by_month);

    OPEN set_shipments FOR
        SELECT s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse,
               LISTAGG(l.quantity || ' x ' || p.name, '; ') WITHIN GROUP (ORDER BY l.line_no) AS content
        FROM business.shipments s
        JOIN business.shipment_lines l ON l.shipment_id = s.shipment_id
        JOIN business.order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
        JOIN business.products p ON p.product_id = ol.product_id
        WHERE s.order_id = wanted
        GROUP BY s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse
        ORDER BY s.shipped_on, s.shipment_id;
    DBMS_SQL.RETURN_RESULT(set_shipments);
END;
/
