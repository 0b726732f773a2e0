-- The tables of the sample business for SQL Server 2017 and later. A line with GO ends a batch, as in sqlcmd.
-- To be run in a database with a binary collation, in which texts compare and sort character by character:
-- CREATE DATABASE sample COLLATE Latin1_General_100_BIN2

CREATE SCHEMA business AUTHORIZATION dbo
GO

-- "Today" for every procedure, so that a record always reads the same.
CREATE TABLE business.calendar (as_of date PRIMARY KEY)
GO

-- Sales ---------------------------------------------------------------------------------------------------------------

CREATE TABLE business.products (
    product_id       nvarchar(20) PRIMARY KEY,
    name             nvarchar(100) NOT NULL,
    category         nvarchar(50) NOT NULL,
    list_price_eur   decimal(12, 2) NOT NULL,
    in_stock         int NOT NULL,
    next_delivery_on date
)
GO
CREATE TABLE business.customers (
    customer_id        nvarchar(20) PRIMARY KEY,
    name               nvarchar(100) NOT NULL,
    industry           nvarchar(50) NOT NULL,
    segment            nvarchar(50) NOT NULL,
    city               nvarchar(50) NOT NULL,
    country            nvarchar(50) NOT NULL,
    contact_name       nvarchar(100) NOT NULL,
    email              nvarchar(200) NOT NULL,
    phone              nvarchar(50) NOT NULL,
    account_manager    nvarchar(100) NOT NULL,
    customer_since     date NOT NULL,
    payment_terms_days int NOT NULL,
    credit_limit_eur   decimal(12, 2) NOT NULL
)
GO
CREATE TABLE business.orders (
    order_id           nvarchar(20) PRIMARY KEY,
    customer_id        nvarchar(20) NOT NULL,
    ordered_on         date NOT NULL,
    requested_on       date NOT NULL,
    status             nvarchar(20) NOT NULL
                       CHECK (status IN (N'Open', N'Shipped', N'Delivered', N'Returned', N'Cancelled')),
    deliver_to_city    nvarchar(50) NOT NULL,
    deliver_to_country nvarchar(50) NOT NULL,
    total_eur          decimal(12, 2) NOT NULL,
    paid_on            date,
    FOREIGN KEY (customer_id) REFERENCES business.customers (customer_id)
)
GO
CREATE TABLE business.order_lines (
    order_id       nvarchar(20) NOT NULL,
    line_no        int NOT NULL,
    product_id     nvarchar(20) NOT NULL,
    quantity       int NOT NULL,
    unit_price_eur decimal(12, 2) NOT NULL,
    line_total_eur decimal(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id) REFERENCES business.orders (order_id),
    FOREIGN KEY (product_id) REFERENCES business.products (product_id)
)
GO
CREATE TABLE business.shipments (
    shipment_id     nvarchar(20) PRIMARY KEY,
    order_id        nvarchar(20) NOT NULL,
    shipped_on      date NOT NULL,
    delivered_on    date,
    carrier         nvarchar(50) NOT NULL,
    tracking_number nvarchar(50) NOT NULL,
    warehouse       nvarchar(20) NOT NULL,
    FOREIGN KEY (order_id) REFERENCES business.orders (order_id)
)
GO
CREATE TABLE business.shipment_lines (
    shipment_id nvarchar(20) NOT NULL,
    line_no     int NOT NULL,
    quantity    int NOT NULL,
    PRIMARY KEY (shipment_id, line_no),
    FOREIGN KEY (shipment_id) REFERENCES business.shipments (shipment_id)
)
GO

-- Support -------------------------------------------------------------------------------------------------------------

