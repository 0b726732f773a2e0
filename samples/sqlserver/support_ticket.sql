-- What is this ticket about, how urgent is it, and what solved similar ones?

CREATE PROCEDURE business.support_ticket @ticket_id nvarchar(200) AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @wanted nvarchar(200) = CASE WHEN @ticket_id LIKE N'% ' THEN NULL ELSE @ticket_id END;
    DECLARE @now datetime2(0) = (SELECT DATEADD(hour, 18, CAST(a.as_of AS datetime2(0))) FROM business.calendar a);
    DECLARE @words int = (SELECT COUNT(*) FROM business.ticket_words w WHERE w.ticket_id = @wanted);

    -- The solved tickets that share most words with this one; 100 = the same words.
    DECLARE @alike table (place int PRIMARY KEY, ticket_id nvarchar(20) NOT NULL, similarity decimal(5, 1) NOT NULL);
    WITH shared AS (
        SELECT w.ticket_id, COUNT(*) AS words
        FROM business.ticket_words w
        JOIN business.ticket_words m ON m.word = w.word AND m.ticket_id = @wanted
        GROUP BY w.ticket_id
    ), rated AS (
        SELECT s.ticket_id, t.solved_at,
               business.percent_of(s.words, @words - s.words
                   + (SELECT COUNT(*) FROM business.ticket_words w WHERE w.ticket_id = s.ticket_id)) AS similarity
        FROM shared s
        JOIN business.tickets t ON t.ticket_id = s.ticket_id
        JOIN business.tickets this ON this.ticket_id = @wanted
        WHERE t.status = N'Solved' AND s.ticket_id <> @wanted AND t.solved_at < COALESCE(this.solved_at, @now)
    ), placed AS (
        SELECT ROW_NUMBER() OVER (ORDER BY r.similarity DESC, r.solved_at DESC, r.ticket_id) AS place, r.ticket_id, r.similarity
        FROM rated r WHERE r.similarity >= 20
    )
    INSERT INTO @alike (place, ticket_id, similarity)
    SELECT p.place, p.ticket_id, p.similarity FROM placed p WHERE p.place <= 25;

    -- The ticket, the mood of what the customer wrote, and what is usual for its category.
    WITH said AS (
        SELECT DISTINCT p.kind, p.phrase
        FROM business.ticket_messages m
        JOIN business.phrases p ON CHARINDEX(p.phrase, LOWER(m.message)) > 0
        WHERE m.ticket_id = @wanted AND m.author_role = N'customer'
    ), solved AS (
        SELECT business.hours_between(x.opened_at, x.solved_at) AS hours,
               ROW_NUMBER() OVER (ORDER BY DATEDIFF(second, x.opened_at, x.solved_at)) AS place,
               COUNT(*) OVER () AS places
        FROM business.tickets x JOIN business.tickets t ON t.category = x.category AND t.ticket_id = @wanted
        WHERE x.solved_at IS NOT NULL
    )
    SELECT t.ticket_id, t.subject, t.status, t.category, t.priority,
           CASE WHEN (SELECT COUNT(*) FROM said s WHERE s.kind = N'anger') >= 2 THEN N'angry'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = N'anger') THEN N'annoyed'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind IN (N'urgency', N'safety')) THEN N'worried'
                WHEN EXISTS (SELECT 1 FROM said s WHERE s.kind = N'thanks') THEN N'friendly' ELSE N'neutral' END AS mood,
           (SELECT STRING_AGG(s.phrase, N', ') WITHIN GROUP (ORDER BY s.phrase) FROM said s WHERE s.kind <> N'thanks')
               AS telling_words,
           t.opened_at, t.solved_at,
           CAST(business.hours_between(t.opened_at, COALESCE(t.solved_at, @now)) AS decimal(19, 1)) AS hours_open,
           r.solve_hours AS target_hours,
           (SELECT CAST(AVG(x.hours) AS decimal(19, 1)) FROM solved x
            WHERE x.place IN ((x.places + 1) / 2, (x.places + 2) / 2)) AS usual_hours_of_category,
           p.name AS product, t.order_id, c.customer_id, c.name AS customer, c.segment, c.contact_name
    FROM business.tickets t
    JOIN business.response_targets r ON r.priority = t.priority
    JOIN business.products p ON p.product_id = t.product_id
    JOIN business.customers c ON c.customer_id = t.customer_id
    WHERE t.ticket_id = @wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT t.customer_id, t.product_id, t.category, t.priority, t.status, t.opened_at, p.name AS product, r.answer_hours,
               business.hours_between(t.opened_at, @now) AS hours_open, DATEADD(day, -30, t.opened_at) AS month_before
        FROM business.tickets t
        JOIN business.products p ON p.product_id = t.product_id
        JOIN business.response_targets r ON r.priority = t.priority
        WHERE t.ticket_id = @wanted
    ), phrases_said AS (
        SELECT DISTINCT p.kind, p.phrase
        FROM business.ticket_messages m
        JOIN business.phrases p ON CHARINDEX(p.phrase, LOWER(m.message)) > 0
        WHERE m.ticket_id = @wanted AND m.author_role = N'customer'
    ), said AS (
        SELECT p.kind, STRING_AGG(p.phrase, N', ') WITHIN GROUP (ORDER BY p.phrase) AS phrases, COUNT(*) AS many
        FROM phrases_said p GROUP BY p.kind
    ), unanswered AS (
        SELECT COUNT(*) AS messages, MIN(m.written_at) AS since
        FROM business.ticket_messages m
        WHERE m.ticket_id = @wanted AND m.author_role = N'customer'
          AND NOT EXISTS (SELECT 1 FROM business.ticket_messages a
                          WHERE a.ticket_id = @wanted AND a.author_role = N'agent' AND a.written_at >= m.written_at)
    ), most_alike AS (  -- the ten most similar solved tickets
        SELECT t.category, t.solution
        FROM @alike a JOIN business.tickets t ON t.ticket_id = a.ticket_id WHERE a.place <= 10 AND a.similarity >= 30
    ), categories AS (
        SELECT m.category, COUNT(*) AS tickets, (SELECT COUNT(*) FROM most_alike a) AS of_tickets
        FROM most_alike m GROUP BY m.category
    ), cluster AS (
        SELECT t.product, t.category, COUNT(CASE WHEN x.opened_at > t.month_before THEN 1 END) AS lately,
               CAST(COUNT(CASE WHEN x.opened_at <= t.month_before THEN 1 END) / 6.0 AS decimal(12, 1)) AS usual,
               CAST(MIN(CASE WHEN x.opened_at > t.month_before THEN x.opened_at END) AS date) AS since,
               COUNT(CASE WHEN x.opened_at > t.month_before AND x.status <> N'Solved' THEN 1 END) AS open_ones,
               COUNT(DISTINCT CASE WHEN x.opened_at > t.month_before THEN x.customer_id END) AS customers
        FROM this t
        JOIN business.tickets x ON x.product_id = t.product_id AND x.category = t.category
            AND x.opened_at > DATEADD(day, -210, t.opened_at) AND x.opened_at <= t.opened_at
        GROUP BY t.product, t.category
    ), earlier AS (
        SELECT COUNT(*) AS tickets,
               STRING_AGG(CONCAT(x.ticket_id, N' (', x.solution, N')'), N'; ') WITHIN GROUP (ORDER BY x.opened_at) AS list
        FROM this t
        JOIN business.tickets x ON x.customer_id = t.customer_id AND x.product_id = t.product_id
            AND x.category = t.category AND x.status = N'Solved' AND x.opened_at < t.opened_at
            AND x.opened_at > DATEADD(day, -180, t.opened_at)
    ), other_fix AS (  -- what solved it elsewhere and was not tried here
        SELECT TOP (1) m.solution, COUNT(*) AS times FROM most_alike m
        WHERE m.solution NOT IN (
            SELECT x.solution FROM this t
            JOIN business.tickets x ON x.customer_id = t.customer_id AND x.product_id = t.product_id
                AND x.solution IS NOT NULL AND x.opened_at < t.opened_at)
        GROUP BY m.solution ORDER BY COUNT(*) DESC, m.solution
    ), found (weight, signal, detail, reference) AS (
        SELECT 1, N'Safety words, low priority',
               CONCAT(N'The priority is ', t.priority, N', and the customer writes: ', s.phrases,
                      N'. This should be looked at now.'), @wanted
        FROM this t CROSS JOIN said s
        WHERE s.kind = N'safety' AND t.priority IN (N'Low', N'Normal') AND t.status <> N'Solved'
        UNION ALL
        SELECT 2, N'Category looks wrong',
               CONCAT(N'Filed under ', t.category, N', but ', c.tickets, N' of the ', c.of_tickets,
                      N' most similar solved tickets are ', c.category, N'.'), c.category
        FROM this t CROSS JOIN categories c
        WHERE c.category <> t.category AND c.of_tickets >= 5 AND c.tickets >= c.of_tickets * 0.8
        UNION ALL
        SELECT 1, N'Many tickets of this kind',
               CONCAT(c.lately, N' tickets about ', c.product, N' (', LOWER(c.category), N') from ', c.customers,
                      N' customers in the 30 days up to this one, first on ', c.since, N', against ', c.usual,
                      N' a month in the half year before; ', c.open_ones, N' are still open.'), c.product
        FROM cluster c WHERE c.lately >= 6 AND c.lately >= c.usual * 4
        UNION ALL
        SELECT 1, N'No answer',
               CONCAT(N'The customer has waited ', CAST(business.hours_between(u.since, @now) AS decimal(19, 0)), N' hours since ',
                      CAST(u.since AS date), N' with ', u.messages, N' messages unanswered; the target for priority ',
                      t.priority, N' is ', t.answer_hours, N' hours.'), @wanted
        FROM this t CROSS JOIN unanswered u
        WHERE t.status <> N'Solved' AND u.messages >= 2 AND u.since < DATEADD(hour, -2 * t.answer_hours, @now)
        UNION ALL
        SELECT 2, N'Angry customer',
               CONCAT(N'The customer writes: ', s.phrases, N'. The ticket has been open for ',
                      CAST(t.hours_open / 24 AS decimal(19, 0)), N' days.'), @wanted
        FROM this t CROSS JOIN said s WHERE s.kind = N'anger' AND s.many >= 2 AND t.status <> N'Solved'
        UNION ALL
        SELECT 1, N'The same fault again',
               CONCAT(e.tickets, N' earlier tickets of this customer about the same product in 180 days: ', e.list,
                      N'. That did not last.',
                      (SELECT CONCAT(N' Elsewhere "', o.solution, N'" solved it in ', o.times, N' similar tickets.')
                       FROM other_fix o)), @wanted
        FROM earlier e CROSS JOIN this t
        WHERE e.tickets >= 2 AND t.category IN (N'Fault', N'Calibration', N'Software')
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    SELECT m.message_no, m.written_at, m.author_role, m.author_name, m.message
    FROM business.ticket_messages m WHERE m.ticket_id = @wanted ORDER BY m.message_no;

    -- What solved the most similar tickets. A solution did not last where the customer reported the same product and
    -- category again within 90 days. The order is by the share that lasted, with one good and one bad case added to each
    -- solution, so that two lucky cases do not come before twenty.
    WITH solved AS (
        SELECT t.solution, t.satisfaction, a.similarity, business.hours_between(t.opened_at, t.solved_at) AS hours,
               CASE WHEN EXISTS (SELECT 1 FROM business.tickets again
                                 WHERE again.customer_id = t.customer_id AND again.product_id = t.product_id
                                   AND again.category = t.category AND again.opened_at > t.solved_at
                                   AND again.opened_at <= DATEADD(day, 90, t.solved_at)) THEN 1 ELSE 0 END AS came_back
        FROM @alike a JOIN business.tickets t ON t.ticket_id = a.ticket_id
    ), in_order AS (
        SELECT s.solution, s.satisfaction, s.similarity, s.hours, s.came_back,
               ROW_NUMBER() OVER (PARTITION BY s.solution ORDER BY s.hours) AS place,
               COUNT(*) OVER (PARTITION BY s.solution) AS places
        FROM solved s
    )
    SELECT TOP (3) i.solution, COUNT(*) AS times_used, SUM(i.came_back) AS came_back,
           CAST(AVG(i.similarity) AS decimal(12, 1)) AS average_similarity_percent,
           CAST(AVG(CASE WHEN i.place IN ((i.places + 1) / 2, (i.places + 2) / 2) THEN i.hours END) AS decimal(19, 1))
               AS median_hours_to_solve,
           CAST(AVG(1.0 * i.satisfaction) AS decimal(12, 1)) AS average_satisfaction
    FROM in_order i
    GROUP BY i.solution
    ORDER BY (COUNT(*) - SUM(i.came_back) + 1.0) / (COUNT(*) + 2) DESC, AVG(i.similarity) DESC, i.solution;

    SELECT t.ticket_id, a.similarity AS similarity_percent, t.category, t.subject, t.solution,
           CAST(business.hours_between(t.opened_at, t.solved_at) AS decimal(19, 1)) AS hours_to_solve, t.satisfaction
    FROM @alike a JOIN business.tickets t ON t.ticket_id = a.ticket_id
    WHERE a.place <= 4 ORDER BY a.place;

    SELECT TOP (4) t.ticket_id, CAST(t.opened_at AS date) AS opened_on, t.category, t.status, t.subject, t.solution
    FROM business.tickets t
    JOIN business.tickets this ON this.customer_id = t.customer_id
    WHERE this.ticket_id = @wanted AND t.ticket_id <> @wanted AND t.opened_at <= this.opened_at
    ORDER BY t.opened_at DESC, t.ticket_id;
END
GO
