-- What is this patient's history in short, and which points should a clinician look at?

CREATE PROCEDURE business.patient_record (patient_id IN VARCHAR2) AUTHID DEFINER AS
    wanted          CONSTANT VARCHAR2(200) := patient_id;
    today           DATE;
    set_patient     SYS_REFCURSOR;
    set_signals     SYS_REFCURSOR;
    set_medications SYS_REFCURSOR;
    set_labs        SYS_REFCURSOR;
    set_checks      SYS_REFCURSOR;
    set_visits      SYS_REFCURSOR;
BEGIN
    SELECT a.as_of INTO today FROM business.calendar a;

    OPEN set_patient FOR
        SELECT p.patient_id, p.name, p.sex, p.born_on, p.ssn, p.insurance_number, p.phone, p.email, p.street, p.postcode,
               p.city, p.smoker, p.registered_on,
               (SELECT LISTAGG(c.condition || ' since '
               || EXTRACT(YEAR FROM c.since), '; ') WITHIN GROUP (ORDER BY c.since)
                FROM business.conditions c WHERE c.patient_id = p.patient_id) AS conditions,
               (SELECT LISTAGG(a.allergen || ' (' || a.severity || ', ' || a.reaction || ')', '; ')
                           WITHIN GROUP (ORDER BY a.allergen)
                FROM business.allergies a WHERE a.patient_id = p.patient_id) AS allergies
        FROM business.patients p WHERE p.patient_id = wanted;
    DBMS_SQL.RETURN_RESULT(set_patient);

    -- Points that rules over the data raise. They are no diagnosis.
    OPEN set_signals FOR
        WITH active AS (
            SELECT m.medication, m.dose_mg, m.times_per_day, m.started_on, s.drug_class, s.max_daily_mg
            FROM business.medications m JOIN business.substances s ON s.medication = m.medication
            WHERE m.patient_id = wanted AND m.started_on <= today AND (m.ended_on IS NULL OR m.ended_on >= today)
        ), results AS (
            SELECT l.test, l.measured_on, l.value, business.measured(l.value, d.decimals) AS shown,
                   ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS age,
                   LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before
            FROM business.labs l JOIN business.lab_decimals d ON d.test = l.test
            WHERE l.patient_id = wanted
        ), limits AS (
            SELECT t.test, t.unit, t.reference_low, t.reference_high, t.critical_low, t.critical_high,
                   business.measured(t.reference_low, CASE d.decimals WHEN 0 THEN 0 ELSE 1 END) AS low,
                   business.measured(t.reference_high, CASE d.decimals WHEN 0 THEN 0 ELSE 1 END) AS high
            FROM business.lab_tests t JOIN business.lab_decimals d ON d.test = t.test
        ), steps AS (
            SELECT r.test, r.age,
                   CASE t.worse WHEN 'up' THEN r.value - r.value_before ELSE r.value_before - r.value END AS worse_by
            FROM results r JOIN business.lab_tests t ON t.test = r.test
        ), runs AS (  -- how many measurements in a row, counted back from the latest, each worse than the one before
            SELECT s.test, COALESCE(MIN(CASE WHEN s.worse_by <= 0 OR s.worse_by IS NULL THEN s.age END), 1) AS length
            FROM steps s GROUP BY s.test
        ), worsening AS (
            SELECT r.test, r.length, z.value AS last_value, z.shown AS last_shown, z.measured_on AS last_on,
                   a.value AS first_value, a.shown AS first_shown, a.measured_on AS first_on, t.unit, t.low, t.high,
                   (SELECT LISTAGG(m.shown, ', ') WITHIN GROUP (ORDER BY m.measured_on) FROM results m
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
                   CASE WHEN m.value > t.reference_high THEN 'above' ELSE 'below' END AS side, a.medication, a.started_on
            FROM results m
            JOIN results b ON b.test = m.test AND b.age = m.age + 1
            JOIN business.lab_tests t ON t.test = m.test
            JOIN active a ON a.started_on > b.measured_on AND a.started_on < m.measured_on
            WHERE b.value BETWEEN t.reference_low AND t.reference_high
              AND m.value NOT BETWEEN t.reference_low AND t.reference_high
        ), last_checks AS (
            SELECT k.because, k.test, k.every_months, MAX(l.measured_on) AS last_on
            FROM business.check_rules k
            JOIN business.conditions c ON c.patient_id = wanted AND c.condition = k.because
            LEFT JOIN business.labs l ON l.patient_id = wanted AND l.test = k.test
            GROUP BY k.because, k.test, k.every_months
        ), due AS (
            SELECT k.because, k.test, k.every_months, k.last_on, business.months_later(k.last_on, k.every_months) AS due_on
            FROM last_checks k
        ), found (weight, signal, detail, reference) AS (
            SELECT CASE i.severity WHEN 'High' THEN 1 ELSE 2 END, 'Listed interaction',
                   a.medication || ' (since ' || TO_CHAR(a.started_on, 'YYYY-MM-DD') || ') and ' || b.medication
                   || ' (since ' || TO_CHAR(b.started_on, 'YYYY-MM-DD') || ') are both active: listed interaction, '
                   || LOWER(i.severity) || ', ' || i.effect || '.',
                   i.medication_a || ' + ' || i.medication_b
            FROM business.interactions i
            JOIN active a ON a.medication = i.medication_a
            JOIN active b ON b.medication = i.medication_b
            UNION ALL
            SELECT 1, 'Medication against a noted allergy',
                   m.medication || ' (' || m.drug_class || ', since ' || TO_CHAR(m.started_on, 'YYYY-MM-DD')
                   || ') is active; an allergy to ' || a.allergen || ' is noted since '
                   || TO_CHAR(a.noted_on, 'YYYY-MM-DD') || ' (' || a.severity || ', ' || a.reaction
                   || ').', m.medication
            FROM active m JOIN business.allergies a ON a.patient_id = wanted AND a.allergen IN (m.drug_class, m.medication)
            UNION ALL
            SELECT 1, 'Value far outside its range',
                   c.test || ' was ' || c.shown || ' ' || c.unit || ' on ' || TO_CHAR(c.measured_on, 'YYYY-MM-DD')
                   || '; the reference range is ' || c.low || ' to ' || c.high || '.', c.test
            FROM critical c
            UNION ALL
            SELECT 1, 'Value worsens steadily',
                   w.test || ' ' || CASE WHEN w.last_value > w.first_value THEN 'rose' ELSE 'fell' END || ' in '
                   || w.length || ' measurements in a row, from ' || w.first_shown || ' on '
                   || TO_CHAR(w.first_on, 'YYYY-MM-DD') || ' to ' || w.last_shown || ' on '
                   || TO_CHAR(w.last_on, 'YYYY-MM-DD') || ' (' || w.series || ' ' || w.unit
                   || '); the reference range is ' || w.low || ' to ' || w.high || '.',
                   w.test
            FROM worsening w
            UNION ALL
            SELECT 2, 'Value left its range after a new medication',
                   c.test || ' was ' || c.before_shown || ' ' || c.unit || ' on ' || TO_CHAR(c.before_on, 'YYYY-MM-DD')
                   || ', in range, and ' || c.shown || ' on ' || TO_CHAR(c.measured_on, 'YYYY-MM-DD') || ', ' || c.side
                   || ' it; ' || c.medication || ' was started in between, on ' || TO_CHAR(c.started_on, 'YYYY-MM-DD')
                   || '.',
                   c.test
            FROM changed c
            UNION ALL
            SELECT 2, 'Check overdue',
                   d.test || ' is due every ' || d.every_months || ' months for ' || LOWER(d.because)
                   || '; the last was on ' || TO_CHAR(d.last_on, 'YYYY-MM-DD') || ', so it has been overdue since '
                   || TO_CHAR(d.due_on, 'YYYY-MM-DD') || ' (' || (today - d.due_on) || ' days).', d.test
            FROM due d WHERE d.due_on < today - 30
            UNION ALL
            SELECT 2, 'Check never made',
                   d.test || ' is due every ' || d.every_months || ' months for ' || LOWER(d.because)
                   || '; no value is on record.',
                   d.test
            FROM due d WHERE d.last_on IS NULL
            UNION ALL
            SELECT 1, 'Dose above the listed maximum',
                   a.medication || ' ' || business.plain(a.dose_mg) || ' mg ' || a.times_per_day || ' times a day is '
                   || business.plain(a.dose_mg * a.times_per_day) || ' mg a day; the listed maximum is '
                   || business.plain(a.max_daily_mg) || ' mg.', a.medication
            FROM active a WHERE a.dose_mg * a.times_per_day > a.max_daily_mg
            UNION ALL
            SELECT 2, 'Two medications of one class',
                   a.medication || ' and ' || b.medication || ' are both active, both ' || a.drug_class
                   || '.', a.drug_class
            FROM active a JOIN active b ON b.drug_class = a.drug_class AND b.medication > a.medication
        )
        SELECT CASE f.weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, f.signal, f.detail,
               f.reference
        FROM found f ORDER BY f.weight, f.signal, f.reference;
    DBMS_SQL.RETURN_RESULT(set_signals);

    OPEN set_medications FOR
        SELECT m.medication, s.drug_class, m.dose_mg, m.times_per_day, m.dose_mg * m.times_per_day AS daily_mg,
               m.prescribed_for, m.started_on, m.ended_on
        FROM business.medications m JOIN business.substances s ON s.medication = m.medication
        WHERE m.patient_id = wanted
        ORDER BY CASE WHEN m.ended_on IS NULL THEN 0 ELSE 1 END, m.ended_on, m.started_on, m.medication;
    DBMS_SQL.RETURN_RESULT(set_medications);

    -- One line for each test: the latest value, the two before it, and where it lies.
    OPEN set_labs FOR
        WITH results AS (
            SELECT l.test, l.measured_on, l.value, ROW_NUMBER() OVER (PARTITION BY l.test ORDER BY l.measured_on DESC)
                AS age,
                   LEAD(l.value) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS value_before,
                   LEAD(l.value, 2) OVER (PARTITION BY l.test ORDER BY l.measured_on DESC) AS earlier_value,
                   COUNT(*) OVER (PARTITION BY l.test) AS times
            FROM business.labs l WHERE l.patient_id = wanted
        )
        SELECT m.test, t.unit, m.earlier_value, m.value_before AS previous_value, m.value AS latest_value,
               m.measured_on AS latest_on, t.reference_low, t.reference_high,
               CASE WHEN m.value < t.reference_low THEN 'below range' WHEN m.value > t.reference_high THEN 'above range'
                    ELSE 'in range' END AS lies, m.times AS times_measured
        FROM results m JOIN business.lab_tests t ON t.test = m.test
        WHERE m.age = 1
        ORDER BY CASE WHEN m.value BETWEEN t.reference_low AND t.reference_high THEN 1 ELSE 0 END, m.test;
    DBMS_SQL.RETURN_RESULT(set_labs);

    -- The checks that the patient's conditions ask for.
    OPEN set_checks FOR
        WITH last_checks AS (
            SELECT k.test, k.because, k.every_months, MAX(l.measured_on) AS last_on
            FROM business.check_rules k
            JOIN business.conditions c ON c.patient_id = wanted AND c.condition = k.because
            LEFT JOIN business.labs l ON l.patient_id = wanted AND l.test = k.test
            GROUP BY k.test, k.because, k.every_months
        ), due AS (
            SELECT k.test, k.because, k.every_months, k.last_on, business.months_later(k.last_on, k.every_months) AS due_on
            FROM last_checks k
        )
        SELECT d.test AS check_name, d.because, d.every_months, d.last_on, d.due_on,
               CASE WHEN d.due_on < today THEN today - d.due_on ELSE 0 END AS days_overdue
        FROM due d
        ORDER BY d.due_on, d.test, d.because;
    DBMS_SQL.RETURN_RESULT(set_checks);

    OPEN set_visits FOR
        SELECT v.visit_id, v.visited_on, v.department, v.doctor, v.reason, v.note
        FROM business.visits v WHERE v.patient_id = wanted
        ORDER BY v.visited_on DESC, v.visit_id
        FETCH FIRST 8 ROWS ONLY;
    DBMS_SQL.RETURN_RESULT(set_visits);
END;
/
