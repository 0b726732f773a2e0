-- The tables of the sample business for Oracle 18c and later. A line with / ends a statement, as in SQL*Plus.
-- To be run by an administrator in one pluggable database, whose character set is AL32UTF8. The schema comes first:
-- CREATE USER business NO AUTHENTICATION
-- GRANT UNLIMITED TABLESPACE TO business

-- Which sample data this is. The first table, so that what a broken load left behind is known to be the sample's.
CREATE TABLE business.sample_version (version VARCHAR2(20 CHAR) PRIMARY KEY)
/
-- "Today" for every procedure, so that a record always reads the same.
CREATE TABLE business.calendar (as_of DATE PRIMARY KEY)
/

-- Sales ---------------------------------------------------------------------------------------------------------------

CREATE TABLE business.products (
    product_id       VARCHAR2(20 CHAR) PRIMARY KEY,
    name             VARCHAR2(100 CHAR) NOT NULL,
    category         VARCHAR2(50 CHAR) NOT NULL,
    list_price_eur   NUMBER(12, 2) NOT NULL,
    in_stock         NUMBER(10) NOT NULL,
    next_delivery_on DATE
)
/
CREATE TABLE business.customers (
    customer_id        VARCHAR2(20 CHAR) PRIMARY KEY,
    name               VARCHAR2(100 CHAR) NOT NULL,
    industry           VARCHAR2(50 CHAR) NOT NULL,
    segment            VARCHAR2(50 CHAR) NOT NULL,
    city               VARCHAR2(50 CHAR) NOT NULL,
    country            VARCHAR2(50 CHAR) NOT NULL,
    contact_name       VARCHAR2(100 CHAR) NOT NULL,
    email              VARCHAR2(200 CHAR) NOT NULL,
    phone              VARCHAR2(50 CHAR) NOT NULL,
    account_manager    VARCHAR2(100 CHAR) NOT NULL,
    customer_since     DATE NOT NULL,
    payment_terms_days NUMBER(10) NOT NULL,
    credit_limit_eur   NUMBER(12, 2) NOT NULL
)
/
CREATE TABLE business.orders (
    order_id           VARCHAR2(20 CHAR) PRIMARY KEY,
    customer_id        VARCHAR2(20 CHAR) NOT NULL,
    ordered_on         DATE NOT NULL,
    requested_on       DATE NOT NULL,
    status             VARCHAR2(20 CHAR) NOT NULL
                       CHECK (status IN ('Open', 'Shipped', 'Delivered', 'Returned', 'Cancelled')),
    deliver_to_city    VARCHAR2(50 CHAR) NOT NULL,
    deliver_to_country VARCHAR2(50 CHAR) NOT NULL,
    total_eur          NUMBER(12, 2) NOT NULL,
    paid_on            DATE,
    FOREIGN KEY (customer_id) REFERENCES business.customers (customer_id)
)
/
CREATE TABLE business.order_lines (
    order_id       VARCHAR2(20 CHAR) NOT NULL,
    line_no        NUMBER(10) NOT NULL,
    product_id     VARCHAR2(20 CHAR) NOT NULL,
    quantity       NUMBER(10) NOT NULL,
    unit_price_eur NUMBER(12, 2) NOT NULL,
    line_total_eur NUMBER(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id) REFERENCES business.orders (order_id),
    FOREIGN KEY (product_id) REFERENCES business.products (product_id)
)
/
CREATE TABLE business.shipments (
    shipment_id     VARCHAR2(20 CHAR) PRIMARY KEY,
    order_id        VARCHAR2(20 CHAR) NOT NULL,
    shipped_on      DATE NOT NULL,
    delivered_on    DATE,
    carrier         VARCHAR2(50 CHAR) NOT NULL,
    tracking_number VARCHAR2(50 CHAR) NOT NULL,
    warehouse       VARCHAR2(20 CHAR) NOT NULL,
    FOREIGN KEY (order_id) REFERENCES business.orders (order_id)
)
/
CREATE TABLE business.shipment_lines (
    shipment_id VARCHAR2(20 CHAR) NOT NULL,
    line_no     NUMBER(10) NOT NULL,
    quantity    NUMBER(10) NOT NULL,
    PRIMARY KEY (shipment_id, line_no),
    FOREIGN KEY (shipment_id) REFERENCES business.shipments (shipment_id)
)
/

