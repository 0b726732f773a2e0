-- Runs once, in single-user mode on template1, before the server listens anywhere; generated passwords are filled in.
-- The superuser gets no password and no line in pg_hba.conf: nobody signs in as it.

CREATE ROLE "owner" LOGIN PASSWORD '$owner';

CREATE ROLE app LOGIN PASSWORD '$app';

CREATE ROLE business_owner LOGIN PASSWORD '$business_owner';

CREATE ROLE analyst LOGIN PASSWORD '$analyst';

-- Both databases below are copies of this one, so these hold in them.
-- Everybody may make large objects by default, which would be a way to write.
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE "owner", business_owner REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

CREATE DATABASE record_analyst OWNER "owner";

CREATE DATABASE sample_business OWNER business_owner;

REVOKE ALL ON DATABASE postgres, template1, record_analyst, sample_business FROM PUBLIC;

GRANT CONNECT ON DATABASE record_analyst TO app;

GRANT CONNECT ON DATABASE sample_business TO analyst;

