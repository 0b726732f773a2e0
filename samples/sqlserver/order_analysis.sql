-- Is this order in line with the customer's and the products' usual, and what is needed to fulfil it?

CREATE PROCEDURE business.order_analysis @order_id nvarchar(200) AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @wanted nvarchar(200) = CASE WHEN @order_id LIKE N'% ' THEN NULL ELSE @order_id END;
    DECLARE @today date = (SELECT a.as_of FROM business.calendar a);
    DECLARE @buyer nvarchar(20) = (SELECT o.customer_id FROM business.orders o WHERE o.order_id = @wanted);
    DECLARE @placed date = (SELECT o.ordered_on FROM business.orders o WHERE o.order_id = @wanted);
    DECLARE @year_before date = DATEADD(month, -12, @placed);

    SELECT o.order_id, o.status, o.ordered_on, o.requested_on, o.customer_id, c.name AS customer, c.segment,
           o.deliver_to_city, o.deliver_to_country, o.total_eur,
           (SELECT COUNT(*) FROM business.order_lines l WHERE l.order_id = o.order_id) AS lines,
           (SELECT MAX(s.delivered_on) FROM business.shipments s WHERE s.order_id = o.order_id) AS delivered_on,
           o.paid_on, c.payment_terms_days, c.account_manager
    FROM business.orders o
    JOIN business.customers c ON c.customer_id = o.customer_id
    WHERE o.order_id = @wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT o.order_id, o.status, o.requested_on, o.total_eur FROM business.orders o WHERE o.order_id = @wanted
    ), earlier AS (  -- what was sold of these products in the 12 months before
        SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id
        FROM business.order_lines x JOIN business.orders o ON o.order_id = x.order_id
        WHERE x.product_id IN (SELECT l.product_id FROM business.order_lines l WHERE l.order_id = @wanted)
          AND o.order_id <> @wanted AND o.ordered_on > @year_before AND o.ordered_on <= @placed
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
        FROM earlier e WHERE e.customer_id = @buyer
    ), its_lines AS (
        SELECT l.line_no, l.quantity, l.unit_price_eur, l.line_total_eur, p.name AS product, p.in_stock, p.next_delivery_on,
               u.price AS usual_price, w.quantity AS own_quantity, w.places AS own_orders, q.quantity AS usual_quantity
        FROM business.order_lines l
        JOIN business.products p ON p.product_id = l.product_id
        LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = (u.places + 1) / 2
        LEFT JOIN by_quantity q ON q.product_id = l.product_id AND q.place = (q.places + 1) / 2
        LEFT JOIN own w ON w.product_id = l.product_id AND w.place = (w.places + 1) / 2
        WHERE l.order_id = @wanted
    ), parcels AS (  -- a parcel's content as one text, to compare parcels
        SELECT s.shipment_id, s.shipped_on,
               STRING_AGG(CONCAT(l.line_no, N'x', l.quantity), N',') WITHIN GROUP (ORDER BY l.line_no) AS content,
               SUM(l.quantity) AS units, SUM(l.quantity * ol.unit_price_eur) AS worth
        FROM business.shipments s
        JOIN business.shipment_lines l ON l.shipment_id = s.shipment_id
        JOIN business.order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
        WHERE s.order_id = @wanted
        GROUP BY s.shipment_id, s.shipped_on
    ), contents AS (
        SELECT o.order_id, o.ordered_on, o.total_eur,
               STRING_AGG(CONCAT(l.product_id, N'x', l.quantity), N',') WITHIN GROUP (ORDER BY l.product_id) AS content
        FROM business.orders o JOIN business.order_lines l ON l.order_id = o.order_id
        WHERE o.customer_id = @buyer AND o.status <> N'Cancelled' AND ABS(DATEDIFF(day, @placed, o.ordered_on)) <= 7
        GROUP BY o.order_id, o.ordered_on, o.total_eur
    ), carriers AS (
        SELECT STRING_AGG(s.carrier, N', ') WITHIN GROUP (ORDER BY s.carrier) AS names
        FROM (SELECT DISTINCT x.carrier FROM business.shipments x WHERE x.order_id = @wanted) s
    ), delivery AS (
        SELECT t.status, t.requested_on, MAX(s.delivered_on) AS delivered_on, COUNT(s.shipment_id) AS parcels
        FROM this t LEFT JOIN business.shipments s ON s.order_id = t.order_id
        GROUP BY t.status, t.requested_on
    ), history AS (
        SELECT COUNT(*) AS orders, AVG(o.total_eur) AS mean, CAST(STDEV(o.total_eur) AS decimal(19, 6)) AS spread
        FROM business.orders o
        WHERE o.customer_id = @buyer AND o.order_id <> @wanted AND o.status <> N'Cancelled'
          AND o.ordered_on > @year_before AND o.ordered_on <= @placed
    ), found (weight, signal, detail, reference) AS (
        SELECT 1, N'Unit price far from the usual',
               CONCAT(N'Line ', l.line_no, N': ', l.product, N' was entered at ', business.eur(l.unit_price_eur), N' a piece, ',
                      CAST(l.unit_price_eur / l.usual_price AS decimal(12, 1)), N' times its usual price of ',
                      business.eur(l.usual_price), N'. At the usual price the line would be ',
                      business.eur(l.quantity * l.usual_price), N' instead of ', business.eur(l.line_total_eur), N'.'),
               CONCAT(N'line ', l.line_no)
        FROM its_lines l WHERE l.unit_price_eur >= l.usual_price * 3 OR l.unit_price_eur <= l.usual_price / 3
        UNION ALL
        SELECT 1, N'Shipped twice',
               CONCAT(a.shipment_id, N' of ', a.shipped_on, N' and ', b.shipment_id, N' of ', b.shipped_on,
                      N' have the same content: ', a.units, N' units worth ', business.eur(a.worth), N' left twice.'),
               b.shipment_id
        FROM parcels a JOIN parcels b ON b.content = a.content AND b.shipment_id > a.shipment_id
        UNION ALL
        SELECT 1, N'Quantity far from the usual',
               CONCAT(N'Line ', l.line_no, N': ', l.quantity, N' of ', l.product, N' were ordered, ',
                      CAST(1.0 * l.quantity / l.own_quantity AS decimal(12, 1)), N' times what the customer usually orders (',
                      l.own_quantity, N' in ', l.own_orders, N' earlier orders). The line is ', business.eur(l.line_total_eur),
                      N'.'), CONCAT(N'line ', l.line_no)
        FROM its_lines l
        WHERE l.own_orders >= 3 AND l.quantity >= l.own_quantity * 5 AND l.quantity >= l.usual_quantity * 4
        UNION ALL
        SELECT 1, N'Possibly entered twice',
               CONCAT(x.order_id, N' of ', x.ordered_on, N' has the same lines and quantities as this order of ', @placed, N' (',
                      business.eur(me.total_eur), N'): one of the two may be a duplicate.'), x.order_id
        FROM contents x JOIN contents me ON me.order_id = @wanted AND me.content = x.content AND x.order_id <> @wanted
        UNION ALL
        SELECT 1, N'Not enough in stock',
               CONCAT(N'Line ', l.line_no, N': ', l.quantity, N' of ', l.product, N' are ordered and ', l.in_stock,
                      N' are in stock, ', l.quantity - l.in_stock, N' are missing; the next delivery comes ',
                      CASE WHEN l.next_delivery_on IS NULL THEN N'on no date yet'
                           ELSE CONCAT(N'on ', l.next_delivery_on) END, N', the customer asked for ', t.requested_on, N'.'),
               CONCAT(N'line ', l.line_no)
        FROM its_lines l CROSS JOIN this t WHERE t.status = N'Open' AND l.quantity > l.in_stock
        UNION ALL
        SELECT 2, N'Overdue',
               CONCAT(N'Requested for ', d.requested_on, N', ', DATEDIFF(day, d.requested_on, @today),
                      N' days ago, and not shipped.'), @wanted
        FROM delivery d WHERE d.status = N'Open' AND d.parcels = 0 AND d.requested_on < @today
        UNION ALL
        SELECT 3, N'Delivered late',
               CONCAT(N'Delivered on ', d.delivered_on, N', ', DATEDIFF(day, d.requested_on, d.delivered_on),
                      N' days after the requested ', d.requested_on, N', by ', c.names, N'.'), @wanted
        FROM delivery d CROSS JOIN carriers c WHERE d.delivered_on > d.requested_on
        UNION ALL
        SELECT 2, N'Total far from the usual',
               CONCAT(N'The order is ', business.eur(t.total_eur), N'; the customer''s ', h.orders,
                      N' orders of the 12 months before average ', business.eur(h.mean), N', so this is ',
                      CAST((t.total_eur - h.mean) / NULLIF(h.spread, 0) AS decimal(19, 1)), N' standard deviations away.'),
               @wanted
        FROM this t CROSS JOIN history h WHERE h.orders >= 6 AND ABS(t.total_eur - h.mean) > 4 * h.spread
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    -- Each line beside the product's usual price, the customer's usual quantity and the stock.
    WITH earlier AS (
        SELECT x.product_id, x.unit_price_eur, x.quantity, o.customer_id, o.ordered_on
        FROM business.order_lines x JOIN business.orders o ON o.order_id = x.order_id
        WHERE x.product_id IN (SELECT l.product_id FROM business.order_lines l WHERE l.order_id = @wanted)
          AND o.order_id <> @wanted AND o.ordered_on > @year_before AND o.ordered_on <= @placed
    ), by_price AS (
        SELECT e.product_id, e.unit_price_eur AS price,
               ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.unit_price_eur) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places
        FROM earlier e
    ), own AS (
        SELECT e.product_id, e.quantity, ROW_NUMBER() OVER (PARTITION BY e.product_id ORDER BY e.quantity) AS place,
               COUNT(*) OVER (PARTITION BY e.product_id) AS places
        FROM earlier e WHERE e.customer_id = @buyer
    ), sold AS (
        SELECT e.product_id, SUM(CASE WHEN e.ordered_on > DATEADD(day, -90, @placed) THEN e.quantity END) AS units,
               SUM(CASE WHEN e.ordered_on BETWEEN DATEADD(day, -179, @placed) AND DATEADD(day, -90, @placed)
                        THEN e.quantity END) AS units_earlier
        FROM earlier e GROUP BY e.product_id
    )
    SELECT l.line_no, p.product_id, p.name AS product, l.quantity, w.quantity AS usual_quantity,
           l.unit_price_eur, u.price AS usual_price_eur, CAST(l.unit_price_eur / u.price AS decimal(12, 2)) AS price_ratio,
           l.line_total_eur, p.in_stock, COALESCE(s.units, 0) AS sold_90_days_before,
           COALESCE(s.units_earlier, 0) AS sold_90_days_earlier
    FROM business.order_lines l
    JOIN business.products p ON p.product_id = l.product_id
    LEFT JOIN by_price u ON u.product_id = l.product_id AND u.place = (u.places + 1) / 2
    LEFT JOIN own w ON w.product_id = l.product_id AND w.place = (w.places + 1) / 2
    LEFT JOIN sold s ON s.product_id = l.product_id
    WHERE l.order_id = @wanted
    ORDER BY l.line_no;

    -- This order beside the medians of the customer and of the segment.
    WITH me AS (
        SELECT o.order_id, o.customer_id, c.segment
        FROM business.orders o JOIN business.customers c ON c.customer_id = o.customer_id
        WHERE o.order_id = @wanted
    ), compared_orders (place, compared, order_id) AS (
        SELECT 1, N'This order', me.order_id FROM me
        UNION ALL
        SELECT 2, N'Median of the customer, 12 months before', o.order_id
        FROM me JOIN business.orders o ON o.customer_id = me.customer_id
        WHERE o.order_id <> @wanted AND o.status <> N'Cancelled' AND o.ordered_on > @year_before AND o.ordered_on <= @placed
        UNION ALL
        SELECT 3, N'Median of the segment, 30 days before', o.order_id
        FROM me JOIN business.customers c ON c.segment = me.segment JOIN business.orders o ON o.customer_id = c.customer_id
        WHERE o.order_id <> @wanted AND o.status <> N'Cancelled'
          AND o.ordered_on > DATEADD(day, -30, @placed) AND o.ordered_on <= @placed
    ), facts AS (
        SELECT g.place, g.compared, o.total_eur,
               (SELECT COUNT(*) FROM business.order_lines x WHERE x.order_id = o.order_id) AS line_count,
               (SELECT SUM(x.quantity) FROM business.order_lines x WHERE x.order_id = o.order_id) AS units,
               (SELECT DATEDIFF(day, o.ordered_on, MIN(x.shipped_on)) FROM business.shipments x WHERE x.order_id = o.order_id)
                   AS days_to_ship
        FROM compared_orders g
        JOIN business.orders o ON o.order_id = g.order_id
    ), measures AS (
        SELECT f.place, N'total' AS measure, f.total_eur AS value FROM facts f
        UNION ALL SELECT f.place, N'lines', f.line_count FROM facts f
        UNION ALL SELECT f.place, N'units', f.units FROM facts f
        UNION ALL SELECT f.place, N'days', f.days_to_ship FROM facts f WHERE f.days_to_ship IS NOT NULL
    ), in_order AS (
        SELECT m.place, m.measure, m.value, ROW_NUMBER() OVER (PARTITION BY m.place, m.measure ORDER BY m.value) AS position,
               COUNT(*) OVER (PARTITION BY m.place, m.measure) AS positions
        FROM measures m
    ), medians AS (
        SELECT i.place, MAX(CASE i.measure WHEN N'total' THEN i.value END) AS total_eur,
               MAX(CASE i.measure WHEN N'lines' THEN i.value END) AS line_count,
               MAX(CASE i.measure WHEN N'units' THEN i.value END) AS units,
               MAX(CASE i.measure WHEN N'days' THEN i.value END) AS days_to_ship
        FROM in_order i WHERE i.position = (i.positions + 1) / 2 GROUP BY i.place
    )
    SELECT f.compared, COUNT(*) AS orders, m.total_eur, CAST(m.line_count AS int) AS lines, CAST(m.units AS int) AS units,
           CAST(m.days_to_ship AS int) AS days_to_ship
    FROM facts f JOIN medians m ON m.place = f.place
    GROUP BY f.place, f.compared, m.total_eur, m.line_count, m.units, m.days_to_ship ORDER BY f.place;

    -- The 12 months before, as far as there are orders at all.
    WITH first_order AS (
        SELECT MIN(o.ordered_on) AS ordered_on FROM business.orders o
    ), months AS (
        SELECT CASE WHEN f.ordered_on > DATEADD(month, -12, DATEFROMPARTS(YEAR(@placed), MONTH(@placed), 1))
                    THEN DATEFROMPARTS(YEAR(f.ordered_on), MONTH(f.ordered_on), 1)
                    ELSE DATEADD(month, -12, DATEFROMPARTS(YEAR(@placed), MONTH(@placed), 1)) END AS month
        FROM first_order f WHERE @placed IS NOT NULL
        UNION ALL
        SELECT DATEADD(month, 1, n.month) FROM months n WHERE DATEADD(month, 1, n.month) <= @placed
    )
    SELECT n.month, COUNT(o.order_id) AS orders, COALESCE(SUM(o.total_eur), 0.00) AS total_eur
    FROM months n
    LEFT JOIN business.orders o ON o.customer_id = @buyer AND o.status <> N'Cancelled'
        AND o.ordered_on >= n.month AND o.ordered_on < DATEADD(month, 1, n.month)
    GROUP BY n.month ORDER BY n.month;

    SELECT s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse,
           STRING_AGG(CONCAT(l.quantity, N' x ', p.name), N'; ') WITHIN GROUP (ORDER BY l.line_no) AS content
    FROM business.shipments s
    JOIN business.shipment_lines l ON l.shipment_id = s.shipment_id
    JOIN business.order_lines ol ON ol.order_id = s.order_id AND ol.line_no = l.line_no
    JOIN business.products p ON p.product_id = ol.product_id
    WHERE s.order_id = @wanted
    GROUP BY s.shipment_id, s.shipped_on, s.delivered_on, s.carrier, s.warehouse
    ORDER BY s.shipped_on, s.shipment_id;
END
GO