-- Support -------------------------------------------------------------------------------------------------------------

CREATE TABLE business.response_targets (
    priority     VARCHAR2(20 CHAR) PRIMARY KEY,
    answer_hours NUMBER(10) NOT NULL,
    solve_hours  NUMBER(10) NOT NULL
)
/
-- How the mood and the urgency of a ticket are read.
CREATE TABLE business.phrases (
    kind   VARCHAR2(20 CHAR) NOT NULL CHECK (kind IN ('safety', 'anger', 'urgency', 'thanks')),
    phrase VARCHAR2(100 CHAR) NOT NULL,
    PRIMARY KEY (kind, phrase)
)
/
CREATE TABLE business.tickets (
    ticket_id    VARCHAR2(20 CHAR) PRIMARY KEY,
    customer_id  VARCHAR2(20 CHAR) NOT NULL,
    order_id     VARCHAR2(20 CHAR),
    product_id   VARCHAR2(20 CHAR) NOT NULL,
    category     VARCHAR2(50 CHAR) NOT NULL,
    priority     VARCHAR2(20 CHAR) NOT NULL,
    status       VARCHAR2(30 CHAR) NOT NULL CHECK (status IN ('Open', 'Waiting for customer', 'Solved')),
    subject      VARCHAR2(200 CHAR) NOT NULL,
    opened_at    TIMESTAMP(0) NOT NULL,
    solved_at    TIMESTAMP(0),
    solution     VARCHAR2(200 CHAR),
    satisfaction NUMBER(10) CHECK (satisfaction BETWEEN 1 AND 5),
    FOREIGN KEY (customer_id) REFERENCES business.customers (customer_id),
    FOREIGN KEY (product_id) REFERENCES business.products (product_id),
    FOREIGN KEY (priority) REFERENCES business.response_targets (priority)
)
/
CREATE TABLE business.ticket_messages (
    ticket_id   VARCHAR2(20 CHAR) NOT NULL,
    message_no  NUMBER(10) NOT NULL,
    written_at  TIMESTAMP(0) NOT NULL,
    author_role VARCHAR2(20 CHAR) NOT NULL CHECK (author_role IN ('customer', 'agent')),
    author_name VARCHAR2(100 CHAR) NOT NULL,
    message     VARCHAR2(4000 CHAR) NOT NULL,
    PRIMARY KEY (ticket_id, message_no),
    FOREIGN KEY (ticket_id) REFERENCES business.tickets (ticket_id)
)
/
-- The words that tell what a ticket is about: similar tickets share many of them.
CREATE TABLE business.ticket_words (
    ticket_id VARCHAR2(20 CHAR) NOT NULL,
    word      VARCHAR2(50 CHAR) NOT NULL,
    PRIMARY KEY (ticket_id, word),
    FOREIGN KEY (ticket_id) REFERENCES business.tickets (ticket_id)
)
/

-- Finance -------------------------------------------------------------------------------------------------------------

