-- What is this patient's history in short, and which points should a clinician look at?

CREATE FUNCTION business.patient_record(patient_id text) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = business, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted CONSTANT text := patient_record.patient_id;
    today  CONSTANT date := (SELECT as_of FROM calendar);
    set_patient     refcursor := 'patient';
    set_signals     refcursor := 'signals';
    set_medications refcursor := 'medications';
    set_labs        refcursor := 'labs';
    set_checks      refcursor := 'checks';
    set_visits      refcursor := 'visits';
BEGIN
    OPEN set_patient FOR
        SELECT p.patient_id, p.name, p.sex, p.born_on, p.ssn, p.insurance_number, p.phone, p.email, p.street, p.postcode,
               p.city, p.smoker, p.registered_on,
               (SELECT string_agg(c.condition || ' since ' || extract(year FROM c.since), '; ' ORDER BY c.since)
                FROM conditions c WHERE c.patient_id = p.patient_id) AS conditions,
               (SELECT string_agg(format('%s (%s, %s)', a.allergen, a.severity, a.reaction), '; ' ORDER BY a.allergen)
                FROM allergies a WHERE a.patient_id = p.patient_id) AS allergies
        FROM patients p WHERE p.patient_id = wanted;
    RETURN NEXT set_patient;

    -- Points that rules over the data raise. They are no diagnosis.
    OPEN set_signals FOR
        WITH active AS (
            SELECT m.*, s.drug_class, s.max_daily_mg FROM medications m JOIN substances s USING (medication)
            WHERE m.patient_id = wanted AND m.started_on <= today AND (m.ended_on IS NULL OR m.ended_on >= today)
        ), measured AS (
            SELECT l.test, l.measured_on, l.value, row_number() OVER latest AS age,
                   CASE t.worse WHEN 'up' THEN l.value - lead(l.value) OVER latest
                                ELSE lead(l.value) OVER latest - l.value END AS worse_by,
                   lead(l.measured_on) OVER latest AS before_on
            FROM labs l JOIN lab_tests t USING (test)
            WHERE l.patient_id = wanted
            WINDOW latest AS (PARTITION BY l.test ORDER BY l.measured_on DESC)
        ), run AS (  -- how many measurements in a row, counted back from the latest, each worse than the one before
            SELECT test, coalesce(min(age) FILTER (WHERE worse_by <= 0 OR worse_by IS NULL), 1) AS length FROM measured GROUP BY test
        ), worsening AS (
            SELECT r.test, r.length, last.value AS last_value, last.measured_on AS last_on, first.value AS first_value,
                   first.measured_on AS first_on, t.unit, t.reference_low, t.reference_high,
                   (SELECT string_agg(m.value::text, ', ' ORDER BY m.measured_on) FROM measured m
                    WHERE m.test = r.test AND m.age <= r.length) AS series
            FROM run r
            JOIN lab_tests t USING (test)
            JOIN measured last ON last.test = r.test AND last.age = 1
            JOIN measured first ON first.test = r.test AND first.age = r.length
            WHERE r.length >= 3 AND abs(last.value - first.value) >= first.value * 0.2
              AND (last.value < t.reference_low OR last.value > t.reference_high)
        ), critical AS (
            SELECT * FROM measured m JOIN lab_tests t USING (test)
            WHERE m.age = 1 AND (m.value < t.critical_low OR m.value > t.critical_high)
        ), changed AS (  -- in range before a medication was started, out of range after it
            SELECT t.test, t.unit, b.value AS before_value, b.measured_on AS before_on, m.value, m.measured_on,
                   CASE WHEN m.value > t.reference_high THEN 'above' ELSE 'below' END AS side, a.medication, a.started_on
            FROM measured m
            JOIN measured b ON b.test = m.test AND b.age = m.age + 1
            JOIN lab_tests t ON t.test = m.test
            JOIN active a ON a.started_on > b.measured_on AND a.started_on < m.measured_on
            WHERE b.value BETWEEN t.reference_low AND t.reference_high
              AND m.value NOT BETWEEN t.reference_low AND t.reference_high
        ), due AS (
            SELECT k.because, k.test, k.every_months, max(l.measured_on) AS last_on,
                   (max(l.measured_on) + make_interval(months => k.every_months))::date AS due_on
            FROM check_rules k
            JOIN conditions c ON c.patient_id = wanted AND c.condition = k.because
            LEFT JOIN labs l ON l.patient_id = wanted AND l.test = k.test
            GROUP BY k.because, k.test, k.every_months
        ), found (weight, signal, detail, reference) AS (
            SELECT CASE i.severity WHEN 'High' THEN 1 ELSE 2 END, 'Listed interaction',
                   format('%s (since %s) and %s (since %s) are both active: listed interaction, %s, %s.', a.medication,
                          a.started_on, b.medication, b.started_on, lower(i.severity), i.effect),
                   i.medication_a || ' + ' || i.medication_b
            FROM interactions i
            JOIN active a ON a.medication = i.medication_a
            JOIN active b ON b.medication = i.medication_b
            UNION ALL
            SELECT 1, 'Medication against a noted allergy',
                   format('%s (%s, since %s) is active; an allergy to %s is noted since %s (%s, %s).', m.medication,
                          m.drug_class, m.started_on, a.allergen, a.noted_on, a.severity, a.reaction), m.medication
            FROM active m JOIN allergies a ON a.patient_id = wanted AND a.allergen IN (m.drug_class, m.medication)
            UNION ALL
            SELECT 1, 'Value far outside its range',
                   format('%s was %s %s on %s; the reference range is %s to %s.', test, value, unit, measured_on,
                          reference_low, reference_high), test
            FROM critical
            UNION ALL
            SELECT 1, 'Value worsens steadily',
                   format('%s %s in %s measurements in a row, from %s on %s to %s on %s (%s %s); the reference range is %s '
                          'to %s.', test, CASE WHEN last_value > first_value THEN 'rose' ELSE 'fell' END, length,
                          first_value, first_on, last_value, last_on, series, unit, reference_low, reference_high), test
            FROM worsening
            UNION ALL
            SELECT 2, 'Value left its range after a new medication',
                   format('%s was %s %s on %s, in range, and %s on %s, %s it; %s was started in between, on %s.', test,
                          before_value, unit, before_on, value, measured_on, side, medication, started_on), test
            FROM changed
            UNION ALL
            SELECT 2, 'Check overdue',
                   format('%s is due every %s months for %s; the last was on %s, so it has been overdue since %s (%s days).',
                          test, every_months, lower(because), last_on, due_on, today - due_on), test
            FROM due WHERE due_on < today - 30
            UNION ALL
            SELECT 2, 'Check never made',
                   format('%s is due every %s months for %s; no value is on record.', test, every_months, lower(because)),
                   test
            FROM due WHERE last_on IS NULL
            UNION ALL
            SELECT 1, 'Dose above the listed maximum',
                   format('%s %s mg %s times a day is %s mg a day; the listed maximum is %s mg.', medication, dose_mg,
                          times_per_day, dose_mg * times_per_day, max_daily_mg), medication
            FROM active WHERE dose_mg * times_per_day > max_daily_mg
            UNION ALL
            SELECT 2, 'Two medications of one class',
                   format('%s and %s are both active, both %s.', a.medication, b.medication, a.drug_class), a.drug_class
            FROM active a JOIN active b ON b.drug_class = a.drug_class AND b.medication > a.medication
        )
        SELECT CASE weight WHEN 1 THEN 'High' WHEN 2 THEN 'Medium' ELSE 'Low' END AS severity, signal, detail, reference
        FROM found ORDER BY weight, signal, reference;
    RETURN NEXT set_signals;

    OPEN set_medications FOR
        SELECT m.medication, s.drug_class, m.dose_mg, m.times_per_day, m.dose_mg * m.times_per_day AS daily_mg,
               m.prescribed_for, m.started_on, m.ended_on
        FROM medications m JOIN substances s USING (medication)
        WHERE m.patient_id = wanted
        ORDER BY m.ended_on NULLS FIRST, m.started_on, m.medication;
    RETURN NEXT set_medications;

    -- One line for each test: the latest value, the two before it, and where it lies.
    OPEN set_labs FOR
        WITH measured AS (
            SELECT l.test, l.measured_on, l.value, row_number() OVER latest AS age,
                   lead(l.value) OVER latest AS before_value, lead(l.value, 2) OVER latest AS earlier_value,
                   count(*) OVER (PARTITION BY l.test) AS times
            FROM labs l WHERE l.patient_id = wanted
            WINDOW latest AS (PARTITION BY l.test ORDER BY l.measured_on DESC)
        )
        SELECT m.test, t.unit, m.earlier_value, m.before_value AS previous_value, m.value AS latest_value,
               m.measured_on AS latest_on, t.reference_low, t.reference_high,
               CASE WHEN m.value < t.reference_low THEN 'below range' WHEN m.value > t.reference_high THEN 'above range'
                    ELSE 'in range' END AS lies, m.times AS times_measured
        FROM measured m JOIN lab_tests t USING (test)
        WHERE m.age = 1
        ORDER BY CASE WHEN m.value BETWEEN t.reference_low AND t.reference_high THEN 1 ELSE 0 END, m.test;
    RETURN NEXT set_labs;

    -- The checks that the patient's conditions ask for.
    OPEN set_checks FOR
        SELECT k.test AS check_name, k.because, k.every_months, max(l.measured_on) AS last_on,
               (max(l.measured_on) + make_interval(months => k.every_months))::date AS due_on,
               greatest(0, today - (max(l.measured_on) + make_interval(months => k.every_months))::date) AS days_overdue
        FROM check_rules k
        JOIN conditions c ON c.patient_id = wanted AND c.condition = k.because
        LEFT JOIN labs l ON l.patient_id = wanted AND l.test = k.test
        GROUP BY k.test, k.because, k.every_months
        ORDER BY 5 NULLS FIRST, k.test, k.because;
    RETURN NEXT set_checks;

    OPEN set_visits FOR
        SELECT v.visit_id, v.visited_on, v.department, v.doctor, v.reason, v.note
        FROM visits v WHERE v.patient_id = wanted
        ORDER BY v.visited_on DESC, v.visit_id LIMIT 8;
    RETURN NEXT set_visits;
END;
$$;
