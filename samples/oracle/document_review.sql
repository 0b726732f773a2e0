-- What does this contract oblige us to, by when, what is unusual in it, and what changed between its versions?

CREATE PROCEDURE business.document_review (document_id IN VARCHAR2) AUTHID DEFINER AS
    asking          CONSTANT VARCHAR2(64) := SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER');
    wanted          VARCHAR2(200);
    today           DATE;
    current_version NUMBER;
    same_kind       VARCHAR2(50);
    set_document    SYS_REFCURSOR;
    set_signals     SYS_REFCURSOR;
    set_parties     SYS_REFCURSOR;
    set_dates       SYS_REFCURSOR;
    set_clauses     SYS_REFCURSOR;
    set_changes     SYS_REFCURSOR;
BEGIN
    -- Nobody behind an information barrier gets a row: for them there is no such document.
    SELECT MAX(d.document_id) INTO wanted FROM business.documents d
    WHERE d.document_id = document_review.document_id
      AND NOT EXISTS (SELECT 1 FROM business.information_barriers b
                      WHERE b.document_id = d.document_id AND b.username = asking);
    SELECT a.as_of INTO today FROM business.calendar a;
    SELECT MAX(v.version) INTO current_version FROM business.document_versions v WHERE v.document_id = wanted;
    SELECT MAX(d.kind) INTO same_kind FROM business.documents d WHERE d.document_id = wanted;

    OPEN set_document FOR
        SELECT d.document_id, d.title, d.kind, d.status, d.owner, current_version AS current_version,
               (SELECT COUNT(*) FROM business.document_versions v WHERE v.document_id = wanted) AS versions,
               d.starts_on, d.ends_on, d.notice_days, d.renewal_months, d.yearly_value_eur, d.governing_law
        FROM business.documents d WHERE d.document_id = wanted;
    DBMS_SQL.RETURN_RESULT(set_document);

    -- What the rules below found, the gravest first.
    OPEN set_signals FOR
        WITH this AS (
            SELECT d.ends_on, d.status, d.renewal_months, d.yearly_value_eur, d.ends_on - d.notice_days AS notice_by
            FROM business.documents d WHERE d.document_id = wanted
        ), latest AS (
            SELECT c.clause_no, c.clause_type, c.variant, c.figure, c.unit
            FROM business.clauses_in_force c WHERE c.document_id = wanted
        ), contracts AS (
            SELECT COUNT(*) AS many FROM business.documents d WHERE d.kind = same_kind
        ), wordings AS (
            SELECT w.clause_type, w.variant, w.used, w.of_clauses FROM business.clause_wordings w WHERE w.kind = same_kind
        ), figures AS (
            SELECT f.clause_type, f.usual FROM business.clause_figures f WHERE f.kind = same_kind
        ), changes AS (  -- a note names a change when it holds the first word of the clause's type
            SELECT b.clause_no, b.clause_type, a.figure AS figure_before, b.figure AS figure_after, b.unit, b.version,
                   v.dated_on,
                   v.change_note,
                   INSTR(LOWER(v.change_note), LOWER(SUBSTR(b.clause_type, 1, INSTR(b.clause_type
                   || ' ', ' ') - 1))) AS noted_at
            FROM business.clauses b
            JOIN business.clauses a ON a.document_id = b.document_id AND a.version = b.version - 1
                AND a.clause_type = b.clause_type
            JOIN business.document_versions v ON v.document_id = b.document_id AND v.version = b.version
            WHERE b.document_id = wanted AND b.figure <> a.figure
        ), found (weight, signal, detail, reference) AS (
            SELECT 1, 'Change not named in its note',
                   c.clause_type || ' changed from ' || c.figure_before || ' to ' || c.figure_after || ' ' || c.unit
                   || ' in version ' || c.version || ' of ' || TO_CHAR(c.dated_on, 'YYYY-MM-DD')
                   || ', whose note says only "' || c.change_note || '".',
                   'clause ' || c.clause_no
            FROM changes c WHERE c.noted_at = 0
            UNION ALL
            SELECT 2, 'Figure changed a lot',
                   c.clause_type || ' changed from ' || c.figure_before || ' to ' || c.figure_after || ' ' || c.unit
                   || ' in version ' || c.version || ' of ' || TO_CHAR(c.dated_on, 'YYYY-MM-DD') || ' (note: "'
                   || c.change_note || '").', 'clause ' || c.clause_no
            FROM changes c
            WHERE (c.figure_after >= c.figure_before * 2 OR c.figure_after <= c.figure_before / 2) AND c.noted_at > 0
            UNION ALL
            SELECT 1, 'Unusual clause',
                   c.clause_type || ' is worded "' || c.variant || '"; ' || w.used || ' of ' || w.of_clauses
                   || ' contracts of this kind word it so.', 'clause ' || c.clause_no
            FROM latest c JOIN wordings w ON w.clause_type = c.clause_type AND w.variant = c.variant
            WHERE w.of_clauses >= 10 AND w.used <= w.of_clauses * 0.1
            UNION ALL
            SELECT 2, 'Unusual figure',
                   c.clause_type || ' is ' || c.figure || ' ' || c.unit || '; the median of contracts of this kind is '
                   || f.usual || '.', 'clause ' || c.clause_no
            FROM latest c JOIN figures f ON f.clause_type = c.clause_type
            WHERE c.figure >= f.usual * 3 OR c.figure <= f.usual / 3
            UNION ALL
            SELECT 1, 'Clause missing',
                   'There is no clause on ' || LOWER(w.clause_type) || '; ' || MIN(w.of_clauses) || ' of '
                   || MIN(k.many) || ' contracts of this kind have one.', LOWER(w.clause_type)
            FROM wordings w CROSS JOIN contracts k CROSS JOIN this t
            WHERE w.of_clauses >= k.many * 0.9
              AND NOT EXISTS (SELECT 1 FROM latest c WHERE c.clause_type = w.clause_type)
            GROUP BY w.clause_type
            UNION ALL
            SELECT 1, 'Notice deadline near',
                   'Notice must be given by ' || TO_CHAR(t.notice_by, 'YYYY-MM-DD') || ', in ' || (t.notice_by - today)
                   || ' days; otherwise the contract renews by ' || t.renewal_months || ' months ('
                   || business.eur(t.yearly_value_eur) || ' a year).', TO_CHAR(t.notice_by, 'YYYY-MM-DD')
            FROM this t WHERE t.renewal_months IS NOT NULL AND t.notice_by BETWEEN today AND today + 60
            UNION ALL
            SELECT 2, 'Ended and still active',
                   'The term ended on ' || TO_CHAR(t.ends_on, 'YYYY-MM-DD') || ' and the contract is still marked '
                   || LOWER(t.status) || '.', wanted
            FROM this t WHERE t.ends_on < today AND t.status = 'Active'
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    OPEN set_parties FOR
        SELECT p.party, p.role, p.country, p.signatory, p.signed_on
        FROM business.parties p WHERE p.document_id = wanted ORDER BY p.signed_on, p.role;
    DBMS_SQL.RETURN_RESULT(set_parties);

    OPEN set_dates FOR
        WITH dates (what, falls_on) AS (
            SELECT 'Begin', d.starts_on FROM business.documents d WHERE d.document_id = wanted
            UNION ALL
            SELECT 'Last day to give notice', d.ends_on - d.notice_days
            FROM business.documents d WHERE d.document_id = wanted AND d.renewal_months IS NOT NULL
            UNION ALL
            SELECT 'End of the term', d.ends_on FROM business.documents d WHERE d.document_id = wanted
            UNION ALL
            SELECT 'End if it renews once', business.months_later(d.ends_on, d.renewal_months)
            FROM business.documents d WHERE d.document_id = wanted AND d.renewal_months IS NOT NULL
        )
        SELECT x.what, x.falls_on, x.falls_on - today AS days_left FROM dates x ORDER BY x.falls_on;
    DBMS_SQL.RETURN_RESULT(set_dates);

    -- The clauses in force, and how many contracts of this kind use the same wording.
    OPEN set_clauses FOR
        SELECT c.clause_no, c.clause_type, c.clause_text,
               business.percent_of((SELECT w.used FROM business.clause_wordings w
                                    WHERE w.kind = same_kind AND w.clause_type = c.clause_type AND w.variant = c.variant),
                                   (SELECT COUNT(*) FROM business.documents d WHERE d.kind = same_kind))
                                       AS used_in_percent_of_kind
        FROM business.clauses c
        WHERE c.document_id = wanted AND c.version = current_version
        ORDER BY c.clause_no;
    DBMS_SQL.RETURN_RESULT(set_clauses);

    -- Each version, and the clauses that it changed.
    OPEN set_changes FOR
        SELECT v.version, v.dated_on, v.change_note, x.clause_type, x.text_before AS before, x.text_after AS after
        FROM business.document_versions v
        LEFT JOIN (
            SELECT b.version, b.clause_no, b.clause_type, a.clause_text AS text_before, b.clause_text AS text_after
            FROM business.clauses b
            JOIN business.clauses a ON a.document_id = b.document_id AND a.version = b.version - 1
                AND a.clause_type = b.clause_type AND a.clause_text <> b.clause_text
            WHERE b.document_id = wanted) x ON x.version = v.version
        WHERE v.document_id = wanted
        ORDER BY v.version, x.clause_no;
    DBMS_SQL.RETURN_RESULT(set_changes);
END;
/
