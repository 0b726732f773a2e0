-- The tables of the sample business. Loaded by samples.load(); the data comes by COPY.

CREATE SCHEMA business;
COMMENT ON SCHEMA business IS 'An invented business for trying Record Analyst. No person or company in it exists.';
SET LOCAL search_path = business, pg_temp;

-- "Today" for every procedure, so that a record always reads the same.
CREATE TABLE calendar (as_of date PRIMARY KEY);

-- Sales ---------------------------------------------------------------------------------------------------------------

CREATE TABLE products (
    product_id       text PRIMARY KEY,
    name             text NOT NULL,
    category         text NOT NULL,
    list_price_eur   numeric(12, 2) NOT NULL,
    in_stock         integer NOT NULL,
    next_delivery_on date
);

CREATE TABLE customers (
    customer_id        text PRIMARY KEY,
    name               text NOT NULL,
    industry           text NOT NULL,
    segment            text NOT NULL,
    city               text NOT NULL,
    country            text NOT NULL,
    contact_name       text NOT NULL,
    email              text NOT NULL,
    phone              text NOT NULL,
    account_manager    text NOT NULL,
    customer_since     date NOT NULL,
    payment_terms_days integer NOT NULL,
    credit_limit_eur   numeric(12, 2) NOT NULL
);

CREATE TABLE orders (
    order_id           text PRIMARY KEY,
    customer_id        text NOT NULL REFERENCES customers,
    ordered_on         date NOT NULL,
    requested_on       date NOT NULL,
    status             text NOT NULL CHECK (status IN ('Open', 'Shipped', 'Delivered', 'Returned', 'Cancelled')),
    deliver_to_city    text NOT NULL,
    deliver_to_country text NOT NULL,
    total_eur          numeric(12, 2) NOT NULL,
    paid_on            date
);

