-- What is this patient's history in short, and which points should a clinician look at?

CREATE PROCEDURE patient_record(IN patient_id varchar(200)) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE wanted varchar(200) DEFAULT IF(patient_id LIKE '% ', NULL, patient_id);
    DECLARE today date DEFAULT (SELECT as_of FROM calendar);

    SELECT p.patient_id, p.name, p.sex, p.born_on, p.ssn, p.insurance_number, p.phone, p.email, p.street, p.postcode,
           p.city, p.smoker, p.registered_on,
           (SELECT GROUP_CONCAT(c.`condition`, ' since ', YEAR(c.since) ORDER BY c.since SEPARATOR '; ')
            FROM conditions c WHERE c.patient_id = p.patient_id) AS conditions,
           (SELECT GROUP_CONCAT(a.allergen, ' (', a.severity, ', ', a.reaction, ')' ORDER BY a.allergen SEPARATOR '; ')
            FROM allergies a WHERE a.patient_id = p.patient_id) AS allergies
    FROM patients p WHERE p.patient_id = wanted;

    -- Points that rules over the data raise. They are no diagnosis.
    WITH active AS (
        SELECT m.*, s.drug_class, s.max_daily_mg FROM medications m JOIN substances s ON s.medication = m.medication
        WHERE m.patient_id = wanted AND m.started_on <= today AND (m.ended_on IS NULL OR m.ended_on >= today)
    ), results AS (
        SELECT l.test, l.measured_on, l.value, measured(l.value, d.decimals) AS shown,
               ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS age,
               LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before
        FROM labs l JOIN lab_decimals d ON d.test = l.test
        WHERE l.patient_id = wanted
    ), limits AS (
        SELECT t.*, measured(t.reference_low, LEAST(1, d.decimals)) AS low,
               measured(t.reference_high, LEAST(1, d.decimals)) AS high
        FROM lab_tests t JOIN lab_decimals d ON d.test = t.test
    ), steps AS (
        SELECT r.*, CASE t.worse WHEN 'up' THEN r.value - r.value_before ELSE r.value_before - r.value END AS worse_by
        FROM results r JOIN lab_tests t ON t.test = r.test
    ), run AS (  -- how many measurements in a row, counted back from the latest, each worse than the one before
        SELECT s.test, COALESCE(MIN(CASE WHEN s.worse_by <= 0 OR s.worse_by IS NULL THEN s.age END), 1) AS length
        FROM steps s GROUP BY s.test
    ), worsening AS (
        SELECT r.test, r.length, z.value AS last_value, z.shown AS last_shown, z.measured_on AS last_on,
               a.value AS first_value, a.shown AS first_shown, a.measured_on AS first_on, t.unit, t.low, t.high,
               (SELECT GROUP_CONCAT(m.shown ORDER BY m.measured_on SEPARATOR ', ') FROM results m
                WHERE m.test = r.test AND m.age <= r.length) AS series
        FROM run r
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
               CASE WHEN m.value > t.reference_high THEN 'above' ELSE 'below' END AS side, a.medication, a.started_on
        FROM results m
        JOIN results b ON b.test = m.test AND b.age = m.age + 1
        JOIN lab_tests t ON t.test = m.test
        JOIN active a ON a.started_on > b.measured_on AND a.started_on < m.measured_on
        WHERE b.value BETWEEN t.reference_low AND t.reference_high
          AND m.value NOT BETWEEN t.reference_low AND t.reference_high
    ), last_checks AS (
        SELECT k.because, k.test, k.every_months, MAX(l.measured_on) AS last_on
        FROM check_rules k
        JOIN conditions c ON c.patient_id = wanted AND c.`condition` = k.because
        LEFT JOIN labs l ON l.patient_id = wanted AND l.test = k.test
        GROUP BY k.because, k.test, k.every_months
    ), due AS (
        SELECT k.*, k.last_on + INTERVAL k.every_months MONTH AS due_on FROM last_checks k
    ), found (weight, `signal`, detail, reference) AS (
        SELECT CASE i.severity WHEN 'High' THEN 1 ELSE 2 END, 'Listed interaction',
               CONCAT(a.medication, ' (since ', a.started_on, ') and ', b.medication, ' (since ', b.started_on,
                      ') are both active: listed interaction, ', LOWER(i.severity), ', ', i.effect, '.'),
               CONCAT(i.medication_a, ' + ', i.medication_b)
        FROM interactions i
        JOIN active a ON a.medication = i.medication_a
        JOIN active b ON b.medication = i.medication_b
        UNION ALL
        SELECT 1, 'Medication against a noted allergy',
               CONCAT(m.medication, ' (', m.drug_class, ', since ', m.started_on, ') is active; an allergy to ', a.allergen,
                      ' is noted since ', a.noted_on, ' (', a.severity, ', ', a.reaction, ').'), m.medication
        FROM active m JOIN allergies a ON a.patient_id = wanted AND a.allergen IN (m.drug_class, m.medication)
        UNION ALL
        SELECT 1, 'Value far outside its range',
               CONCAT(c.test, ' was ', c.shown, ' ', c.unit, ' on ', c.measured_on, '; the reference range is ', c.low,
                      ' to ', c.high, '.'), c.test
        FROM critical c
        UNION ALL
        SELECT 1, 'Value worsens steadily',
               CONCAT(w.test, ' ', CASE WHEN w.last_value > w.first_value THEN 'rose' ELSE 'fell' END, ' in ', w.length,
                      ' measurements in a row, from ', w.first_shown, ' on ', w.first_on, ' to ', w.last_shown, ' on ',
                      w.last_on, ' (', w.series, ' ', w.unit, '); the reference range is ', w.low, ' to ', w.high, '.'), w.test
        FROM worsening w
        UNION ALL
        SELECT 2, 'Value left its range after a new medication',
               CONCAT(c.test, ' was ', c.before_shown, ' ', c.unit, ' on ', c.before_on, ', in range, and ', c.shown, ' on ',
                      c.measured_on, ', ', c.side, ' it; ', c.medication, ' was started in between, on ', c.started_on, '.'),
               c.test
        FROM changed c
        UNION ALL
        SELECT 2, 'Check overdue',
               CONCAT(d.test, ' is due every ', d.every_months, ' months for ', LOWER(d.because), '; the last was on ',
                      d.last_on, ', so it has been overdue since ', d.due_on, ' (', DATEDIFF(today, d.due_on), ' days).'), d.test
        FROM due d WHERE d.due_on < today - INTERVAL 30 DAY
        UNION ALL
        SELECT 2, 'Check never made',
               CONCAT(d.test, ' is due every ', d.every_months, ' months for ', LOWER(d.because), '; no value is on record.'),
               d.test
        FROM due d WHERE d.last_on IS NULL
        UNION ALL
        SELECT 1, 'Dose above the listed maximum',
               CONCAT(a.medication, ' ', plain(a.dose_mg), ' mg ', a.times_per_day, ' times a day is ',
                      plain(a.dose_mg * a.times_per_day), ' mg a day; the listed maximum is ', plain(a.max_daily_mg), ' mg.'),
               a.medication
        FROM active a WHERE a.dose_mg * a.times_per_day > a.max_daily_mg
        UNION ALL
        SELECT 2, 'Two medications of one class',
               CONCAT(a.medication, ' and ', b.medication, ' are both active, both ', a.drug_class, '.'), a.drug_class
        FROM active a JOIN active b ON b.drug_class = a.drug_class AND b.medication > a.medication
    )
    SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.`signal`, f.detail, f.reference
    FROM found f ORDER BY f.weight, f.`signal`, f.reference;

    SELECT m.medication, s.drug_class, m.dose_mg, m.times_per_day, m.dose_mg * m.times_per_day AS daily_mg,
           m.prescribed_for, m.started_on, m.ended_on
    FROM medications m JOIN substances s ON s.medication = m.medication
    WHERE m.patient_id = wanted
    ORDER BY m.ended_on IS NOT NULL, m.ended_on, m.started_on, m.medication;

    -- One line for each test: the latest value, the two before it, and where it lies.
    WITH results AS (
        SELECT l.test, l.measured_on, l.value, ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS age,
               LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before,
               LEAD(l.value, 2) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS earlier_value,
               COUNT(*) OVER (PARTITION BY l.test) AS times
        FROM labs l WHERE l.patient_id = wanted
    )
    SELECT m.test, t.unit, m.earlier_value, m.value_before AS previous_value, m.value AS latest_value,
           m.measured_on AS latest_on, t.reference_low, t.reference_high,
           CASE WHEN m.value < t.reference_low THEN 'below range' WHEN m.value > t.reference_high THEN 'above range'
                ELSE 'in range' END AS lies, m.times AS times_measured
    FROM results m JOIN lab_tests t ON t.test = m.test
    WHERE m.age = 1
    ORDER BY CASE WHEN m.value BETWEEN t.reference_low AND t.reference_high THEN 1 ELSE 0 END, m.test;

    -- The checks that the patient's conditions ask for.
    WITH last_checks AS (
        SELECT k.test, k.because, k.every_months, MAX(l.measured_on) AS last_on
        FROM check_rules k
        JOIN conditions c ON c.patient_id = wanted AND c.`condition` = k.because
        LEFT JOIN labs l ON l.patient_id = wanted AND l.test = k.test
        GROUP BY k.test, k.because, k.every_months
    )
    SELECT k.test AS check_name, k.because, k.every_months, k.last_on,
           k.last_on + INTERVAL k.every_months MONTH AS due_on,
           GREATEST(0, COALESCE(DATEDIFF(today, k.last_on + INTERVAL k.every_months MONTH), 0)) AS days_overdue
    FROM last_checks k
    ORDER BY k.last_on + INTERVAL k.every_months MONTH, k.test, k.because;

    SELECT v.visit_id, v.visited_on, v.department, v.doctor, v.reason, v.note
    FROM visits v WHERE v.patient_id = wanted
    ORDER BY v.visited_on DESC, v.visit_id LIMIT 8;
END
//