CREATE TABLE business.response_targets (
    priority     nvarchar(20) PRIMARY KEY,
    answer_hours int NOT NULL,
    solve_hours  int NOT NULL
)
GO
-- How the mood and the urgency of a ticket are read.
CREATE TABLE business.phrases (
    kind   nvarchar(20) NOT NULL CHECK (kind IN (N'safety', N'anger', N'urgency', N'thanks')),
    phrase nvarchar(100) NOT NULL,
    PRIMARY KEY (kind, phrase)
)
GO
CREATE TABLE business.tickets (
    ticket_id    nvarchar(20) PRIMARY KEY,
    customer_id  nvarchar(20) NOT NULL,
    order_id     nvarchar(20),
    product_id   nvarchar(20) NOT NULL,
    category     nvarchar(50) NOT NULL,
    priority     nvarchar(20) NOT NULL,
    status       nvarchar(30) NOT NULL CHECK (status IN (N'Open', N'Waiting for customer', N'Solved')),
    subject      nvarchar(200) NOT NULL,
    opened_at    datetime2(0) NOT NULL,
    solved_at    datetime2(0),
    solution     nvarchar(200),
    satisfaction int CHECK (satisfaction BETWEEN 1 AND 5),
    FOREIGN KEY (customer_id) REFERENCES business.customers (customer_id),
    FOREIGN KEY (product_id) REFERENCES business.products (product_id),
    FOREIGN KEY (priority) REFERENCES business.response_targets (priority)
)
GO
CREATE TABLE business.ticket_messages (
    ticket_id   nvarchar(20) NOT NULL,
    message_no  int NOT NULL,
    written_at  datetime2(0) NOT NULL,
    author_role nvarchar(20) NOT NULL CHECK (author_role IN (N'customer', N'agent')),
    author_name nvarchar(100) NOT NULL,
    message     nvarchar(max) NOT NULL,
    PRIMARY KEY (ticket_id, message_no),
    FOREIGN KEY (ticket_id) REFERENCES business.tickets (ticket_id)
)
GO
-- The words that tell what a ticket is about: similar tickets share many of them.
CREATE TABLE business.ticket_words (
    ticket_id nvarchar(20) NOT NULL,
    word      nvarchar(50) NOT NULL,
    PRIMARY KEY (ticket_id, word),
    FOREIGN KEY (ticket_id) REFERENCES business.tickets (ticket_id)
)
GO

-- Finance -------------------------------------------------------------------------------------------------------------

CREATE TABLE business.cost_centres (
    cost_centre_id nvarchar(20) PRIMARY KEY,
    name           nvarchar(100) NOT NULL,
    manager        nvarchar(100) NOT NULL
)
GO
CREATE TABLE business.budgets (
    cost_centre_id nvarchar(20) NOT NULL,
    month          date NOT NULL,
    account        nvarchar(50) NOT NULL,
    budget_eur     decimal(12, 2) NOT NULL,
    PRIMARY KEY (cost_centre_id, month, account),
    FOREIGN KEY (cost_centre_id) REFERENCES business.cost_centres (cost_centre_id)
)
GO
CREATE TABLE business.postings (
    posting_id     nvarchar(20) PRIMARY KEY,
    cost_centre_id nvarchar(20) NOT NULL,
    posted_on      date NOT NULL,
    account        nvarchar(50) NOT NULL,
    supplier       nvarchar(100) NOT NULL,
    description    nvarchar(200) NOT NULL,
    amount_eur     decimal(12, 2) NOT NULL,
    FOREIGN KEY (cost_centre_id) REFERENCES business.cost_centres (cost_centre_id)
)
GO

-- Clinic --------------------------------------------------------------------------------------------------------------