CREATE TABLE order_lines (
    order_id       text NOT NULL REFERENCES orders,
    line_no        integer NOT NULL,
    product_id     text NOT NULL REFERENCES products,
    quantity       integer NOT NULL,
    unit_price_eur numeric(12, 2) NOT NULL,
    line_total_eur numeric(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE shipments (
    shipment_id     text PRIMARY KEY,
    order_id        text NOT NULL REFERENCES orders,
    shipped_on      date NOT NULL,
    delivered_on    date,
    carrier         text NOT NULL,
    tracking_number text NOT NULL,
    warehouse       text NOT NULL
);

CREATE TABLE shipment_lines (
    shipment_id text NOT NULL REFERENCES shipments,
    line_no     integer NOT NULL,
    quantity    integer NOT NULL,
    PRIMARY KEY (shipment_id, line_no)
);

-- Support -------------------------------------------------------------------------------------------------------------

CREATE TABLE response_targets (
    priority     text PRIMARY KEY,
    answer_hours integer NOT NULL,
    solve_hours  integer NOT NULL
);

-- How the mood and the urgency of a ticket are read.
CREATE TABLE phrases (
    kind   text NOT NULL CHECK (kind IN ('safety', 'anger', 'urgency', 'thanks')),
    phrase text NOT NULL,
    PRIMARY KEY (kind, phrase)
);

CREATE TABLE tickets (
    ticket_id    text PRIMARY KEY,
    customer_id  text NOT NULL REFERENCES customers,
    order_id     text REFERENCES orders,
    product_id   text NOT NULL REFERENCES products,
    category     text NOT NULL,
    priority     text NOT NULL REFERENCES response_targets,
    status       text NOT NULL CHECK (status IN ('Open', 'Waiting for customer', 'Solved')),
    subject      text NOT NULL,
    opened_at    timestamp NOT NULL,
    solved_at    timestamp,
    solution     text,
    satisfaction integer CHECK (satisfaction BETWEEN 1 AND 5)
);

CREATE TABLE ticket_messages (
    ticket_id   text NOT NULL REFERENCES tickets,
    message_no  integer NOT NULL,
    written_at  timestamp NOT NULL,
    author_role text NOT NULL CHECK (author_role IN ('customer', 'agent')),
    author_name text NOT NULL,
    message     text NOT NULL,
    PRIMARY KEY (ticket_id, message_no)
);

-- The words that tell what a ticket is about: similar tickets share many of them.
CREATE TABLE ticket_words (
    ticket_id text NOT NULL REFERENCES tickets,
    word      text NOT NULL,
    PRIMARY KEY (ticket_id, word)
);

-- Finance -------------------------------------------------------------------------------------------------------------

CREATE TABLE cost_centres (
    cost_centre_id text PRIMARY KEY,
    name           text NOT NULL,
    manager        text NOT NULL
);

CREATE TABLE budgets (
    cost_centre_id text NOT NULL REFERENCES cost_centres,
    month          date NOT NULL,
    account        text NOT NULL,
    budget_eur     numeric(12, 2) NOT NULL,
    PRIMARY KEY (cost_centre_id, month, account)
);

CREATE TABLE postings (
    posting_id     text PRIMARY KEY,
    cost_centre_id text NOT NULL REFERENCES cost_centres,
    posted_on      date NOT NULL,
    account        text NOT NULL,
    supplier       text NOT NULL,
    description    text NOT NULL,
    amount_eur     numeric(12, 2) NOT NULL
);

-- Clinic --------------------------------------------------------------------------------------------------------------

CREATE TABLE patients (
    patient_id       text PRIMARY KEY,
    name             text NOT NULL,
    sex              text NOT NULL,
    born_on          date NOT NULL,
    ssn              text NOT NULL,
    insurance_number text NOT NULL,
    phone            text NOT NULL,
    email            text NOT NULL,
    street           text NOT NULL,
    postcode         text NOT NULL,
    city             text NOT NULL,
    smoker           boolean NOT NULL,
    registered_on    date NOT NULL
);

CREATE TABLE conditions (
    patient_id text NOT NULL REFERENCES patients,
    condition  text NOT NULL,
    since      date NOT NULL,
    PRIMARY KEY (patient_id, condition)
);

CREATE TABLE visits (
    visit_id   text PRIMARY KEY,
    patient_id text NOT NULL REFERENCES patients,
    visited_on date NOT NULL,
    department text NOT NULL,
    doctor     text NOT NULL,
    reason     text NOT NULL,
    note       text NOT NULL
);

CREATE TABLE lab_tests (
    test           text PRIMARY KEY,
    unit           text NOT NULL,
    reference_low  numeric NOT NULL,
    reference_high numeric NOT NULL,
    critical_low   numeric NOT NULL,
    critical_high  numeric NOT NULL,
    worse          text NOT NULL CHECK (worse IN ('up', 'down'))
);

CREATE TABLE labs (
    patient_id  text NOT NULL REFERENCES patients,
    test        text NOT NULL REFERENCES lab_tests,
    measured_on date NOT NULL,
    value       numeric NOT NULL,
    PRIMARY KEY (patient_id, test, measured_on)
);

CREATE TABLE substances (
    medication   text PRIMARY KEY,
    drug_class   text NOT NULL,
    max_daily_mg numeric NOT NULL
);

CREATE TABLE medications (
    patient_id     text NOT NULL REFERENCES patients,
    medication     text NOT NULL REFERENCES substances,
    dose_mg        numeric NOT NULL,
    times_per_day  integer NOT NULL,
    started_on     date NOT NULL,
    ended_on       date,
    prescribed_for text NOT NULL,
    PRIMARY KEY (patient_id, medication, started_on)
);

CREATE TABLE allergies (
    patient_id text NOT NULL REFERENCES patients,
    allergen   text NOT NULL,
    reaction   text NOT NULL,
    severity   text NOT NULL,
    noted_on   date NOT NULL,
    PRIMARY KEY (patient_id, allergen)
);

CREATE TABLE interactions (
    medication_a text NOT NULL REFERENCES substances,
    medication_b text NOT NULL REFERENCES substances,
    severity     text NOT NULL,
    effect       text NOT NULL,
    PRIMARY KEY (medication_a, medication_b)
);

CREATE TABLE check_rules (
    because      text NOT NULL,
    test         text NOT NULL REFERENCES lab_tests,
    every_months integer NOT NULL,
    PRIMARY KEY (because, test)
);

-- Contracts -----------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
    document_id      text PRIMARY KEY,
    title            text NOT NULL,
    kind             text NOT NULL,
    status           text NOT NULL,
    owner            text NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    renewal_months   integer,
    notice_days      integer NOT NULL,
    yearly_value_eur numeric(12, 2) NOT NULL,
    governing_law    text NOT NULL
);

CREATE TABLE document_versions (
    document_id text NOT NULL REFERENCES documents,
    version     integer NOT NULL,
    dated_on    date NOT NULL,
    change_note text NOT NULL,
    PRIMARY KEY (document_id, version)
);

CREATE TABLE parties (
    document_id text NOT NULL REFERENCES documents,
    party       text NOT NULL,
    role        text NOT NULL,
    country     text NOT NULL,
    signatory   text NOT NULL,
    signed_on   date NOT NULL,
    PRIMARY KEY (document_id, role)
);

CREATE TABLE clauses (
    document_id text NOT NULL REFERENCES documents,
    version     integer NOT NULL,
    clause_no   integer NOT NULL,
    clause_type text NOT NULL,
    variant     text NOT NULL,
    figure      numeric,
    unit        text,
    clause_text text NOT NULL,
    PRIMARY KEY (document_id, version, clause_no)
);

-- Who must not see a document, as somebody on the other side of the deal. Names are those of the product's users.
CREATE TABLE information_barriers (
    document_id text NOT NULL REFERENCES documents,
    username    text NOT NULL,
    PRIMARY KEY (document_id, username)
);

-- Which sample data this is; samples.is_loaded() compares it.
CREATE TABLE sample_version (version text PRIMARY KEY);
