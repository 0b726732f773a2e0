-- A login that may execute the six procedures and do nothing else. Procedures work with the rights of their owner, so
-- they read what the login may not. Choose another password.

CREATE USER analyst IDENTIFIED BY "Change-me-1"
/
GRANT CREATE SESSION TO analyst
/
GRANT EXECUTE ON business.customer_insight TO analyst
/
GRANT EXECUTE ON business.order_analysis TO analyst
/
GRANT EXECUTE ON business.support_ticket TO analyst
/
GRANT EXECUTE ON business.financial_report TO analyst
/
GRANT EXECUTE ON business.patient_record TO analyst
/
GRANT EXECUTE ON business.document_review TO analyst
/
