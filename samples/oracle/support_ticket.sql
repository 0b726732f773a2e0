-- What is this ticket about, how urgent is it, and what solved similar ones?

CREATE PROCEDURE business.support_ticket (ticket_id IN VARCHAR2) AUTHID DEFINER AS
    wanted               CONSTANT VARCHAR2(200) := ticket_id;
    now_at               TIMESTAMP(0);
    own_words            NUMBER;
    alike                business.similar_tickets;
    set_ticket           SYS_REFCURSOR;
    set_signals          SYS_REFCURSOR;
    set_messages         SYS_REFCURSOR;
    set_solutions        SYS_REFCURSOR;
    set_similar_solved   SYS_REFCURSOR;
    set_customer_tickets SYS_REFCURSOR;
BEGIN
    SELECT CAST(a.as_of AS TIMESTAMP(0)) + NUMTODSINTERVAL(18, 'HOUR') INTO now_at FROM business.calendar a;
    SELECT COUNT(*) INTO own_words FROM business.ticket_words w WHERE w.ticket_id = wanted;

    -- The solved tickets that share most words with this one; 100 = the same words.
    WITH shared AS (
        SELECT w.ticket_id, COUNT(*) AS words
        FROM business.ticket_words w
        JOIN business.ticket_words m ON m.word = w.word AND m.ticket_id = wanted
        GROUP BY w.ticket_id
    ), rated AS (
        SELECT s.ticket_id, t.solved_at,
               business.percent_of(s.words, own_words - s.words
                   + (SELECT COUNT(*) FROM business.ticket_words w WHERE w.ticket_id = s.ticket_id)) AS similarity
        FROM shared s
        JOIN business.tickets t ON t.ticket_id = s.ticket_id
        JOIN business.tickets this ON this.ticket_id = wanted
        WHERE t.status = 'Solved' AND s.ticket_id <> wanted AND t.solved_at < COALESCE(this.solved_at, now_at)
    ), placed AS (
        SELECT ROW_NUMBER() OVER (ORDER BY r.similarity DESC, r.solved_at DESC, r.ticket_id) AS place, r.ticket_id,
               r.similarity
        FROM rated r WHERE r.similarity >= 20
    )
    SELECT business.similar_ticket(p.place, p.ticket_id, p.similarity) BULK COLLECT INTO alike
    FROM placed p WHERE p.place <= 25;

    -- The ticket, the mood of what the customer wrote, and what is usual for its category.
    OPEN set_ticket FOR
        WITH said AS (
            SELECT DISTINCT p.kind, p.phrase
            FROM business.ticket_messages m
            JOIN business.phrases p ON INSTR(LOWER(m.message), p.phrase) > 0
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
        ), solved AS (
            SELECT business.hours_between(x.opened_at, x.solved_at) AS hours,
                   ROW_NUMBER() OVER (ORDER BY x.solved_at - x.opened_at) AS place,
                   COUNT(*) OVER () AS places
            FROM business.tickets x JOIN business.tickets t ON t.category = x.category AND t.ticket_id = wanted
            WHERE x.solved_at IS NOT NULL
        )
        SELECT t.ticket_id, t.subject, t.status, t.category, t.priority,
               CASE WHEN (SELECT COUNT(*) FROM said s WHERE s.kind = 'anger') >= 2 THEN 'angry'
                    WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = 'anger') THEN 'annoyed'
                    WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind IN ('urgency', 'safety')) THEN 'worried'
                    WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = 'thanks') THEN 'friendly' ELSE 'neutral' END AS mood,
               (SELECT LISTAGG(s.phrase, ', ') WITHIN GROUP (ORDER BY s.phrase) FROM said s WHERE s.kind <> 'thanks')
                   AS telling_words,
               t.opened_at, t.solved_at,
               CAST(business.hours_between(t.opened_at, COALESCE(t.solved_at, now_at)) AS NUMBER(19, 1)) AS hours_open,
               r.solve_hours AS target_hours,
               (SELECT CAST(AVG(x.hours) AS NUMBER(19, 1)) FROM solved x
                WHERE x.place IN (FLOOR((x.places + 1) / 2), FLOOR((x.places + 2) / 2))) AS usual_hours_of_category,
               p.name AS product, t.order_id, c.customer_id, c.name AS customer, c.segment, c.contact_name
        FROM business.tickets t
        JOIN business.response_targets r ON r.priority = t.priority
        JOIN business.products p ON p.product_id = t.product_id
        JOIN business.customers c ON c.customer_id = t.customer_id
        WHERE t.ticket_id = wanted;
    DBMS_SQL.RETURN_RESULT(set_ticket);

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT t.customer_id, t.product_id, t.category, t.priority, t.status, t.opened_at, p.name AS product,
                   r.answer_hours,
                   business.hours_between(t.opened_at, now_at) AS hours_open, t.opened_at - NUMTODSINTERVAL(30, 'DAY')
                       AS month_before
            FROM business.tickets t
            JOIN business.products p ON p.product_id = t.product_id
            JOIN business.response_targets r ON r.priority = t.priority
            WHERE t.ticket_id = wanted
        ), phrases_said AS (
            SELECT DISTINCT p.kind, p.phrase
            FROM business.ticket_messages m
            JOIN business.phrases p ON INSTR(LOWER(m.message), p.phrase) > 0
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
        ), said AS (
            SELECT p.kind, LISTAGG(p.phrase, ', ') WITHIN GROUP (ORDER BY p.phrase) AS phrases, COUNT(*) AS many
            FROM phrases_said p GROUP BY p.kind
        ), unanswered AS (
            SELECT COUNT(*) AS messages, MIN(m.written_at) AS since
            FROM business.ticket_messages m
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
              AND NOT EXISTS (SELECT 1 FROM business.ticket_messages a
                              WHERE a.ticket_id = wanted AND a.author_role = 'agent' AND a.written_at >= m.written_at)
        ), most_alike AS (  -- the ten most similar solved tickets
            SELECT t.category, t.solution
            FROM TABLE(alike) a JOIN business.tickets t ON t.ticket_id = a.ticket_id WHERE a.place <= 10
              AND a.similarity >= 30
        ), categories AS (
            SELECT m.category, COUNT(*) AS tickets, (SELECT COUNT(*) FROM most_alike a) AS of_tickets
            FROM most_alike m GROUP BY m.category
        ), this_kind AS (
            SELECT t.product, t.category, COUNT(CASE WHEN x.opened_at > t.month_before THEN 1 END) AS lately,
                   CAST(COUNT(CASE WHEN x.opened_at <= t.month_before THEN 1 END) / 6.0 AS NUMBER(12, 1)) AS usual,
                   TRUNC(MIN(CASE WHEN x.opened_at > t.month_before THEN x.opened_at END)) AS since,
                   COUNT(CASE WHEN x.opened_at > t.month_before AND x.status <> 'Solved' THEN 1 END) AS open_ones,
                   COUNT(DISTINCT CASE WHEN x.opened_at > t.month_before THEN x.customer_id END) AS customers
            FROM this t
            JOIN business.tickets x ON x.product_id = t.product_id AND x.category = t.category
                AND x.opened_at > t.opened_at - NUMTODSINTERVAL(210, 'DAY') AND x.opened_at <= t.opened_at
            GROUP BY t.product, t.category
        ), earlier AS (
            SELECT COUNT(*) AS tickets,
                   LISTAGG(x.ticket_id || ' (' || x.solution || ')', '; ') WITHIN GROUP (ORDER BY x.opened_at) AS list
            FROM this t
            JOIN business.tickets x ON x.customer_id = t.customer_id AND x.product_id = t.product_id
                AND x.category = t.category AND x.status = 'Solved' AND x.opened_at < t.opened_at
                AND x.opened_at > t.opened_at - NUMTODSINTERVAL(180, 'DAY')
        ), other_fix AS (  -- what solved it elsewhere and was not tried here
            SELECT m.solution, COUNT(*) AS times FROM most_alike m
            WHERE m.solution NOT IN (
                SELECT x.solution FROM this t
                JOIN business.tickets x ON x.customer_id = t.customer_id AND x.product_id = t.product_id
                    AND x.solution IS NOT NULL AND x.opened_at < t.opened_at)
            GROUP BY m.solution ORDER BY COUNT(*) DESC, m.solution
            FETCH FIRST 1 ROWS ONLY
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Safety words, low priority',
                   'The priority is ' || t.priority || ', and the customer writes: ' || s.phrases
                   || '. This should be looked at now.', wanted
            FROM this t CROSS JOIN said s
            WHERE s.kind = 'safety' AND t.priority IN ('Low', 'Normal') AND t.status <> 'Solved'
            UNION ALL
            SELECT 2, 'Category looks wrong',
                   'Filed under ' || t.category || ', but ' || c.tickets || ' of the ' || c.of_tickets
                   || ' most similar solved tickets are ' || c.category || '.', c.category
            FROM this t CROSS JOIN categories c
            WHERE c.category <> t.category AND c.of_tickets >= 5 AND c.tickets >= c.of_tickets * 0.8
            UNION ALL
            SELECT 1, 'Many tickets of this kind',
                   c.lately || ' tickets about ' || c.product || ' (' || LOWER(c.category) || ') from ' || c.customers
                   || ' customers in the 30 days up to this one, first on ' || TO_CHAR(c.since, 'YYYY-MM-DD')
                   || ', against ' || business.tenths(c.usual) || ' a month in the half year before; ' || c.open_ones
                   || ' are still open.', c.product
            FROM this_kind c WHERE c.lately >= 6 AND c.lately >= c.usual * 4
            UNION ALL
            SELECT 1, 'No answer',
                   'The customer has waited ' || ROUND(business.hours_between(u.since, now_at)) || ' hours since '
                   || TO_CHAR(u.since, 'YYYY-MM-DD') || ' with ' || u.messages
                   || ' messages unanswered; the target for priority ' || t.priority || ' is ' || t.answer_hours
                   || ' hours.', wanted
            FROM this t CROSS JOIN unanswered u
            WHERE t.status <> 'Solved' AND u.messages >= 2 AND u.since < now_at - NUMTODSINTERVAL(2 * t.answer_hours, 'HOUR')
            UNION ALL
            SELECT 2, 'Angry customer',
                   'The customer writes: ' || s.phrases || '. The ticket has been open for '
                   || ROUND(t.hours_open / 24) || ' days.', wanted
            FROM this t CROSS JOIN said s WHERE s.kind = 'anger' AND s.many >= 2 AND t.status <> 'Solved'
            UNION ALL
            SELECT 1, 'The same fault again',
                   e.tickets || ' earlier tickets of this customer about the same product in 180 days: ' || e.list
                   || '. That did not last.' || (SELECT ' Elsewhere "' || o.solution || '" solved it in ' || o.times
                   || ' similar tickets.'
                           FROM other_fix o), wanted
            FROM earlier e CROSS JOIN this t
            WHERE e.tickets >= 2 AND t.category IN ('Fault', 'Calibration', 'Software')
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    OPEN set_messages FOR
        SELECT m.message_no, m.written_at, m.author_role, m.author_name, m.message
        FROM business.ticket_messages m WHERE m.ticket_id = wanted ORDER BY m.message_no;
    DBMS_SQL.RETURN_RESULT(set_messages);

    -- What solved the most similar tickets. A solution did not last where the customer reported the same product and
    -- category again within 90 days. The order is by the share that lasted, with one good and one bad case added to each
    -- solution, so that two lucky cases do not come before twenty.
    OPEN set_solutions FOR
        WITH solved AS (
            SELECT t.solution, t.satisfaction, a.similarity, business.hours_between(t.opened_at, t.solved_at) AS hours,
                   CASE WHEN EXISTS (SELECT 1 FROM business.tickets again
                                     WHERE again.customer_id = t.customer_id AND again.product_id = t.product_id
                                       AND again.category = t.category AND again.opened_at > t.solved_at
                                       AND again.opened_at <= t.solved_at + NUMTODSINTERVAL(90, 'DAY')) THEN 1 ELSE 0 END AS came_back
            FROM TABLE(alike) a JOIN business.tickets t ON t.ticket_id = a.ticket_id
        ), in_order AS (
            SELECT s.solution, s.satisfaction, s.similarity, s.hours, s.came_back,
                   ROW_NUMBER() OVER (PARTITION BY s.solution ORDER BY s.hours) AS place,
                   COUNT(*) OVER (PARTITION BY s.solution) AS places
            FROM solved s
        )
        SELECT i.solution, COUNT(*) AS times_used, SUM(i.came_back) AS came_back,
               CAST(AVG(i.similarity) AS NUMBER(12, 1)) AS average_similarity_percent,
               CAST(AVG(CASE WHEN i.place IN (FLOOR((i.places + 1) / 2), FLOOR((i.places + 2) / 2)) THEN i.hours END) AS NUMBER(19, 1))
                   AS median_hours_to_solve,
               CAST(AVG(i.satisfaction) AS NUMBER(12, 1)) AS average_satisfaction
        FROM in_order i
        GROUP BY i.solution
        ORDER BY (COUNT(*) - SUM(i.came_back) + 1.0) / (COUNT(*) + 2) DESC, AVG(i.similarity) DESC, i.solution
        FETCH FIRST 3 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_solutions);

    OPEN set_similar_solved FOR
        SELECT t.ticket_id, a.similarity AS similarity_percent, t.category, t.subject, t.solution,
               CAST(business.hours_between(t.opened_at, t.solved_at) AS NUMBER(19, 1)) AS hours_to_solve, t.satisfaction
        FROM TABLE(alike) a JOIN business.tickets t ON t.ticket_id = a.ticket_id
        WHERE a.place <= 4 ORDER BY a.place;
    DBMS_SQL.RETURN_RESULT(set_similar_solved);

    OPEN set_customer_tickets FOR
        SELECT t.ticket_id, TRUNC(t.opened_at) AS opened_on, t.category, t.status, t.subject, t.solution
        FROM business.tickets t
        JOIN business.tickets this ON this.customer_id = t.customer_id
        WHERE this.ticket_id = wanted AND t.ticket_id <> wanted AND t.opened_at <= this.opened_at
        ORDER BY t.opened_at DESC, t.ticket_id
        FETCH FIRST 4 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_customer_tickets);
END;
/
