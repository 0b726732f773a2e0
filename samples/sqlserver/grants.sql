-- A login that may execute the six procedures and do nothing else. Tables and procedures have one owner, so the
-- procedures read what the login may not. Choose another password.

CREATE LOGIN analyst WITH PASSWORD = N'Change-me-1'
GO
CREATE USER analyst FOR LOGIN analyst
GO
GRANT EXECUTE ON business.customer_insight TO analyst
GO
GRANT EXECUTE ON business.order_analysis TO analyst
GO
GRANT EXECUTE ON business.support_ticket TO analyst
GO
GRANT EXECUTE ON business.financial_report TO analyst
GO
GRANT EXECUTE ON business.patient_record TO analyst
GO
GRANT EXECUTE ON business.document_review TO analyst
GO