CREATE TABLE business.patients (
    patient_id       nvarchar(20) PRIMARY KEY,
    name             nvarchar(100) NOT NULL,
    sex              nvarchar(20) NOT NULL,
    born_on          date NOT NULL,
    ssn              nvarchar(20) NOT NULL,
    insurance_number nvarchar(20) NOT NULL,
    phone            nvarchar(50) NOT NULL,
    email            nvarchar(200) NOT NULL,
    street           nvarchar(100) NOT NULL,
    postcode         nvarchar(20) NOT NULL,
    city             nvarchar(50) NOT NULL,
    smoker           bit NOT NULL,
    registered_on    date NOT NULL
)
GO
CREATE TABLE business.conditions (
    patient_id nvarchar(20) NOT NULL,
    condition  nvarchar(100) NOT NULL,
    since      date NOT NULL,
    PRIMARY KEY (patient_id, condition),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
GO
CREATE TABLE business.visits (
    visit_id   nvarchar(20) PRIMARY KEY,
    patient_id nvarchar(20) NOT NULL,
    visited_on date NOT NULL,
    department nvarchar(50) NOT NULL,
    doctor     nvarchar(100) NOT NULL,
    reason     nvarchar(200) NOT NULL,
    note       nvarchar(max) NOT NULL,
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
GO
CREATE TABLE business.lab_tests (
    test           nvarchar(50) PRIMARY KEY,
    unit           nvarchar(20) NOT NULL,
    reference_low  decimal(10, 2) NOT NULL,
    reference_high decimal(10, 2) NOT NULL,
    critical_low   decimal(10, 2) NOT NULL,
    critical_high  decimal(10, 2) NOT NULL,
    worse          nvarchar(10) NOT NULL CHECK (worse IN (N'up', N'down'))
)
GO
CREATE TABLE business.labs (
    patient_id  nvarchar(20) NOT NULL,
    test        nvarchar(50) NOT NULL,
    measured_on date NOT NULL,
    value       decimal(10, 2) NOT NULL,
    PRIMARY KEY (patient_id, test, measured_on),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id),
    FOREIGN KEY (test) REFERENCES business.lab_tests (test)
)
GO
CREATE TABLE business.substances (
    medication   nvarchar(50) PRIMARY KEY,
    drug_class   nvarchar(50) NOT NULL,
    max_daily_mg decimal(10, 2) NOT NULL
)
GO
CREATE TABLE business.medications (
    patient_id     nvarchar(20) NOT NULL,
    medication     nvarchar(50) NOT NULL,
    dose_mg        decimal(10, 2) NOT NULL,
    times_per_day  int NOT NULL,
    started_on     date NOT NULL,
    ended_on       date,
    prescribed_for nvarchar(100) NOT NULL,
    PRIMARY KEY (patient_id, medication, started_on),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id),
    FOREIGN KEY (medication) REFERENCES business.substances (medication)
)
GO
CREATE TABLE business.allergies (
    patient_id nvarchar(20) NOT NULL,
    allergen   nvarchar(50) NOT NULL,
    reaction   nvarchar(50) NOT NULL,
    severity   nvarchar(20) NOT NULL,
    noted_on   date NOT NULL,
    PRIMARY KEY (patient_id, allergen),
    FOREIGN KEY (patient_id) REFERENCES business.patients (patient_id)
)
GO
CREATE TABLE business.interactions (
    medication_a nvarchar(50) NOT NULL,
    medication_b nvarchar(50) NOT NULL,
    severity     nvarchar(20) NOT NULL,
    effect       nvarchar(200) NOT NULL,
    PRIMARY KEY (medication_a, medication_b)
)
GO
CREATE TABLE business.check_rules (
    because      nvarchar(100) NOT NULL,
    test         nvarchar(50) NOT NULL,
    every_months int NOT NULL,
    PRIMARY KEY (because, test)
)
GO

-- Contracts -----------------------------------------------------------------------------------------------------------

CREATE TABLE business.documents (
    document_id      nvarchar(20) PRIMARY KEY,
    title            nvarchar(100) NOT NULL,
    kind             nvarchar(50) NOT NULL,
    status           nvarchar(20) NOT NULL,
    owner            nvarchar(100) NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    renewal_months   int,
    notice_days      int NOT NULL,
    yearly_value_eur decimal(12, 2) NOT NULL,
    governing_law    nvarchar(50) NOT NULL
)
GO
CREATE TABLE business.document_versions (
    document_id nvarchar(20) NOT NULL,
    version     int NOT NULL,
    dated_on    date NOT NULL,
    change_note nvarchar(200) NOT NULL,
    PRIMARY KEY (document_id, version),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
GO
CREATE TABLE business.parties (
    document_id nvarchar(20) NOT NULL,
    party       nvarchar(100) NOT NULL,
    role        nvarchar(50) NOT NULL,
    country     nvarchar(50) NOT NULL,
    signatory   nvarchar(100) NOT NULL,
    signed_on   date NOT NULL,
    PRIMARY KEY (document_id, role),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
GO
CREATE TABLE business.clauses (
    document_id nvarchar(20) NOT NULL,
    version     int NOT NULL,
    clause_no   int NOT NULL,
    clause_type nvarchar(50) NOT NULL,
    variant     nvarchar(50) NOT NULL,
    figure      decimal(12, 0),
    unit        nvarchar(20),
    clause_text nvarchar(max) NOT NULL,
    PRIMARY KEY (document_id, version, clause_no),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
GO
-- Who must not see a document, as somebody on the other side of the deal. Names are those of the product's users.
CREATE TABLE business.information_barriers (
    document_id nvarchar(20) NOT NULL,
    username    nvarchar(100) NOT NULL,
    PRIMARY KEY (document_id, username),
    FOREIGN KEY (document_id) REFERENCES business.documents (document_id)
)
GO
-- Which sample data this is.
CREATE TABLE business.sample_version (version nvarchar(20) PRIMARY KEY)
GO