CREATE TABLE business.cost_centres (
    cost_centre_id VARCHAR2(20 CHAR) PRIMARY KEY,
    name           VARCHAR2(100 CHAR) NOT NULL,
    manager        VARCHAR2(100 CHAR) NOT NULL
)
/
CREATE TABLE business.budgets (
    cost_centre_id VARCHAR2(20 CHAR) NOT NULL,
    month          DATE NOT NULL,
    account        VARCHAR2(50 CHAR) NOT NULL,
    budget_eur     NUMBER(12, 2) NOT NULL,
    PRIMARY KEY (cost_centre_id, month, account),
    FOREIGN KEY (cost_centre_id) REFERENCES business.cost_centres (cost_centre_id)
)
/
CREATE TABLE business.postings (
    posting_id     VARCHAR2(20 CHAR) PRIMARY KEY,
    cost_centre_id VARCHAR2(20 CHAR) NOT NULL,
    posted_on      DATE NOT NULL,
    account        VARCHAR2(50 CHAR) NOT NULL,
    supplier       VARCHAR2(100 CHAR) NOT NULL,
    description    VARCHAR2(200 CHAR) NOT NULL,
    amount_eur     NUMBER(12, 2) NOT NULL,
    FOREIGN KEY (cost_centre_id) REFERENCES business.cost_centres (cost_centre_id)
)
/

-- Clinic --------------------------------------------------------------------------------------------------------------

