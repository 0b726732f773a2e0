-- What is this ticket about, how urgent is it, and what solved similar ones?

CREATE PROCEDURE support_ticket(IN ticket_id varchar(200)) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE wanted varchar(200) DEFAULT IF(ticket_id LIKE '% ', NULL, ticket_id);
    DECLARE now_at datetime DEFAULT (SELECT TIMESTAMP(as_of, '18:00:00') FROM calendar);
    DECLARE words integer DEFAULT (SELECT COUNT(*) FROM ticket_words w WHERE w.ticket_id = wanted);
    DECLARE alike text;

    -- The solved tickets that share most words with this one, as JSON; 100 = the same words.
    SET SESSION group_concat_max_len = 100000;
    WITH shared AS (
        SELECT w.ticket_id, COUNT(*) AS words FROM ticket_words w
        JOIN ticket_words m ON m.word = w.word AND m.ticket_id = wanted GROUP BY w.ticket_id
    ), rated AS (
        SELECT s.ticket_id, t.solved_at, percent(s.words, words
                   + (SELECT COUNT(*) FROM ticket_words w WHERE w.ticket_id = s.ticket_id) - s.words) AS similarity
        FROM shared s
        JOIN tickets t ON t.ticket_id = s.ticket_id
        JOIN tickets this ON this.ticket_id = wanted
        WHERE t.status = 'Solved' AND s.ticket_id <> wanted AND t.solved_at < COALESCE(this.solved_at, now_at)
    ), best AS (
        SELECT r.* FROM rated r WHERE r.similarity >= 20
        ORDER BY r.similarity DESC, r.solved_at DESC, r.ticket_id LIMIT 25
    )
    SELECT CONCAT('[', COALESCE(GROUP_CONCAT(JSON_OBJECT('id', b.ticket_id, 'percent', b.similarity)
                                             ORDER BY b.similarity DESC, b.solved_at DESC SEPARATOR ','), ''), ']')
    INTO alike FROM best b;

    -- The ticket, the mood of what the customer wrote, and what is usual for its category.
    WITH said AS (
        SELECT p.kind, p.phrase FROM ticket_messages m
        JOIN phrases p ON LOCATE(p.phrase, LOWER(m.message)) > 0
        WHERE m.ticket_id = wanted AND m.author_role = 'customer'
        GROUP BY p.kind, p.phrase
    ), solved AS (
        SELECT hours_between(x.opened_at, x.solved_at) AS hours,
               ROW_NUMBER() OVER (ORDER BY TIMESTAMPDIFF(SECOND, x.opened_at, x.solved_at)) AS place,
               COUNT(*) OVER () AS places
        FROM tickets x JOIN tickets t ON t.category = x.category AND t.ticket_id = wanted
        WHERE x.solved_at IS NOT NULL
    )
    SELECT t.ticket_id, t.subject, t.status, t.category, t.priority,
           CASE WHEN (SELECT COUNT(*) FROM said s WHERE s.kind = 'anger') >= 2 THEN 'angry'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = 'anger') THEN 'annoyed'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind IN ('urgency', 'safety')) THEN 'worried'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = 'thanks') THEN 'friendly' ELSE 'neutral' END AS mood,
           (SELECT GROUP_CONCAT(s.phrase ORDER BY s.phrase SEPARATOR ', ') FROM said s WHERE s.kind <> 'thanks')
               AS telling_words,
           t.opened_at, t.solved_at,
           ROUND(hours_between(t.opened_at, COALESCE(t.solved_at, now_at)), 1) AS hours_open,
           r.solve_hours AS target_hours,
           (SELECT ROUND(AVG(x.hours), 1) FROM solved x
            WHERE x.place IN ((x.places + 1) DIV 2, (x.places + 2) DIV 2)) AS usual_hours_of_category,
           p.name AS product, t.order_id, c.customer_id, c.name AS customer, c.segment, c.contact_name
    FROM tickets t
    JOIN response_targets r ON r.priority = t.priority
    JOIN products p ON p.product_id = t.product_id
    JOIN customers c ON c.customer_id = t.customer_id
    WHERE t.ticket_id = wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT t.*, p.name AS product, r.answer_hours, r.solve_hours, hours_between(t.opened_at, now_at) AS hours_open,
               t.opened_at - INTERVAL 30 DAY AS month_before
        FROM tickets t JOIN products p ON p.product_id = t.product_id JOIN response_targets r ON r.priority = t.priority
        WHERE t.ticket_id = wanted
    ), said AS (
        SELECT p.kind, GROUP_CONCAT(DISTINCT p.phrase ORDER BY p.phrase SEPARATOR ', ') AS phrases,
               COUNT(DISTINCT p.phrase) AS many
        FROM ticket_messages m JOIN phrases p ON LOCATE(p.phrase, LOWER(m.message)) > 0
        WHERE m.ticket_id = wanted AND m.author_role = 'customer'
        GROUP BY p.kind
    ), unanswered AS (
        SELECT COUNT(*) AS messages, MIN(m.written_at) AS since
        FROM ticket_messages m
        WHERE m.ticket_id = wanted AND m.author_role = 'customer'
          AND m.written_at > COALESCE((SELECT MAX(a.written_at) FROM ticket_messages a
                                       WHERE a.ticket_id = wanted AND a.author_role = 'agent'), '1000-01-01')
    ), most_alike AS (  -- the ten most similar solved tickets
        SELECT t.category, t.solution, a.similarity
        FROM JSON_TABLE(alike, '$[*]' COLUMNS (place FOR ORDINALITY, ticket_id varchar(20) PATH '$.id',
                                               similarity decimal(5, 1) PATH '$.percent')) AS a
        JOIN tickets t ON t.ticket_id = a.ticket_id WHERE a.place <= 10 AND a.similarity >= 30
    ), categories AS (
        SELECT m.category, COUNT(*) AS tickets, (SELECT COUNT(*) FROM most_alike) AS of_tickets
        FROM most_alike m GROUP BY m.category
    ), cluster AS (
        SELECT t.product, t.category, COUNT(CASE WHEN x.opened_at > t.month_before THEN 1 END) AS lately,
               ROUND(COUNT(CASE WHEN x.opened_at <= t.month_before THEN 1 END) / 6.0, 1) AS usual,
               DATE(MIN(CASE WHEN x.opened_at > t.month_before THEN x.opened_at END)) AS since,
               COUNT(CASE WHEN x.opened_at > t.month_before AND x.status <> 'Solved' THEN 1 END) AS open_ones,
               COUNT(DISTINCT CASE WHEN x.opened_at > t.month_before THEN x.customer_id END) AS customers
        FROM this t JOIN tickets x ON x.product_id = t.product_id AND x.category = t.category
            AND x.opened_at > t.opened_at - INTERVAL 210 DAY AND x.opened_at <= t.opened_at
        GROUP BY t.product, t.category
    ), earlier AS (
        SELECT COUNT(*) AS tickets,
               GROUP_CONCAT(x.ticket_id, ' (', x.solution, ')' ORDER BY x.opened_at SEPARATOR '; ') AS list
        FROM this t JOIN tickets x ON x.customer_id = t.customer_id AND x.product_id = t.product_id
            AND x.category = t.category AND x.status = 'Solved' AND x.opened_at < t.opened_at
            AND x.opened_at > t.opened_at - INTERVAL 180 DAY
    ), other_fix AS (  -- what solved it elsewhere and was not tried here
        SELECT m.solution, COUNT(*) AS times FROM most_alike m
        WHERE m.solution NOT IN (
            SELECT x.solution FROM this t JOIN tickets x ON x.customer_id = t.customer_id
                AND x.product_id = t.product_id AND x.solution IS NOT NULL AND x.opened_at < t.opened_at)
        GROUP BY m.solution ORDER BY COUNT(*) DESC, m.solution LIMIT 1
    ), found (weight, `signal`, detail, reference) AS (
        SELECT 1, 'Safety words, low priority',
               CONCAT('The priority is ', t.priority, ', and the customer writes: ', s.phrases,
                      '. This should be looked at now.'), wanted
        FROM this t, said s WHERE s.kind = 'safety' AND t.priority IN ('Low', 'Normal') AND t.status <> 'Solved'
        UNION ALL
        SELECT 2, 'Category looks wrong',
               CONCAT('Filed under ', t.category, ', but ', c.tickets, ' of the ', c.of_tickets,
                      ' most similar solved tickets are ', c.category, '.'), c.category
        FROM this t, categories c
        WHERE c.category <> t.category AND c.of_tickets >= 5 AND c.tickets >= c.of_tickets * 0.8
        UNION ALL
        SELECT 1, 'Many tickets of this kind',
               CONCAT(c.lately, ' tickets about ', c.product, ' (', LOWER(c.category), ') from ', c.customers,
                      ' customers in the 30 days up to this one, first on ', c.since, ', against ', c.usual,
                      ' a month in the half year before; ', c.open_ones, ' are still open.'), c.product
        FROM cluster c WHERE c.lately >= 6 AND c.lately >= c.usual * 4
        UNION ALL
        SELECT 1, 'No answer',
               CONCAT('The customer has waited ', ROUND(hours_between(u.since, now_at)), ' hours since ', DATE(u.since),
                      ' with ', u.messages, ' messages unanswered; the target for priority ', t.priority, ' is ',
                      t.answer_hours, ' hours.'), wanted
        FROM this t, unanswered u
        WHERE t.status <> 'Solved' AND u.messages >= 2 AND u.since < now_at - INTERVAL 2 * t.answer_hours HOUR
        UNION ALL
        SELECT 2, 'Angry customer',
               CONCAT('The customer writes: ', s.phrases, '. The ticket has been open for ', ROUND(t.hours_open / 24),
                      ' days.'), wanted
        FROM this t, said s WHERE s.kind = 'anger' AND s.many >= 2 AND t.status <> 'Solved'
        UNION ALL
        SELECT 1, 'The same fault again',
               CONCAT(e.tickets, ' earlier tickets of this customer about the same product in 180 days: ', e.list,
                      '. That did not last.',
                      COALESCE((SELECT CONCAT(' Elsewhere "', o.solution, '" solved it in ', o.times, ' similar tickets.')
                                FROM other_fix o), '')), wanted
        FROM earlier e, this t WHERE e.tickets >= 2 AND t.category IN ('Fault', 'Calibration', 'Software')
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    SELECT m.message_no, m.written_at, m.author_role, m.author_name, m.message
    FROM ticket_messages m WHERE m.ticket_id = wanted ORDER BY m.message_no;

    -- What solved the most similar tickets. A solution did not last where the customer reported the same product and
    -- category again within 90 days. The order is by the share that lasted, with one good and one bad case added to each
    -- solution, so that two lucky cases do not come before twenty.
    WITH solved AS (
        SELECT t.solution, t.satisfaction, a.similarity, hours_between(t.opened_at, t.solved_at) AS hours,
               EXISTS (SELECT 1 FROM tickets again
                       WHERE again.customer_id = t.customer_id AND again.product_id = t.product_id
                         AND again.category = t.category AND again.opened_at > t.solved_at
                         AND again.opened_at <= t.solved_at + INTERVAL 90 DAY) AS came_back
        FROM JSON_TABLE(alike, '$[*]' COLUMNS (ticket_id varchar(20) PATH '$.id',
                                               similarity decimal(5, 1) PATH '$.percent')) AS a
        JOIN tickets t ON t.ticket_id = a.ticket_id
    ), in_order AS (
        SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.solution ORDER BY s.hours) AS place,
               COUNT(*) OVER (PARTITION BY s.solution) AS places FROM solved s
    )
    SELECT i.solution, COUNT(*) AS times_used, COUNT(CASE WHEN i.came_back THEN 1 END) AS came_back,
           ROUND(AVG(i.similarity), 1) AS average_similarity_percent,
           ROUND(AVG(CASE WHEN i.place IN ((i.places + 1) DIV 2, (i.places + 2) DIV 2) THEN i.hours END), 1)
               AS median_hours_to_solve,
           ROUND(AVG(i.satisfaction), 1) AS average_satisfaction
    FROM in_order i
    GROUP BY i.solution
    ORDER BY (COUNT(CASE WHEN NOT i.came_back THEN 1 END) + 1.0) / (COUNT(*) + 2) DESC, AVG(i.similarity) DESC, i.solution
    LIMIT 3;

    SELECT t.ticket_id, a.similarity AS similarity_percent, t.category, t.subject, t.solution,
           ROUND(hours_between(t.opened_at, t.solved_at), 1) AS hours_to_solve, t.satisfaction
    FROM JSON_TABLE(alike, '$[*]' COLUMNS (place FOR ORDINALITY, ticket_id varchar(20) PATH '$.id',
                                           similarity decimal(5, 1) PATH '$.percent')) AS a
    JOIN tickets t ON t.ticket_id = a.ticket_id
    WHERE a.place <= 4 ORDER BY a.place;

    SELECT t.ticket_id, DATE(t.opened_at) AS opened_on, t.category, t.status, t.subject, t.solution
    FROM tickets t
    JOIN tickets this ON this.customer_id = t.customer_id
    WHERE this.ticket_id = wanted AND t.ticket_id <> wanted AND t.opened_at <= this.opened_at
    ORDER BY t.opened_at DESC, t.ticket_id LIMIT 4;
END
//
