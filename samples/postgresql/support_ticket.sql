-- What is this ticket about, how urgent is it, and what solved similar ones?

CREATE FUNCTION business.support_ticket(ticket_id text) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
SET plan_cache_mode = force_generic_plan  -- it is the same for every ticket
AS $$
#variable_conflict use_column
DECLARE
    wanted CONSTANT text := support_ticket.ticket_id;
    now_at CONSTANT timestamp := (SELECT as_of + time '18:00' FROM calendar);
    set_ticket           refcursor := 'ticket';
    set_signals          refcursor := 'signals';
    set_messages         refcursor := 'messages';
    set_solutions        refcursor := 'solutions';
    set_similar_solved   refcursor := 'similar_solved';
    set_customer_tickets refcursor := 'customer_tickets';
    -- The solved tickets that share most words with this one; 100 = the same words.
    similar_ids      text[];
    similar_percents numeric[];
BEGIN
    WITH mine AS (
        SELECT word FROM ticket_words w WHERE w.ticket_id = wanted
    ), shared AS (
        SELECT w.ticket_id, count(*) AS words FROM ticket_words w JOIN mine USING (word) GROUP BY w.ticket_id
    ), rated AS (
        SELECT s.ticket_id, t.solved_at, percent(s.words, (SELECT count(*) FROM mine)
                   + (SELECT count(*) FROM ticket_words w WHERE w.ticket_id = s.ticket_id) - s.words) AS similarity
        FROM shared s
        JOIN tickets t USING (ticket_id)
        JOIN tickets this ON this.ticket_id = wanted
        WHERE t.status = 'Solved' AND s.ticket_id <> wanted
          AND t.solved_at < coalesce(this.solved_at, now_at)
    ), best AS (
        SELECT * FROM rated WHERE similarity >= 20 ORDER BY similarity DESC, solved_at DESC, ticket_id LIMIT 25
    )
    SELECT coalesce(array_agg(b.ticket_id ORDER BY similarity DESC, solved_at DESC), '{}'),
           coalesce(array_agg(similarity ORDER BY similarity DESC, solved_at DESC), '{}')
    INTO similar_ids, similar_percents FROM best b;

    -- The ticket, the mood of what the customer wrote, and what is usual for its category.
    OPEN set_ticket FOR
        WITH said AS (
            SELECT p.kind, p.phrase FROM ticket_messages m
            JOIN phrases p ON strpos(lower(m.message), p.phrase) > 0
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
            GROUP BY p.kind, p.phrase
        )
        SELECT t.ticket_id, t.subject, t.status, t.category, t.priority,
               CASE WHEN (SELECT count(*) FROM said WHERE kind = 'anger') >= 2 THEN 'angry'
                    WHEN EXISTS (SELECT 1 FROM said WHERE kind = 'anger') THEN 'annoyed'
                    WHEN EXISTS (SELECT 1 FROM said WHERE kind IN ('urgency', 'safety')) THEN 'worried'
                    WHEN EXISTS (SELECT 1 FROM said WHERE kind = 'thanks') THEN 'friendly' ELSE 'neutral' END AS mood,
               (SELECT string_agg(phrase, ', ' ORDER BY phrase) FROM said WHERE kind <> 'thanks') AS telling_words,
               t.opened_at, t.solved_at,
               round(extract(epoch FROM coalesce(t.solved_at, now_at) - t.opened_at) / 3600, 1) AS hours_open,
               r.solve_hours AS target_hours,
               (SELECT round((percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY extract(epoch FROM x.solved_at - x.opened_at) / 3600))::numeric, 1)
                FROM tickets x WHERE x.category = t.category AND x.solved_at IS NOT NULL) AS usual_hours_of_category,
               p.name AS product, t.order_id, c.customer_id, c.name AS customer, c.segment, c.contact_name
        FROM tickets t
        JOIN response_targets r USING (priority)
        JOIN products p USING (product_id)
        JOIN customers c USING (customer_id)
        WHERE t.ticket_id = wanted;
    RETURN NEXT set_ticket;

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT t.*, p.name AS product, r.answer_hours, r.solve_hours,
                   extract(epoch FROM now_at - t.opened_at) / 3600 AS hours_open
            FROM tickets t JOIN products p USING (product_id) JOIN response_targets r USING (priority)
            WHERE t.ticket_id = wanted
        ), said AS (
            SELECT p.kind, string_agg(DISTINCT p.phrase, ', ') AS phrases, count(DISTINCT p.phrase) AS many
            FROM ticket_messages m JOIN phrases p ON strpos(lower(m.message), p.phrase) > 0
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
            GROUP BY p.kind
        ), unanswered AS (
            SELECT count(*) AS messages, min(m.written_at) AS since
            FROM ticket_messages m
            WHERE m.ticket_id = wanted AND m.author_role = 'customer'
              AND m.written_at > coalesce((SELECT max(a.written_at) FROM ticket_messages a
                                           WHERE a.ticket_id = wanted AND a.author_role = 'agent'), '-infinity')
        ), alike AS (  -- the ten most similar solved tickets
            SELECT t.category, t.solution, a.similarity
            FROM unnest(similar_ids, similar_percents) WITH ORDINALITY AS a (ticket_id, similarity, place)
            JOIN tickets t USING (ticket_id) WHERE a.place <= 10 AND a.similarity >= 30
        ), categories AS (
            SELECT category, count(*) AS tickets, sum(count(*)) OVER () AS of_tickets FROM alike GROUP BY category
        ), cluster AS (
            SELECT this.product, this.category, count(*) FILTER (WHERE x.opened_at > this.opened_at - interval '30 days') AS lately,
                   round(count(*) FILTER (WHERE x.opened_at <= this.opened_at - interval '30 days') / 6.0, 1) AS usual,
                   min(x.opened_at) FILTER (WHERE x.opened_at > this.opened_at - interval '30 days')::date AS since,
                   count(*) FILTER (WHERE x.opened_at > this.opened_at - interval '30 days' AND x.status <> 'Solved') AS open_ones,
                   count(DISTINCT x.customer_id) FILTER (WHERE x.opened_at > this.opened_at - interval '30 days') AS customers
            FROM this JOIN tickets x ON x.product_id = this.product_id AND x.category = this.category
                AND x.opened_at > this.opened_at - interval '210 days' AND x.opened_at <= this.opened_at
            GROUP BY this.product, this.category
        ), earlier AS (
            SELECT count(*) AS tickets, string_agg(x.ticket_id || ' (' || x.solution || ')', '; ' ORDER BY x.opened_at) AS list
            FROM this JOIN tickets x ON x.customer_id = this.customer_id AND x.product_id = this.product_id
                AND x.category = this.category AND x.status = 'Solved' AND x.opened_at < this.opened_at
                AND x.opened_at > this.opened_at - interval '180 days'
        ), other_fix AS (  -- what solved it elsewhere and was not tried here
            SELECT a.solution, count(*) AS times FROM alike a
            WHERE a.solution NOT IN (
                SELECT x.solution FROM this JOIN tickets x ON x.customer_id = this.customer_id
                    AND x.product_id = this.product_id AND x.solution IS NOT NULL AND x.opened_at < this.opened_at)
            GROUP BY a.solution ORDER BY count(*) DESC, a.solution LIMIT 1
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Safety words, low priority',
                   format('The priority is %s, and the customer writes: %s. This should be looked at now.', priority, phrases),
                   wanted
            FROM this, said WHERE said.kind = 'safety' AND this.priority IN ('Low', 'Normal') AND this.status <> 'Solved'
            UNION ALL
            SELECT 2, 'Category looks wrong',
                   format('Filed under %s, but %s of the %s most similar solved tickets are %s.', this.category,
                          categories.tickets, categories.of_tickets, categories.category), categories.category
            FROM this, categories
            WHERE categories.category <> this.category AND of_tickets >= 5 AND categories.tickets >= of_tickets * 0.8
            UNION ALL
            SELECT 1, 'Many tickets of this kind',
                   format('%s tickets about %s (%s) from %s customers in the 30 days up to this one, first on %s, against '
                          '%s a month in the half year before; %s are still open.', lately, product, lower(category),
                          customers, since, usual, open_ones), product
            FROM cluster WHERE lately >= 6 AND lately >= usual * 4
            UNION ALL
            SELECT 1, 'No answer',
                   format('The customer has waited %s hours since %s with %s messages unanswered; the target for priority '
                          '%s is %s hours.', round(extract(epoch FROM now_at - u.since) / 3600), u.since::date, u.messages,
                          this.priority, this.answer_hours), wanted
            FROM this, unanswered u
            WHERE this.status <> 'Solved' AND u.messages >= 2 AND u.since < now_at - make_interval(hours => 2 * this.answer_hours)
            UNION ALL
            SELECT 2, 'Angry customer',
                   format('The customer writes: %s. The ticket has been open for %s days.', phrases, round(hours_open / 24)),
                   wanted
            FROM this, said WHERE said.kind = 'anger' AND said.many >= 2 AND this.status <> 'Solved'
            UNION ALL
            SELECT 1, 'The same fault again',
                   format('%s earlier tickets of this customer about the same product in 180 days: %s. That did not last.%s',
                          e.tickets, e.list,
                          coalesce((SELECT format(' Elsewhere "%s" solved it in %s similar tickets.', o.solution, o.times)
                                    FROM other_fix o), '')), wanted
            FROM earlier e, this WHERE e.tickets >= 2 AND this.category IN ('Fault', 'Calibration', 'Software')
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    OPEN set_messages FOR
        SELECT m.message_no, m.written_at, m.author_role, m.author_name, m.message
        FROM ticket_messages m WHERE m.ticket_id = wanted ORDER BY m.message_no;
    RETURN NEXT set_messages;

    -- What solved the most similar tickets. A solution did not last where the customer reported the same product and
    -- category again within 90 days. The order is by the share that lasted, with one good and one bad case added to each
    -- solution, so that two lucky cases do not come before twenty.
    OPEN set_solutions FOR
        WITH alike AS (
            SELECT t.*, a.similarity, extract(epoch FROM t.solved_at - t.opened_at) / 3600 AS hours,
                   EXISTS (SELECT 1 FROM tickets again
                           WHERE again.customer_id = t.customer_id AND again.product_id = t.product_id
                             AND again.category = t.category AND again.opened_at > t.solved_at
                             AND again.opened_at <= t.solved_at + interval '90 days') AS came_back
            FROM unnest(similar_ids, similar_percents) AS a (ticket_id, similarity)
            JOIN tickets t USING (ticket_id)
        )
        SELECT solution, count(*) AS times_used, count(*) FILTER (WHERE came_back) AS came_back,
               round(avg(similarity), 1) AS average_similarity_percent,
               round((percentile_cont(0.5) WITHIN GROUP (ORDER BY hours))::numeric, 1) AS median_hours_to_solve,
               round(avg(satisfaction), 1) AS average_satisfaction
        FROM alike
        GROUP BY solution
        ORDER BY (count(*) FILTER (WHERE NOT came_back) + 1.0) / (count(*) + 2) DESC, avg(similarity) DESC, solution
        LIMIT 3;
    RETURN NEXT set_solutions;

    OPEN set_similar_solved FOR
        SELECT t.ticket_id, a.similarity AS similarity_percent, t.category, t.subject, t.solution,
               round(extract(epoch FROM t.solved_at - t.opened_at) / 3600, 1) AS hours_to_solve, t.satisfaction
        FROM unnest(similar_ids, similar_percents) WITH ORDINALITY AS a (ticket_id, similarity, place)
        JOIN tickets t USING (ticket_id)
        WHERE a.place <= 4 ORDER BY a.place;
    RETURN NEXT set_similar_solved;

    OPEN set_customer_tickets FOR
        SELECT t.ticket_id, t.opened_at::date AS opened_on, t.category, t.status, t.subject, t.solution
        FROM tickets t
        JOIN tickets this ON this.customer_id = t.customer_id
        WHERE this.ticket_id = wanted AND t.ticket_id <> wanted AND t.opened_at <= this.opened_at
        ORDER BY t.opened_at DESC, t.ticket_id LIMIT 4;
    RETURN NEXT set_customer_tickets;
END;
$$;