CREATE TABLE business.patients (
    patient_id       VARCHAR2(20 CHAR) PRIMARY KEY,
    name             VARCHAR2(100 CHAR) NOT NULL,
    sex              VARCHAR2(20 CHAR) NOT NULL,
    born_on          DATE NOT NULL,
    ssn              VARCHAR2(20 CHAR) NOT NULL,
    insurance_number VARCHAR2(20 CHAR) NOT NULL,
    phone            VARCHAR2(50 CHAR) NOT NULL,
    email            VARCHAR2(200 CHAR) NOT NULL,
    street           VARCHAR2(100 CHAR) NOT NULL,
    postcode         VARCHAR2(20 CHAR) NOT NULL,
    city             VARCHAR2(50 CHAR) NOT NULL,
    smoker           NUMBER(1) NOT NULL,
    registered_on    DATE NOT NULL
)
/
CREATE TABLE business.conditions (
    patient_id VARCHAR2(20 CHAR) NOT NULL,
    condition  VARCHAR2(100 CHAR) NOT NULL,
    since      DATE NOT NULL,
    PRIMARY KEY (patient_id, condition),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
/
CREATE TABLE business.visits (
    visit_id   VARCHAR2(20 CHAR) PRIMARY KEY,
    patient_id VARCHAR2(20 CHAR) NOT NULL,
    visited_on DATE NOT NULL,
    department VARCHAR2(50 CHAR) NOT NULL,
    doctor     VARCHAR2(100 CHAR) NOT NULL,
    reason     VARCHAR2(200 CHAR) NOT NULL,
    note       VARCHAR2(4000 CHAR) NOT NULL,
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
/
CREATE TABLE business.lab_tests (
    test           VARCHAR2(50 CHAR) PRIMARY KEY,
    unit           VARCHAR2(20 CHAR) NOT NULL,
    reference_low  NUMBER(10, 2) NOT NULL,
    reference_high NUMBER(10, 2) NOT NULL,
    critical_low   NUMBER(10, 2) NOT NULL,
    critical_high  NUMBER(10, 2) NOT NULL,
    worse          VARCHAR2(10 CHAR) NOT NULL CHECK (worse IN ('up', 'down'))
)
/
CREATE TABLE business.labs (
    patient_id  VARCHAR2(20 CHAR) NOT NULL,
    test        VARCHAR2(50 CHAR) NOT NULL,
    measured_on DATE NOT NULL,
    value       NUMBER(10, 2) NOT NULL,
    PRIMARY KEY (patient_id, test, measured_on),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id),
    FOREIGN KEY (test) REFERENCES business.lab_tests (test)
)
/
CREATE TABLE business.substances (
    medication   VARCHAR2(50 CHAR) PRIMARY KEY,
    drug_class   VARCHAR2(50 CHAR) NOT NULL,
    max_daily_mg NUMBER(10, 2) NOT NULL
)
/
CREATE TABLE business.medications (
    patient_id     VARCHAR2(20 CHAR) NOT NULL,
    medication     VARCHAR2(50 CHAR) NOT NULL,
    dose_mg        NUMBER(10, 2) NOT NULL,
    times_per_day  NUMBER(10) NOT NULL,
    started_on     DATE NOT NULL,
    ended_on       DATE,
    prescribed_for VARCHAR2(100 CHAR) NOT NULL,
    PRIMARY KEY (patient_id, medication, started_on),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id),
    FOREIGN KEY (medication) REFERENCES business.substances (medication)
)
/
CREATE TABLE business.allergies (
    patient_id VARCHAR2(20 CHAR) NOT NULL,
    allergen   VARCHAR2(50 CHAR) NOT NULL,
    reaction   VARCHAR2(50 CHAR) NOT NULL,
    severity   VARCHAR2(20 CHAR) NOT NULL,
    noted_on   DATE NOT NULL,
    PRIMARY KEY (patient_id, allergen),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
/
CREATE TABLE business.interactions (
    medication_a VARCHAR2(50 CHAR) NOT NULL,
    medication_b VARCHAR2(50 CHAR) NOT NULL,
    severity     VARCHAR2(20 CHAR) NOT NULL,
    effect       VARCHAR2(200 CHAR) NOT NULL,
    PRIMARY KEY (medication_a, medication_b)
)
/
CREATE TABLE business.check_rules (
    because      VARCHAR2(100 CHAR) NOT NULL,
    test         VARCHAR2(50 CHAR) NOT NULL,
    every_months NUMBER(10) NOT NULL,
    PRIMARY KEY (because, test)
)
/

-- Contracts -----------------------------------------------------------------------------------------------------------

CREATE TABLE business.documents (
    document_id      VARCHAR2(20 CHAR) PRIMARY KEY,
    title            VARCHAR2(100 CHAR) NOT NULL,
    kind             VARCHAR2(50 CHAR) NOT NULL,
    status           VARCHAR2(20 CHAR) NOT NULL,
    owner            VARCHAR2(100 CHAR) NOT NULL,
    starts_on        DATE NOT NULL,
    ends_on          DATE NOT NULL,
    renewal_months   NUMBER(10),
    notice_days      NUMBER(10) NOT NULL,
    yearly_value_eur NUMBER(12, 2) NOT NULL,
    governing_law    VARCHAR2(50 CHAR) NOT NULL
)
/
CREATE TABLE business.document_versions (
    document_id VARCHAR2(20 CHAR) NOT NULL,
    version     NUMBER(10) NOT NULL,
    dated_on    DATE NOT NULL,
    change_note VARCHAR2(200 CHAR) NOT NULL,
    PRIMARY KEY (document_id, version),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
/
CREATE TABLE business.parties (
    document_id VARCHAR2(20 CHAR) NOT NULL,
    party       VARCHAR2(100 CHAR) NOT NULL,
    role        VARCHAR2(50 CHAR) NOT NULL,
    country     VARCHAR2(50 CHAR) NOT NULL,
    signatory   VARCHAR2(100 CHAR) NOT NULL,
    signed_on   DATE NOT NULL,
    PRIMARY KEY (document_id, role),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
/
CREATE TABLE business.clauses (
    document_id VARCHAR2(20 CHAR) NOT NULL,
    version     NUMBER(10) NOT NULL,
    clause_no   NUMBER(10) NOT NULL,
    clause_type VARCHAR2(50 CHAR) NOT NULL,
    variant     VARCHAR2(50 CHAR) NOT NULL,
    figure      NUMBER(12),
    unit        VARCHAR2(20 CHAR),
    clause_text VARCHAR2(4000 CHAR) NOT NULL,
    PRIMARY KEY (document_id, version, clause_no),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
/
-- Who must not see a document, as somebody on the other side of the deal. Names are those of the product's users.
CREATE TABLE business.information_barriers (
    document_id VARCHAR2(20 CHAR) NOT NULL,
    username    VARCHAR2(100 CHAR) NOT NULL,
    PRIMARY KEY (document_id, username),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
/
