-- Is this order in line with the customer's and the products' usual, and what is needed to fulfil it?

CREATE PROCEDURE order_analysis(IN order_id varchar(200)) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE wanted varchar(200) DEFAULT IF(order_id LIKE '% ', NULL, order_id);
    DECLARE today date DEFAULT (SELECT as_of FROM calendar);
    DECLARE buyer varchar(20) DEFAULT (SELECT o.customer_id FROM orders o WHERE o.order_id = wanted);
    DECLARE placed date DEFAULT (SELECT o.ordered_on FROM orders o WHERE o.order_id = wanted);
    DECLARE year_before date DEFAULT placed - INTERVAL 12 MONTH;

    SELECT o.order_id, o.status, o.ordered_on, o.requested_on, o.customer_id, c.name AS customer, c.segment,
           o.deliver_to_city, o.deliver_to_country, o.total_eur,
           (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = o.order_id) AS `lines`,
           (SELECT MAX(s.delivered_on) FROM shipments s WHERE s.order_id = o.order_id) AS delivered_on,
           o.paid_on, c.payment_terms_days, c.account_manager
    FROM orders o
    JOIN customers c ON c.customer_id = o.customer_id
    WHERE o.order_id = wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT o.* FROM orders o WHERE o.order_id = wanted
    ), earlier AS (  -- what was sold of these products in the 12 months before
        SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id
        FROM order_lines x JOIN orders o ON o.order_id = x.order_id
        WHERE x.product_id IN (SELECT l.product_id FROM order_lines l WHERE l.order_id = wanted)
          AND o.order_id <> wanted AND o.ordered_on > year_before AND o.ordered_on <= placed
    ), by_price AS (
        SELECT e.product_id, e.unit_price_eur AS price, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.unit_price_eur) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places FROM earlier e
    ), by_quantity AS (
        SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places FROM earlier e
    ), own AS (
        SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places FROM earlier e WHERE e.customer_id = buyer
    ), its_lines AS (
        SELECT l.*, p.name AS product, p.in_stock, p.next_delivery_on, u.price AS usual_price,
               w.quantity AS own_quantity, w.places AS own_orders, q.quantity AS usual_quantity
        FROM order_lines l
        JOIN products p ON p.product_id = l.product_id
        LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = (u.places + 1) DIV 2
        LEFT JOIN by_quantity q ON q.product_id = l.product_id AND q.place = (q.places + 1) DIV 2
        LEFT JOIN own w ON w.product_id = l.product_id AND w.place = (w.places + 1) DIV 2
        WHERE l.order_id = wanted
    ), parcels AS (  -- a parcel's content as one text, to compare parcels
        SELECT s.shipment_id, s.shipped_on,
               GROUP_CONCAT(l.line_no, 'x', l.quantity ORDER BY l.line_no SEPARATOR ',') AS content,
               SUM(l.quantity) AS units, SUM(l.quantity * ol.unit_price_eur) AS worth
        FROM shipments s
        JOIN shipment_lines l ON l.shipment_id = s.shipment_id
        JOIN order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
        WHERE s.order_id = wanted
        GROUP BY s.shipment_id, s.shipped_on
    ), contents AS (
        SELECT o.order_id, o.ordered_on, o.total_eur,
               GROUP_CONCAT(l.product_id, 'x', l.quantity ORDER BY l.product_id SEPARATOR ',') AS content
        FROM orders o JOIN order_lines l ON l.order_id = o.order_id
        WHERE o.customer_id = buyer AND o.status <> 'Cancelled' AND ABS(DATEDIFF(o.ordered_on, placed)) <= 7
        GROUP BY o.order_id, o.ordered_on, o.total_eur
    ), delivery AS (
        SELECT t.status, t.requested_on, MAX(s.delivered_on) AS delivered_on, COUNT(s.shipment_id) AS parcels,
               GROUP_CONCAT(DISTINCT s.carrier ORDER BY s.carrier SEPARATOR ', ') AS carriers
        FROM this t LEFT JOIN shipments s ON s.order_id = t.order_id
        GROUP BY t.status, t.requested_on
    ), history AS (
        SELECT COUNT(*) AS orders, AVG(o.total_eur) AS mean, STDDEV_SAMP(o.total_eur) AS spread
        FROM orders o
        WHERE o.customer_id = buyer AND o.order_id <> wanted AND o.status <> 'Cancelled'
          AND o.ordered_on > year_before AND o.ordered_on <= placed
    ), found (weight, `signal`, detail, reference) AS (
        SELECT 1, 'Unit price far from the usual',
               CONCAT('Line ', l.line_no, ': ', l.product, ' was entered at ', eur(l.unit_price_eur), ' a piece, ',
                      ROUND(l.unit_price_eur / l.usual_price, 1), ' times its usual price of ', eur(l.usual_price),
                      '. At the usual price the line would be ', eur(l.quantity * l.usual_price), ' instead of ',
                      eur(l.line_total_eur), '.'), CONCAT('line ', l.line_no)
        FROM its_lines l WHERE l.unit_price_eur >= l.usual_price * 3 OR l.unit_price_eur <= l.usual_price / 3
        UNION ALL
        SELECT 1, 'Shipped twice',
               CONCAT(a.shipment_id, ' of ', a.shipped_on, ' and ', b.shipment_id, ' of ', b.shipped_on,
                      ' have the same content: ', a.units, ' units worth ', eur(a.worth), ' left twice.'), b.shipment_id
        FROM parcels a JOIN parcels b ON b.content = a.content AND b.shipment_id > a.shipment_id
        UNION ALL
        SELECT 1, 'Quantity far from the usual',
               CONCAT('Line ', l.line_no, ': ', l.quantity, ' of ', l.product, ' were ordered, ',
                      ROUND(l.quantity / l.own_quantity, 1), ' times what the customer usually orders (', l.own_quantity,
                      ' in ', l.own_orders, ' earlier orders). The line is ', eur(l.line_total_eur), '.'),
               CONCAT('line ', l.line_no)
        FROM its_lines l
        WHERE l.own_orders >= 3 AND l.quantity >= l.own_quantity * 5 AND l.quantity >= l.usual_quantity * 4
        UNION ALL
        SELECT 1, 'Possibly entered twice',
               CONCAT(x.order_id, ' of ', x.ordered_on, ' has the same lines and quantities as this order of ', placed, ' (',
                      eur(me.total_eur), '): one of the two may be a duplicate.'), x.order_id
        FROM contents x JOIN contents me ON me.order_id = wanted AND me.content = x.content AND x.order_id <> wanted
        UNION ALL
        SELECT 1, 'Not enough in stock',
               CONCAT('Line ', l.line_no, ': ', l.quantity, ' of ', l.product, ' are ordered and ', l.in_stock,
                      ' are in stock, ', l.quantity - l.in_stock, ' are missing; the next delivery comes ',
                      COALESCE(CONCAT('on ', l.next_delivery_on), 'on no date yet'), ', the customer asked for ',
                      t.requested_on, '.'), CONCAT('line ', l.line_no)
        FROM its_lines l, this t WHERE t.status = 'Open' AND l.quantity > l.in_stock
        UNION ALL
        SELECT 2, 'Overdue',
               CONCAT('Requested for ', d.requested_on, ', ', DATEDIFF(today, d.requested_on), ' days ago, and not shipped.'),
               wanted
        FROM delivery d WHERE d.status = 'Open' AND d.parcels = 0 AND d.requested_on < today
        UNION ALL
        SELECT 3, 'Delivered late',
               CONCAT('Delivered on ', d.delivered_on, ', ', DATEDIFF(d.delivered_on, d.requested_on),
                      ' days after the requested ', d.requested_on, ', by ', d.carriers, '.'), wanted
        FROM delivery d WHERE d.delivered_on > d.requested_on
        UNION ALL
        SELECT 2, 'Total far from the usual',
               CONCAT('The order is ', eur(t.total_eur), '; the customer''s ', h.orders, ' orders of the 12 months before average ',
                      eur(h.mean), ', so this is ', CAST((t.total_eur - h.mean) / h.spread AS decimal(20, 1)),
                      ' standard deviations away.'), wanted
        FROM this t, history h WHERE h.orders >= 6 AND ABS(t.total_eur - h.mean) > 4 * h.spread
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    -- Each line beside the product's usual price, the customer's usual quantity and the stock.
    WITH earlier AS (
        SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id, o.ordered_on
        FROM order_lines x JOIN orders o ON o.order_id = x.order_id
        WHERE x.product_id IN (SELECT l.product_id FROM order_lines l WHERE l.order_id = wanted)
          AND o.order_id <> wanted AND o.ordered_on > year_before AND o.ordered_on <= placed
    ), by_price AS (
        SELECT e.product_id, e.unit_price_eur AS price, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.unit_price_eur) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places FROM earlier e
    ), own AS (
        SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places FROM earlier e WHERE e.customer_id = buyer
    ), sold AS (
        SELECT e.product_id, SUM(CASE WHEN e.ordered_on > placed - INTERVAL 90 DAY THEN e.quantity END) AS units,
               SUM(CASE WHEN e.ordered_on BETWEEN placed - INTERVAL 179 DAY AND placed - INTERVAL 90 DAY THEN e.quantity END)
                   AS units_earlier
        FROM earlier e GROUP BY e.product_id
    )
    SELECT l.line_no, p.product_id, p.name AS product, l.quantity, w.quantity AS usual_quantity,
           l.unit_price_eur, u.price AS usual_price_eur, ROUND(l.unit_price_eur / u.price, 2) AS price_ratio,
           l.line_total_eur, p.in_stock,
           CAST(COALESCE(s.units, 0) AS SIGNED) AS sold_90_days_before,
           CAST(COALESCE(s.units_earlier, 0) AS SIGNED) AS sold_90_days_earlier
    FROM order_lines l
    JOIN products p ON p.product_id = l.product_id
    LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = (u.places + 1) DIV 2
    LEFT JOIN own w ON w.product_id = l.product_id AND w.place = (w.places + 1) DIV 2
    LEFT JOIN sold s ON s.product_id = l.product_id
    WHERE l.order_id = wanted
    ORDER BY l.line_no;

    -- This order beside the medians of the customer and of the segment.
    WITH me AS (
        SELECT o.order_id, o.customer_id, c.segment FROM orders o JOIN customers c ON c.customer_id = o.customer_id
        WHERE o.order_id = wanted
    ), compared_orders (place, compared, order_id) AS (
        SELECT 1, 'This order', me.order_id FROM me
        UNION ALL
        SELECT 2, 'Median of the customer, 12 months before', o.order_id
        FROM me JOIN orders o ON o.customer_id = me.customer_id
        WHERE o.order_id <> wanted AND o.status <> 'Cancelled' AND o.ordered_on > year_before AND o.ordered_on <= placed
        UNION ALL
        SELECT 3, 'Median of the segment, 30 days before', o.order_id
        FROM me JOIN customers c ON c.segment = me.segment JOIN orders o ON o.customer_id = c.customer_id
        WHERE o.order_id <> wanted AND o.status <> 'Cancelled'
          AND o.ordered_on > placed - INTERVAL 30 DAY AND o.ordered_on <= placed
    ), facts AS (
        SELECT g.place, g.compared, o.total_eur,
               (SELECT COUNT(*) FROM order_lines x WHERE x.order_id = o.order_id) AS line_count,
               (SELECT SUM(x.quantity) FROM order_lines x WHERE x.order_id = o.order_id) AS units,
               DATEDIFF((SELECT MIN(x.shipped_on) FROM shipments x WHERE x.order_id = o.order_id), o.ordered_on) AS days_to_ship
        FROM compared_orders g
        JOIN orders o ON o.order_id = g.order_id
    ), measures AS (
        SELECT f.place, 'total' AS measure, f.total_eur AS value FROM facts f
        UNION ALL SELECT f.place, 'lines', f.line_count FROM facts f
        UNION ALL SELECT f.place, 'units', f.units FROM facts f
        UNION ALL SELECT f.place, 'days', f.days_to_ship FROM facts f WHERE f.days_to_ship IS NOT NULL
    ), in_order AS (
        SELECT m.*, ROW_NUMBER() OVER (PARTITION BY m.place, m.measure ORDER BY m.value) AS position,
               COUNT(*) OVER (PARTITION BY m.place, m.measure) AS positions FROM measures m
    ), medians AS (
        SELECT i.place, MAX(CASE i.measure WHEN 'total' THEN i.value END) AS total_eur,
               MAX(CASE i.measure WHEN 'lines' THEN i.value END) AS line_count,
               MAX(CASE i.measure WHEN 'units' THEN i.value END) AS units,
               MAX(CASE i.measure WHEN 'days' THEN i.value END) AS days_to_ship
        FROM in_order i WHERE i.position = (i.positions + 1) DIV 2 GROUP BY i.place
    )
    SELECT f.compared, COUNT(*) AS orders, m.total_eur, CAST(m.line_count AS SIGNED) AS `lines`,
           CAST(m.units AS SIGNED) AS units, CAST(m.days_to_ship AS SIGNED) AS days_to_ship
    FROM facts f JOIN medians m ON m.place = f.place
    GROUP BY f.place, f.compared, m.total_eur, m.line_count, m.units, m.days_to_ship ORDER BY f.place;

    WITH RECURSIVE months AS (
        SELECT GREATEST(CAST(DATE_FORMAT(placed, '%Y-%m-01') AS date) - INTERVAL 12 MONTH,
                        (SELECT CAST(DATE_FORMAT(MIN(o.ordered_on), '%Y-%m-01') AS date) FROM orders o)) AS month
        UNION ALL
        SELECT n.month + INTERVAL 1 MONTH FROM months n WHERE n.month + INTERVAL 1 MONTH <= placed
    )
    SELECT CAST(n.month AS date) AS month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
    FROM months n
    LEFT JOIN orders o ON o.customer_id = buyer AND o.status <> 'Cancelled'
        AND o.ordered_on >= n.month AND o.ordered_on < n.month + INTERVAL 1 MONTH
    WHERE n.month IS NOT NULL
    GROUP BY n.month ORDER BY n.month;

    SELECT s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse,
           GROUP_CONCAT(l.quantity, ' x ', p.name ORDER BY l.line_no SEPARATOR '; ') AS content
    FROM shipments s
    JOIN shipment_lines l ON l.shipment_id = s.shipment_id
    JOIN order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
    JOIN products p ON p.product_id = ol.product_id
    WHERE s.order_id = wanted
    GROUP BY s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse
    ORDER BY s.shipped_on, s.shipment_id;
END
//
