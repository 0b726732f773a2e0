-- What does this contract oblige us to, by when, what is unusual in it, and what changed between its versions?

CREATE PROCEDURE document_review(IN document_id varchar(200)) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    -- Nobody behind an information barrier gets a row: for them there is no such document.
    DECLARE wanted varchar(200) DEFAULT IF(
        document_id LIKE '% '
        OR EXISTS (SELECT 1 FROM information_barriers b WHERE b.document_id = document_id AND b.username = @app_user),
        NULL, document_id);
    DECLARE today date DEFAULT (SELECT as_of FROM calendar);
    DECLARE current_version integer DEFAULT (SELECT MAX(v.version) FROM document_versions v WHERE v.document_id = wanted);
    DECLARE same_kind varchar(50) DEFAULT (SELECT d.kind FROM documents d WHERE d.document_id = wanted);

    SELECT d.document_id, d.title, d.kind, d.status, d.owner, current_version AS current_version,
           (SELECT COUNT(*) FROM document_versions v WHERE v.document_id = wanted) AS versions,
           d.starts_on, d.ends_on, d.notice_days, d.renewal_months, d.yearly_value_eur, d.governing_law
    FROM documents d WHERE d.document_id = wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT d.*, d.ends_on - INTERVAL d.notice_days DAY AS notice_by FROM documents d WHERE d.document_id = wanted
    ), latest AS (
        SELECT c.* FROM clauses_in_force c WHERE c.document_id = wanted
    ), contracts AS (
        SELECT COUNT(*) AS many FROM documents d WHERE d.kind = same_kind
    ), wordings AS (
        SELECT w.* FROM clause_wordings w WHERE w.kind = same_kind
    ), figures AS (
        SELECT f.* FROM clause_figures f WHERE f.kind = same_kind
    ), changes AS (
        SELECT b.clause_no, b.clause_type, a.figure AS figure_before, b.figure AS figure_after, b.unit, b.version, v.dated_on,
               v.change_note, LOCATE(LOWER(SUBSTRING_INDEX(b.clause_type, ' ', 1)), LOWER(v.change_note)) > 0 AS is_noted
        FROM clauses b
        JOIN clauses a ON a.document_id = b.document_id AND a.version = b.version - 1 AND a.clause_type = b.clause_type
        JOIN document_versions v ON v.document_id = b.document_id AND v.version = b.version
        WHERE b.document_id = wanted AND b.figure <> a.figure
    ), found (weight, `signal`, detail, reference) AS (
        SELECT 1, 'Change not named in its note',
               CONCAT(c.clause_type, ' changed from ', c.figure_before, ' to ', c.figure_after, ' ', c.unit, ' in version ',
                      c.version, ' of ', c.dated_on, ', whose note says only "', c.change_note, '".'),
               CONCAT('clause ', c.clause_no)
        FROM changes c WHERE NOT c.is_noted
        UNION ALL
        SELECT 2, 'Figure changed a lot',
               CONCAT(c.clause_type, ' changed from ', c.figure_before, ' to ', c.figure_after, ' ', c.unit, ' in version ',
                      c.version, ' of ', c.dated_on, ' (note: "', c.change_note, '").'), CONCAT('clause ', c.clause_no)
        FROM changes c
        WHERE (c.figure_after >= c.figure_before * 2 OR c.figure_after <= c.figure_before / 2) AND c.is_noted
        UNION ALL
        SELECT 1, 'Unusual clause',
               CONCAT(c.clause_type, ' is worded "', c.variant, '"; ', w.used, ' of ', w.of_clauses,
                      ' contracts of this kind word it so.'), CONCAT('clause ', c.clause_no)
        FROM latest c JOIN wordings w ON w.clause_type = c.clause_type AND w.variant = c.variant
        WHERE w.of_clauses >= 10 AND w.used <= w.of_clauses * 0.1
        UNION ALL
        SELECT 2, 'Unusual figure',
               CONCAT(c.clause_type, ' is ', c.figure, ' ', c.unit, '; the median of contracts of this kind is ', f.usual, '.'),
               CONCAT('clause ', c.clause_no)
        FROM latest c JOIN figures f ON f.clause_type = c.clause_type
        WHERE c.figure >= f.usual * 3 OR c.figure <= f.usual / 3
        UNION ALL
        SELECT 1, 'Clause missing',
               CONCAT('There is no clause on ', LOWER(w.clause_type), '; ', MIN(w.of_clauses), ' of ', MIN(k.many),
                      ' contracts of this kind have one.'), LOWER(w.clause_type)
        FROM wordings w, contracts k, this
        WHERE w.of_clauses >= k.many * 0.9
          AND NOT EXISTS (SELECT 1 FROM latest c WHERE c.clause_type = w.clause_type)
        GROUP BY w.clause_type
        UNION ALL
        SELECT 1, 'Notice deadline near',
               CONCAT('Notice must be given by ', t.notice_by, ', in ', DATEDIFF(t.notice_by, today),
                      ' days; otherwise the contract renews by ', t.renewal_months, ' months (', eur(t.yearly_value_eur),
                      ' a year).'), DATE_FORMAT(t.notice_by, '%Y-%m-%d')
        FROM this t WHERE t.renewal_months IS NOT NULL AND t.notice_by BETWEEN today AND today + INTERVAL 60 DAY
        UNION ALL
        SELECT 2, 'Ended and still active',
               CONCAT('The term ended on ', t.ends_on, ' and the contract is still marked ', LOWER(t.status), '.'), wanted
        FROM this t WHERE t.ends_on < today AND t.status = 'Active'
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    SELECT p.party, p.role, p.country, p.signatory, p.signed_on
    FROM parties p WHERE p.document_id = wanted ORDER BY p.signed_on, p.role;

    WITH dates (what, falls_on) AS (
        SELECT 'Begin', d.starts_on FROM documents d WHERE d.document_id = wanted
        UNION ALL
        SELECT 'Last day to give notice', d.ends_on - INTERVAL d.notice_days DAY
        FROM documents d WHERE d.document_id = wanted AND d.renewal_months IS NOT NULL
        UNION ALL
        SELECT 'End of the term', d.ends_on FROM documents d WHERE d.document_id = wanted
        UNION ALL
        SELECT 'End if it renews once', d.ends_on + INTERVAL d.renewal_months MONTH
        FROM documents d WHERE d.document_id = wanted AND d.renewal_months IS NOT NULL
    )
    SELECT x.what, x.falls_on, DATEDIFF(x.falls_on, today) AS days_left FROM dates x ORDER BY x.falls_on;

    -- The clauses in force, and how many contracts of this kind use the same wording.
    SELECT c.clause_no, c.clause_type, c.clause_text,
           percent((SELECT w.used FROM clause_wordings w
                    WHERE w.kind = same_kind AND w.clause_type = c.clause_type AND w.variant = c.variant),
                   (SELECT COUNT(*) FROM documents d WHERE d.kind = same_kind)) AS used_in_percent_of_kind
    FROM clauses c
    WHERE c.document_id = wanted AND c.version = current_version
    ORDER BY c.clause_no;

    -- Each version, and the clauses that it changed.
    SELECT v.version, v.dated_on, v.change_note, x.clause_type, x.text_before AS `before`, x.text_after AS `after`
    FROM document_versions v
    LEFT JOIN (
        SELECT b.version, b.clause_no, b.clause_type, a.clause_text AS text_before, b.clause_text AS text_after
        FROM clauses b
        JOIN clauses a ON a.document_id = b.document_id AND a.version = b.version - 1 AND a.clause_type = b.clause_type
            AND a.clause_text <> b.clause_text
        WHERE b.document_id = wanted) x ON x.version = v.version
    WHERE v.document_id = wanted
    ORDER BY v.version, x.clause_no;
END
//
