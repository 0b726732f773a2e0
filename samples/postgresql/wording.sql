-- How figures are written in sentences.

CREATE FUNCTION business.eur(amount numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'EUR ' || to_char(amount, 'FM999,999,999,990.00');

CREATE FUNCTION business.percent(part numeric, whole numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(100 * part / nullif(whole, 0), 1);
