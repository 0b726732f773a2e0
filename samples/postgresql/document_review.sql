-- What does this contract oblige us to, by when, what is unusual in it, and what changed between its versions?

CREATE FUNCTION business.document_review(document_id text) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- Nobody behind an information barrier gets a row: for them there is no such document.
    wanted   CONSTANT text := (
        SELECT document_review.document_id
        WHERE NOT EXISTS (SELECT FROM information_barriers b
                          WHERE b.document_id = document_review.document_id
                            AND b.username = current_setting('app.user', true)));
    today    CONSTANT date := (SELECT as_of FROM calendar);
    current_version CONSTANT integer := (SELECT max(v.version) FROM document_versions v WHERE v.document_id = wanted);
    same_kind CONSTANT text := (SELECT d.kind FROM documents d WHERE d.document_id = wanted);
    set_document refcursor := 'document';
    set_signals  refcursor := 'signals';
    set_parties  refcursor := 'parties';
    set_dates    refcursor := 'dates';
    set_clauses  refcursor := 'clauses';
    set_changes  refcursor := 'changes';
BEGIN
    OPEN set_document FOR
        SELECT d.document_id, d.title, d.kind, d.status, d.owner, current_version AS current_version,
               (SELECT count(*) FROM document_versions v WHERE v.document_id = wanted) AS versions,
               d.starts_on, d.ends_on, d.notice_days, d.renewal_months, d.yearly_value_eur, d.governing_law
        FROM documents d WHERE d.document_id = wanted;
    RETURN NEXT set_document;

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT d.*, d.ends_on - d.notice_days AS notice_by FROM documents d WHERE d.document_id = wanted
        ), latest AS (
            SELECT * FROM clauses_in_force WHERE document_id = wanted
        ), contracts AS (
            SELECT count(*) AS many FROM documents d WHERE d.kind = same_kind
        ), wordings AS (
            SELECT * FROM clause_wordings WHERE kind = same_kind
        ), figures AS (
            SELECT * FROM clause_figures WHERE kind = same_kind
        ), changes AS (
            SELECT b.clause_no, b.clause_type, a.figure AS before, b.figure AS after, b.unit, b.version, v.dated_on, v.change_note
            FROM clauses b
            JOIN clauses a ON a.document_id = b.document_id AND a.version = b.version - 1 AND a.clause_type = b.clause_type
            JOIN document_versions v ON v.document_id = b.document_id AND v.version = b.version
            WHERE b.document_id = wanted AND b.figure <> a.figure
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Change not named in its note',
                   format('%s changed from %s to %s %s in version %s of %s, whose note says only "%s".', clause_type, before,
                          after, unit, version, dated_on, change_note), 'clause ' || clause_no
            FROM changes WHERE strpos(lower(change_note), lower(split_part(clause_type, ' ', 1))) = 0
            UNION ALL
            SELECT 2, 'Figure changed a lot',
                   format('%s changed from %s to %s %s in version %s of %s (note: "%s").', clause_type, before, after, unit,
                          version, dated_on, change_note), 'clause ' || clause_no
            FROM changes
            WHERE (after >= before * 2 OR after <= before / 2)
              AND strpos(lower(change_note), lower(split_part(clause_type, ' ', 1))) > 0
            UNION ALL
            SELECT 1, 'Unusual clause',
                   format('%s is worded "%s"; %s of %s contracts of this kind word it so.', c.clause_type, c.variant, w.used,
                          w.of_clauses), 'clause ' || c.clause_no
            FROM latest c JOIN wordings w USING (clause_type, variant)
            WHERE c.document_id = wanted AND w.of_clauses >= 10 AND w.used <= w.of_clauses * 0.1
            UNION ALL
            SELECT 2, 'Unusual figure',
                   format('%s is %s %s; the median of contracts of this kind is %s.', c.clause_type, c.figure, c.unit, f.usual),
                   'clause ' || c.clause_no
            FROM latest c JOIN figures f USING (clause_type)
            WHERE c.document_id = wanted AND (c.figure >= f.usual * 3 OR c.figure <= f.usual / 3)
            UNION ALL
            SELECT 1, 'Clause missing',
                   format('There is no clause on %s; %s of %s contracts of this kind have one.', lower(w.clause_type),
                          min(w.of_clauses), min(k.many)), lower(w.clause_type)
            FROM wordings w, contracts k, this
            WHERE w.of_clauses >= k.many * 0.9
              AND NOT EXISTS (SELECT 1 FROM latest c WHERE c.document_id = wanted AND c.clause_type = w.clause_type)
            GROUP BY w.clause_type
            UNION ALL
            SELECT 1, 'Notice deadline near',
                   format('Notice must be given by %s, in %s days; otherwise the contract renews by %s months (%s a year).',
                          notice_by, notice_by - today, renewal_months, eur(yearly_value_eur)), to_char(notice_by, 'YYYY-MM-DD')
            FROM this WHERE renewal_months IS NOT NULL AND notice_by BETWEEN today AND today + 60
            UNION ALL
            SELECT 2, 'Ended and still active',
                   format('The term ended on %s and the contract is still marked %s.', ends_on, lower(status)), wanted
            FROM this WHERE ends_on < today AND status = 'Active'
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    OPEN set_parties FOR
        SELECT p.party, p.role, p.country, p.signatory, p.signed_on
        FROM parties p WHERE p.document_id = wanted ORDER BY p.signed_on, p.role;
    RETURN NEXT set_parties;

    OPEN set_dates FOR
        SELECT x.what, x.falls_on, x.falls_on - today AS days_left
        FROM documents d
        CROSS JOIN LATERAL (
            VALUES ('Begin', d.starts_on), ('Last day to give notice', d.ends_on - d.notice_days), ('End of the term', d.ends_on),
                   ('End if it renews once', (d.ends_on + make_interval(months => d.renewal_months))::date)
        ) AS x (what, falls_on)
        WHERE d.document_id = wanted AND x.falls_on IS NOT NULL
          AND (d.renewal_months IS NOT NULL OR x.what <> 'Last day to give notice')
        ORDER BY x.falls_on;
    RETURN NEXT set_dates;

    -- The clauses in force, and how many contracts of this kind use the same wording.
    OPEN set_clauses FOR
        SELECT c.clause_no, c.clause_type, c.clause_text,
               percent((SELECT w.used FROM clause_wordings w
                        WHERE w.kind = same_kind AND w.clause_type = c.clause_type AND w.variant = c.variant),
                       (SELECT count(*) FROM documents d WHERE d.kind = same_kind)) AS used_in_percent_of_kind
        FROM clauses c
        WHERE c.document_id = wanted AND c.version = current_version
        ORDER BY c.clause_no;
    RETURN NEXT set_clauses;

    -- Each version, and the clauses that it changed.
    OPEN set_changes FOR
        SELECT v.version, v.dated_on, v.change_note, b.clause_type, a.clause_text AS before, b.clause_text AS after
        FROM document_versions v
        LEFT JOIN (clauses b JOIN clauses a ON a.document_id = b.document_id AND a.version = b.version - 1
                       AND a.clause_type = b.clause_type AND a.clause_text <> b.clause_text)
               ON b.document_id = v.document_id AND b.version = v.version
        WHERE v.document_id = wanted
        ORDER BY v.version, b.clause_no;
    RETURN NEXT set_changes;
END;
$$;
