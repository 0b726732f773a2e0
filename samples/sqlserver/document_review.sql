-- What does this contract oblige us to, by when, what is unusual in it, and what changed between its versions?

CREATE PROCEDURE business.document_review @document_id nvarchar(200) AS
BEGIN
    SET NOCOUNT ON;
    -- Nobody behind an information barrier gets a row: for them there is no such document.
    DECLARE @user nvarchar(256) = CAST(SESSION_CONTEXT(N'app.user') AS nvarchar(256));
    DECLARE @wanted nvarchar(200) = CASE
        WHEN @document_id LIKE N'% '
            OR EXISTS (SELECT 1 FROM business.information_barriers b
                       WHERE b.document_id = @document_id AND b.username = @user) THEN NULL
        ELSE @document_id END;
    DECLARE @today date = (SELECT a.as_of FROM business.calendar a);
    DECLARE @current_version int = (SELECT MAX(v.version) FROM business.document_versions v WHERE v.document_id = @wanted);
    DECLARE @same_kind nvarchar(50) = (SELECT d.kind FROM business.documents d WHERE d.document_id = @wanted);

    SELECT d.document_id, d.title, d.kind, d.status, d.owner, @current_version AS current_version,
           (SELECT COUNT(*) FROM business.document_versions v WHERE v.document_id = @wanted) AS versions,
           d.starts_on, d.ends_on, d.notice_days, d.renewal_months, d.yearly_value_eur, d.governing_law
    FROM business.documents d WHERE d.document_id = @wanted;

    -- What the rules below found, the gravest first.
    WITH this AS (
        SELECT d.ends_on, d.status, d.renewal_months, d.yearly_value_eur, DATEADD(day, -d.notice_days, d.ends_on) AS notice_by
        FROM business.documents d WHERE d.document_id = @wanted
    ), latest AS (
        SELECT c.clause_no, c.clause_type, c.variant, c.figure, c.unit
        FROM business.clauses_in_force c WHERE c.document_id = @wanted
    ), contracts AS (
        SELECT COUNT(*) AS many FROM business.documents d WHERE d.kind = @same_kind
    ), wordings AS (
        SELECT w.clause_type, w.variant, w.used, w.of_clauses FROM business.clause_wordings w WHERE w.kind = @same_kind
    ), figures AS (
        SELECT f.clause_type, f.usual FROM business.clause_figures f WHERE f.kind = @same_kind
    ), changes AS (  -- a note names a change when it holds the first word of the clause's type
        SELECT b.clause_no, b.clause_type, a.figure AS figure_before, b.figure AS figure_after, b.unit, b.version, v.dated_on,
               v.change_note,
               CHARINDEX(LOWER(LEFT(b.clause_type, CHARINDEX(N' ', CONCAT(b.clause_type, N' ')) - 1)), LOWER(v.change_note)) AS noted_at
        FROM business.clauses b
        JOIN business.clauses a ON a.document_id = b.document_id AND a.version = b.version - 1
            AND a.clause_type = b.clause_type
        JOIN business.document_versions v ON v.document_id = b.document_id AND v.version = b.version
        WHERE b.document_id = @wanted AND b.figure <> a.figure
    ), found (weight, signal, detail, reference) AS (
        SELECT 1, N'Change not named in its note',
               CONCAT(c.clause_type, N' changed from ', c.figure_before, N' to ', c.figure_after, N' ', c.unit, N' in version ',
                      c.version, N' of ', c.dated_on, N', whose note says only "', c.change_note, N'".'),
               CONCAT(N'clause ', c.clause_no)
        FROM changes c WHERE c.noted_at = 0
        UNION ALL
        SELECT 2, N'Figure changed a lot',
               CONCAT(c.clause_type, N' changed from ', c.figure_before, N' to ', c.figure_after, N' ', c.unit, N' in version ',
                      c.version, N' of ', c.dated_on, N' (note: "', c.change_note, N'").'), CONCAT(N'clause ', c.clause_no)
        FROM changes c
        WHERE (c.figure_after >= c.figure_before * 2 OR c.figure_after <= c.figure_before / 2) AND c.noted_at > 0
        UNION ALL
        SELECT 1, N'Unusual clause',
               CONCAT(c.clause_type, N' is worded "', c.variant, N'"; ', w.used, N' of ', w.of_clauses,
                      N' contracts of this kind word it so.'), CONCAT(N'clause ', c.clause_no)
        FROM latest c JOIN wordings w ON w.clause_type = c.clause_type AND w.variant = c.variant
        WHERE w.of_clauses >= 10 AND w.used <= w.of_clauses * 0.1
        UNION ALL
        SELECT 2, N'Unusual figure',
               CONCAT(c.clause_type, N' is ', c.figure, N' ', c.unit, N'; the median of contracts of this kind is ', f.usual,
                      N'.'), CONCAT(N'clause ', c.clause_no)
        FROM latest c JOIN figures f ON f.clause_type = c.clause_type
        WHERE c.figure >= f.usual * 3 OR c.figure <= f.usual / 3
        UNION ALL
        SELECT 1, N'Clause missing',
               CONCAT(N'There is no clause on ', LOWER(w.clause_type), N'; ', MIN(w.of_clauses), N' of ', MIN(k.many),
                      N' contracts of this kind have one.'), LOWER(w.clause_type)
        FROM wordings w CROSS JOIN contracts k CROSS JOIN this t
        WHERE w.of_clauses >= k.many * 0.9
          AND NOT EXISTS (SELECT 1 FROM latest c WHERE c.clause_type = w.clause_type)
        GROUP BY w.clause_type
        UNION ALL
        SELECT 1, N'Notice deadline near',
               CONCAT(N'Notice must be given by ', t.notice_by, N', in ', DATEDIFF(day, @today, t.notice_by),
                      N' days; otherwise the contract renews by ', t.renewal_months, N' months (',
                      business.eur(t.yearly_value_eur), N' a year).'), CONVERT(nvarchar(10), t.notice_by, 23)
        FROM this t WHERE t.renewal_months IS NOT NULL AND t.notice_by BETWEEN @today AND DATEADD(day, 60, @today)
        UNION ALL
        SELECT 2, N'Ended and still active',
               CONCAT(N'The term ended on ', t.ends_on, N' and the contract is still marked ', LOWER(t.status), N'.'), @wanted
        FROM this t WHERE t.ends_on < @today AND t.status = N'Active'
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    SELECT p.party, p.role, p.country, p.signatory, p.signed_on
    FROM business.parties p WHERE p.document_id = @wanted ORDER BY p.signed_on, p.role;

    WITH dates (what, falls_on) AS (
        SELECT N'Begin', d.starts_on FROM business.documents d WHERE d.document_id = @wanted
        UNION ALL
        SELECT N'Last day to give notice', DATEADD(day, -d.notice_days, d.ends_on)
        FROM business.documents d WHERE d.document_id = @wanted AND d.renewal_months IS NOT NULL
        UNION ALL
        SELECT N'End of the term', d.ends_on FROM business.documents d WHERE d.document_id = @wanted
        UNION ALL
        SELECT N'End if it renews once', DATEADD(month, d.renewal_months, d.ends_on)
        FROM business.documents d WHERE d.document_id = @wanted AND d.renewal_months IS NOT NULL
    )
    SELECT x.what, x.falls_on, DATEDIFF(day, @today, x.falls_on) AS days_left FROM dates x ORDER BY x.falls_on;

    -- The clauses in force, and how many contracts of this kind use the same wording.
    SELECT c.clause_no, c.clause_type, c.clause_text,
           business.percent_of((SELECT w.used FROM business.clause_wordings w
                                WHERE w.kind = @same_kind AND w.clause_type = c.clause_type AND w.variant = c.variant),
                               (SELECT COUNT(*) FROM business.documents d WHERE d.kind = @same_kind)) AS used_in_percent_of_kind
    FROM business.clauses c
    WHERE c.document_id = @wanted AND c.version = @current_version
    ORDER BY c.clause_no;

    -- Each version, and the clauses that it changed.
    SELECT v.version, v.dated_on, v.change_note, x.clause_type, x.text_before AS before, x.text_after AS after
    FROM business.document_versions v
    LEFT JOIN (
        SELECT b.version, b.clause_no, b.clause_type, a.clause_text AS text_before, b.clause_text AS text_after
        FROM business.clauses b
        JOIN business.clauses a ON a.document_id = b.document_id AND a.version = b.version - 1
            AND a.clause_type = b.clause_type AND a.clause_text <> b.clause_text
        WHERE b.document_id = @wanted) x ON x.version = v.version
    WHERE v.document_id = @wanted
    ORDER BY v.version, x.clause_no;
END
GO
