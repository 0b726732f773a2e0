-- What the procedures for Oracle use, as PostgreSQL functions with Oracle's meaning.
CREATE VIEW dual AS SELECT 'X' AS dummy;
CREATE FUNCTION day_of(moment timestamp) RETURNS date RETURN moment::date;
CREATE FUNCTION day_of(day date, part text) RETURNS date
RETURN date_trunc(CASE part WHEN 'MM' THEN 'month' WHEN 'YYYY' THEN 'year' END, day)::date;
-- ADD_MONTHS: the last day of a month goes to the last day of the other.
CREATE FUNCTION moved_by(day date, months numeric) RETURNS date
RETURN CASE WHEN day = (date_trunc('month', day) + interval '1 month - 1 day')::date
            THEN (date_trunc('month', day) + (months + 1 || ' month')::interval - interval '1 day')::date
            ELSE (day + (months || ' month')::interval)::date END;
CREATE FUNCTION months_apart(later date, first date) RETURNS numeric
RETURN (extract(year FROM later) - extract(year FROM first)) * 12 + extract(month FROM later) - extract(month FROM first);
CREATE FUNCTION numtodsinterval(amount numeric, part text) RETURNS interval RETURN (amount || part)::interval;
CREATE FUNCTION months_later(day date, months numeric) RETURNS date RETURN (day + (months || ' month')::interval)::date;
CREATE FUNCTION percent_of(part numeric, whole numeric) RETURNS numeric RETURN round(100 * part / nullif(whole, 0), 1);
CREATE FUNCTION tenths(amount numeric) RETURNS text RETURN round(amount, 1)::text;
CREATE FUNCTION tenths(amount double precision) RETURNS text RETURN round(amount::numeric, 1)::text;
CREATE FUNCTION plain(amount numeric) RETURNS text RETURN trim_scale(amount)::text;
CREATE FUNCTION hours_between(first timestamp, later timestamp) RETURNS numeric
RETURN extract(epoch FROM later - first) / 3600;
CREATE FUNCTION measured(amount numeric, decimals integer) RETURNS text RETURN round(amount, decimals)::text;
CREATE TABLE lab_decimals AS
SELECT test, max(CASE WHEN value = round(value) THEN 0 WHEN value = round(value, 1) THEN 1 ELSE 2 END) AS decimals
FROM labs GROUP BY test;
