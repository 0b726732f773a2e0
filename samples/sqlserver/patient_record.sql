-- What is this patient's history in short, and which points should a clinician look at?

CREATE PROCEDURE business.patient_record @patient_id nvarchar(200) AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @wanted nvarchar(200) = CASE WHEN @patient_id LIKE N'% ' THEN NULL ELSE @patient_id END;
    DECLARE @today date = (SELECT a.as_of FROM business.calendar a);

    SELECT p.patient_id, p.name, p.sex, p.born_on, p.ssn, p.insurance_number, p.phone, p.email, p.street, p.postcode,
           p.city, p.smoker, p.registered_on,
           (SELECT STRING_AGG(CONCAT(c.condition, N' since ', YEAR(c.since)), N'; ') WITHIN GROUP (ORDER BY c.since)
            FROM business.conditions c WHERE c.patient_id = p.patient_id) AS conditions,
           (SELECT STRING_AGG(CONCAT(a.allergen, N' (', a.severity, N', ', a.reaction, N')'), N'; ')
                       WITHIN GROUP (ORDER BY a.allergen)
            FROM business.allergies a WHERE a.patient_id = p.patient_id) AS allergies
    FROM business.patients p WHERE p.patient_id = @wanted;

    -- Points that rules over the data raise. They are no diagnosis.
    WITH active AS (
        SELECT m.medication, m.dose_mg, m.times_per_day, m.started_on, s.drug_class, s.max_daily_mg
        FROM business.medications m JOIN business.substances s ON s.medication = m.medication
        WHERE m.patient_id = @wanted AND m.started_on <= @today AND (m.ended_on IS NULL OR m.ended_on >= @today)
    ), results AS (
        SELECT l.test, l.measured_on, l.value, business.measured(l.value, d.decimals) AS shown,
               ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS age,
               LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before
        FROM business.labs l JOIN business.lab_decimals d ON d.test = l.test
        WHERE l.patient_id = @wanted
    ), limits AS (
        SELECT t.test, t.unit, t.reference_low, t.reference_high, t.critical_low, t.critical_high,
               business.measured(t.reference_low, CASE d.decimals WHEN 0 THEN 0 ELSE 1 END) AS low,
               business.measured(t.reference_high, CASE d.decimals WHEN 0 THEN 0 ELSE 1 END) AS high
        FROM business.lab_tests t JOIN business.lab_decimals d ON d.test = t.test
    ), steps AS (
        SELECT r.test, r.age, CASE t.worse WHEN N'up' THEN r.value - r.value_before ELSE r.value_before - r.value END AS worse_by
        FROM results r JOIN business.lab_tests t ON t.test = r.test
    ), runs AS (  -- how many measurements in a row, counted back from the latest, each worse than the one before
        SELECT s.test, COALESCE(MIN(CASE WHEN s.worse_by <= 0 OR s.worse_by IS NULL THEN s.age END), 1) AS length
        FROM steps s GROUP BY s.test
    ), worsening AS (
        SELECT r.test, r.length, z.value AS last_value, z.shown AS last_shown, z.measured_on AS last_on,
               a.value AS first_value, a.shown AS first_shown, a.measured_on AS first_on, t.unit, t.low, t.high,
               (SELECT STRING_AGG(m.shown, N', ') WITHIN GROUP (ORDER BY m.measured_on) FROM results m
                WHERE m.test = r.test AND m.age <= r.length) AS series
        FROM runs r
        JOIN limits t ON t.test = r.test
        JOIN results z ON z.test = r.test AND z.age = 1
        JOIN results a ON a.test = r.test AND a.age = r.length
        WHERE r.length >= 3 AND ABS(z.value - a.value) >= a.value * 0.2
          AND (z.value < t.reference_low OR z.value > t.reference_high)
    ), critical AS (
        SELECT m.test, m.shown, m.measured_on, t.unit, t.low, t.high FROM results m JOIN limits t ON t.test = m.test
        WHERE m.age = 1 AND (m.value < t.critical_low OR m.value > t.critical_high)
    ), changed AS (  -- in range before a medication was started, out of range after it
        SELECT t.test, t.unit, b.shown AS before_shown, b.measured_on AS before_on, m.shown, m.measured_on,
               CASE WHEN m.value > t.reference_high THEN N'above' ELSE N'below' END AS side, a.medication, a.started_on
        FROM results m
        JOIN results b ON b.test = m.test AND b.age = m.age + 1
        JOIN business.lab_tests t ON t.test = m.test
        JOIN active a ON a.started_on > b.measured_on AND a.started_on < m.measured_on
        WHERE b.value BETWEEN t.reference_low AND t.reference_high
          AND m.value NOT BETWEEN t.reference_low AND t.reference_high
    ), last_checks AS (
        SELECT k.because, k.test, k.every_months, MAX(l.measured_on) AS last_on
        FROM business.check_rules k
        JOIN business.conditions c ON c.patient_id = @wanted AND c.condition = k.because
        LEFT JOIN business.labs l ON l.patient_id = @wanted AND l.test = k.test
        GROUP BY k.because, k.test, k.every_months
    ), due AS (
        SELECT k.because, k.test, k.every_months, k.last_on, DATEADD(month, k.every_months, k.last_on) AS due_on
        FROM last_checks k
    ), found (weight, signal, detail, reference) AS (
        SELECT CASE i.severity WHEN N'High' THEN 1 ELSE 2 END, N'Listed interaction',
               CONCAT(a.medication, N' (since ', a.started_on, N') and ', b.medication, N' (since ', b.started_on,
                      N') are both active: listed interaction, ', LOWER(i.severity), N', ', i.effect, N'.'),
               CONCAT(i.medication_a, N' + ', i.medication_b)
        FROM business.interactions i
        JOIN active a ON a.medication = i.medication_a
        JOIN active b ON b.medication = i.medication_b
        UNION ALL
        SELECT 1, N'Medication against a noted allergy',
               CONCAT(m.medication, N' (', m.drug_class, N', since ', m.started_on, N') is active; an allergy to ', a.allergen,
                      N' is noted since ', a.noted_on, N' (', a.severity, N', ', a.reaction, N').'), m.medication
        FROM active m JOIN business.allergies a ON a.patient_id = @wanted AND a.allergen IN (m.drug_class, m.medication)
        UNION ALL
        SELECT 1, N'Value far outside its range',
               CONCAT(c.test, N' was ', c.shown, N' ', c.unit, N' on ', c.measured_on, N'; the reference range is ', c.low,
                      N' to ', c.high, N'.'), c.test
        FROM critical c
        UNION ALL
        SELECT 1, N'Value worsens steadily',
               CONCAT(w.test, N' ', CASE WHEN w.last_value > w.first_value THEN N'rose' ELSE N'fell' END, N' in ', w.length,
                      N' measurements in a row, from ', w.first_shown, N' on ', w.first_on, N' to ', w.last_shown, N' on ',
                      w.last_on, N' (', w.series, N' ', w.unit, N'); the reference range is ', w.low, N' to ', w.high, N'.'),
               w.test
        FROM worsening w
        UNION ALL
        SELECT 2, N'Value left its range after a new medication',
               CONCAT(c.test, N' was ', c.before_shown, N' ', c.unit, N' on ', c.before_on, N', in range, and ', c.shown, N' on ',
                      c.measured_on, N', ', c.side, N' it; ', c.medication, N' was started in between, on ', c.started_on, N'.'),
               c.test
        FROM changed c
        UNION ALL
        SELECT 2, N'Check overdue',
               CONCAT(d.test, N' is due every ', d.every_months, N' months for ', LOWER(d.because), N'; the last was on ',
                      d.last_on, N', so it has been overdue since ', d.due_on, N' (', DATEDIFF(day, d.due_on, @today),
                      N' days).'), d.test
        FROM due d WHERE d.due_on < DATEADD(day, -30, @today)
        UNION ALL
        SELECT 2, N'Check never made',
               CONCAT(d.test, N' is due every ', d.every_months, N' months for ', LOWER(d.because), N'; no value is on record.'),
               d.test
        FROM due d WHERE d.last_on IS NULL
        UNION ALL
        SELECT 1, N'Dose above the listed maximum',
               CONCAT(a.medication, N' ', business.plain(a.dose_mg), N' mg ', a.times_per_day, N' times a day is ',
                      business.plain(a.dose_mg * a.times_per_day), N' mg a day; the listed maximum is ',
                      business.plain(a.max_daily_mg), N' mg.'), a.medication
        FROM active a WHERE a.dose_mg * a.times_per_day > a.max_daily_mg
        UNION ALL
        SELECT 2, N'Two medications of one class',
               CONCAT(a.medication, N' and ', b.medication, N' are both active, both ', a.drug_class, N'.'), a.drug_class
        FROM active a JOIN active b ON b.drug_class = a.drug_class AND b.medication > a.medication
    )
    SELECT CASE f.weight WHEN 1 THEN N'High' WHEN 2 THEN N'Medium' ELSE N'Low' END AS severity, f.signal, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.signal, f.reference;

    SELECT m.medication, s.drug_class, m.dose_mg, m.times_per_day, m.dose_mg * m.times_per_day AS daily_mg,
           m.prescribed_for, m.started_on, m.ended_on
    FROM business.medications m JOIN business.substances s ON s.medication = m.medication
    WHERE m.patient_id = @wanted
    ORDER BY CASE WHEN m.ended_on IS NULL THEN 0 ELSE 1 END, m.ended_on, m.started_on, m.medication;

    -- One line for each test: the latest value, the two before it, and where it lies.
    WITH results AS (
        SELECT l.test, l.measured_on, l.value, ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS age,
               LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before,
               LEAD(l.value, 2) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS earlier_value,
               COUNT(*) OVER (PARTITION BY l.test) AS times
        FROM business.labs l WHERE l.patient_id = @wanted
    )
    SELECT m.test, t.unit, m.earlier_value, m.value_before AS previous_value, m.value AS latest_value,
           m.measured_on AS latest_on, t.reference_low, t.reference_high,
           CASE WHEN m.value < t.reference_low THEN N'below range' WHEN m.value > t.reference_high THEN N'above range'
                ELSE N'in range' END AS lies, m.times AS times_measured
    FROM results m JOIN business.lab_tests t ON t.test = m.test
    WHERE m.age = 1
    ORDER BY CASE WHEN m.value BETWEEN t.reference_low AND t.reference_high THEN 1 ELSE 0 END, m.test;

    -- The checks that the patient's conditions ask for.
    WITH last_checks AS (
        SELECT k.test, k.because, k.every_months, MAX(l.measured_on) AS last_on
        FROM business.check_rules k
        JOIN business.conditions c ON c.patient_id = @wanted AND c.condition = k.because
        LEFT JOIN business.labs l ON l.patient_id = @wanted AND l.test = k.test
        GROUP BY k.test, k.because, k.every_months
    ), due AS (
        SELECT k.test, k.because, k.every_months, k.last_on, DATEADD(month, k.every_months, k.last_on) AS due_on
        FROM last_checks k
    )
    SELECT d.test AS check_name, d.because, d.every_months, d.last_on, d.due_on,
           CASE WHEN d.due_on < @today THEN DATEDIFF(day, d.due_on, @today) ELSE 0 END AS days_overdue
    FROM due d
    ORDER BY d.due_on, d.test, d.because;

    SELECT TOP (8) v.visit_id, v.visited_on, v.department, v.doctor, v.reason, v.note
    FROM business.visits v WHERE v.patient_id = @wanted
    ORDER BY v.visited_on DESC, v.visit_id;
END
GO
