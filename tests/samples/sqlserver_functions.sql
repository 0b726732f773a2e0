-- What the procedures for SQL Server use, as PostgreSQL functions with SQL Server's meaning.
CREATE FUNCTION moved_by(part text, amount bigint, day date) RETURNS date
RETURN (day + (amount || part)::interval)::date;
CREATE FUNCTION moved_by(part text, amount bigint, moment timestamp) RETURNS timestamp
RETURN moment + (amount || part)::interval;
-- The boundaries between the two: midnights, firsts of a month, full seconds.
CREATE FUNCTION apart_in(part text, first timestamp, later timestamp) RETURNS integer
RETURN CASE part WHEN 'day' THEN later::date - first::date
                 WHEN 'month' THEN (extract(year FROM later) - extract(year FROM first)) * 12
                                   + extract(month FROM later) - extract(month FROM first)
                 WHEN 'second' THEN extract(epoch FROM later - first) END::integer;
CREATE FUNCTION day_of(year numeric, month numeric, day integer) RETURNS date
RETURN make_date(year::integer, month::integer, day);
CREATE FUNCTION written_as(day date, style integer) RETURNS text RETURN to_char(day, 'YYYY-MM-DD');
CREATE FUNCTION percent_of(part numeric, whole numeric) RETURNS numeric RETURN round(100 * part / nullif(whole, 0), 1);
CREATE FUNCTION plain(amount numeric) RETURNS text RETURN trim_scale(amount)::text;
CREATE FUNCTION hours_between(first timestamp, later timestamp) RETURNS numeric
RETURN extract(epoch FROM later - first) / 3600;
CREATE FUNCTION measured(amount numeric, decimals integer) RETURNS text RETURN round(amount, decimals)::text;
CREATE TABLE lab_decimals AS
SELECT test, max(CASE WHEN value = round(value) THEN 0 WHEN value = round(value, 1) THEN 1 ELSE 2 END) AS decimals
FROM labs GROUP BY test;
