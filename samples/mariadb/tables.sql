-- The tables of the sample business for MariaDB 10.6+ and MySQL 8. Statements end with a line of two slashes.
-- Run by `python -m core samples load`, in a database that it has made and chosen.

-- "Today" for every procedure, so that a record always reads the same.
CREATE TABLE calendar (as_of date PRIMARY KEY)
//

-- Sales ---------------------------------------------------------------------------------------------------------------

CREATE TABLE products (
    product_id       varchar(20) PRIMARY KEY,
    name             varchar(100) NOT NULL,
    category         varchar(50) NOT NULL,
    list_price_eur   decimal(12, 2) NOT NULL,
    in_stock         integer NOT NULL,
    next_delivery_on date
)
//
CREATE TABLE customers (
    customer_id        varchar(20) PRIMARY KEY,
    name               varchar(100) NOT NULL,
    industry           varchar(50) NOT NULL,
    segment            varchar(50) NOT NULL,
    city               varchar(50) NOT NULL,
    country            varchar(50) NOT NULL,
    contact_name       varchar(100) NOT NULL,
    email              varchar(200) NOT NULL,
    phone              varchar(50) NOT NULL,
    account_manager    varchar(100) NOT NULL,
    customer_since     date NOT NULL,
    payment_terms_days integer NOT NULL,
    credit_limit_eur   decimal(12, 2) NOT NULL
)
//
CREATE TABLE orders (
    order_id           varchar(20) PRIMARY KEY,
    customer_id        varchar(20) NOT NULL,
    ordered_on         date NOT NULL,
    requested_on       date NOT NULL,
    status             varchar(20) NOT NULL CHECK (status IN ('Open', 'Shipped', 'Delivered', 'Returned', 'Cancelled')),
    deliver_to_city    varchar(50) NOT NULL,
    deliver_to_country varchar(50) NOT NULL,
    total_eur          decimal(12, 2) NOT NULL,
    paid_on            date,
    FOREIGN KEY (customer_id) REFERENCES customers (customer_id)
)
//
CREATE TABLE order_lines (
    order_id       varchar(20) NOT NULL,
    line_no        integer NOT NULL,
    product_id     varchar(20) NOT NULL,
    quantity       integer NOT NULL,
    unit_price_eur decimal(12, 2) NOT NULL,
    line_total_eur decimal(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id) REFERENCES orders (order_id),
    FOREIGN KEY (product_id) REFERENCES products (product_id)
)
//
CREATE TABLE shipments (
    shipment_id     varchar(20) PRIMARY KEY,
    order_id        varchar(20) NOT NULL,
    shipped_on      date NOT NULL,
    delivered_on    date,
    carrier         varchar(50) NOT NULL,
    tracking_number varchar(50) NOT NULL,
    warehouse       varchar(20) NOT NULL,
    FOREIGN KEY (order_id) REFERENCES orders (order_id)
)
//
CREATE TABLE shipment_lines (
    shipment_id varchar(20) NOT NULL,
    line_no     integer NOT NULL,
    quantity    integer NOT NULL,
    PRIMARY KEY (shipment_id, line_no),
    FOREIGN KEY (shipment_id) REFERENCES shipments (shipment_id)
)
//

-- Support -------------------------------------------------------------------------------------------------------------

CREATE TABLE response_targets (
    priority     varchar(20) PRIMARY KEY,
    answer_hours integer NOT NULL,
    solve_hours  integer NOT NULL
)
//
-- How the mood and the urgency of a ticket are read.
CREATE TABLE phrases (
    kind   varchar(20) NOT NULL CHECK (kind IN ('safety', 'anger', 'urgency', 'thanks')),
    phrase varchar(100) NOT NULL,
    PRIMARY KEY (kind, phrase)
)
//
CREATE TABLE tickets (
    ticket_id    varchar(20) PRIMARY KEY,
    customer_id  varchar(20) NOT NULL,
    order_id     varchar(20),
    product_id   varchar(20) NOT NULL,
    category     varchar(50) NOT NULL,
    priority     varchar(20) NOT NULL,
    status       varchar(30) NOT NULL CHECK (status IN ('Open', 'Waiting for customer', 'Solved')),
    subject      varchar(200) NOT NULL,
    opened_at    datetime NOT NULL,
    solved_at    datetime,
    solution     varchar(200),
    satisfaction integer CHECK (satisfaction BETWEEN 1 AND 5),
    FOREIGN KEY (customer_id) REFERENCES customers (customer_id),
    FOREIGN KEY (product_id) REFERENCES products (product_id),
    FOREIGN KEY (priority) REFERENCES response_targets (priority)
)
//
CREATE TABLE ticket_messages (
    ticket_id   varchar(20) NOT NULL,
    message_no  integer NOT NULL,
    written_at  datetime NOT NULL,
    author_role varchar(20) NOT NULL CHECK (author_role IN ('customer', 'agent')),
    author_name varchar(100) NOT NULL,
    message     text NOT NULL,
    PRIMARY KEY (ticket_id, message_no),
    FOREIGN KEY (ticket_id) REFERENCES tickets (ticket_id)
)
//
-- The words that tell what a ticket is about: similar tickets share many of them.
CREATE TABLE ticket_words (
    ticket_id varchar(20) NOT NULL,
    word      varchar(50) NOT NULL,
    PRIMARY KEY (ticket_id, word),
    FOREIGN KEY (ticket_id) REFERENCES tickets (ticket_id)
)
//

-- Finance -------------------------------------------------------------------------------------------------------------

CREATE TABLE cost_centres (
    cost_centre_id varchar(20) PRIMARY KEY,
    name           varchar(100) NOT NULL,
    manager        varchar(100) NOT NULL
)
//
CREATE TABLE budgets (
    cost_centre_id varchar(20) NOT NULL,
    month          date NOT NULL,
    account        varchar(50) NOT NULL,
    budget_eur     decimal(12, 2) NOT NULL,
    PRIMARY KEY (cost_centre_id, month, account),
    FOREIGN KEY (cost_centre_id) REFERENCES cost_centres (cost_centre_id)
)
//
CREATE TABLE postings (
    posting_id     varchar(20) PRIMARY KEY,
    cost_centre_id varchar(20) NOT NULL,
    posted_on      date NOT NULL,
    account        varchar(50) NOT NULL,
    supplier       varchar(100) NOT NULL,
    description    varchar(200) NOT NULL,
    amount_eur     decimal(12, 2) NOT NULL,
    FOREIGN KEY (cost_centre_id) REFERENCES cost_centres (cost_centre_id)
)
//

-- Clinic --------------------------------------------------------------------------------------------------------------

CREATE TABLE patients (
    patient_id       varchar(20) PRIMARY KEY,
    name             varchar(100) NOT NULL,
    sex              varchar(20) NOT NULL,
    born_on          date NOT NULL,
    ssn              varchar(20) NOT NULL,
    insurance_number varchar(20) NOT NULL,
    phone            varchar(50) NOT NULL,
    email            varchar(200) NOT NULL,
    street           varchar(100) NOT NULL,
    postcode         varchar(20) NOT NULL,
    city             varchar(50) NOT NULL,
    smoker           boolean NOT NULL,
    registered_on    date NOT NULL
)
//
CREATE TABLE conditions (
    patient_id  varchar(20) NOT NULL,
    `condition` varchar(100) NOT NULL,
    since       date NOT NULL,
    PRIMARY KEY (patient_id, `condition`),
    FOREIGN KEY (patient_id) REFERENCES patients (patient_id)
)
//
CREATE TABLE visits (
    visit_id   varchar(20) PRIMARY KEY,
    patient_id varchar(20) NOT NULL,
    visited_on date NOT NULL,
    department varchar(50) NOT NULL,
    doctor     varchar(100) NOT NULL,
    reason     varchar(200) NOT NULL,
    note       text NOT NULL,
    FOREIGN KEY (patient_id) REFERENCES patients (patient_id)
)
//
CREATE TABLE lab_tests (
    test           varchar(50) PRIMARY KEY,
    unit           varchar(20) NOT NULL,
    reference_low  decimal(10, 2) NOT NULL,
    reference_high decimal(10, 2) NOT NULL,
    critical_low   decimal(10, 2) NOT NULL,
    critical_high  decimal(10, 2) NOT NULL,
    worse          varchar(10) NOT NULL CHECK (worse IN ('up', 'down'))
)
//
CREATE TABLE labs (
    patient_id  varchar(20) NOT NULL,
    test        varchar(50) NOT NULL,
    measured_on date NOT NULL,
    value       decimal(10, 2) NOT NULL,
    PRIMARY KEY (patient_id, test, measured_on),
    FOREIGN KEY (patient_id) REFERENCES patients (patient_id),
    FOREIGN KEY (test) REFERENCES lab_tests (test)
)
//
CREATE TABLE substances (
    medication   varchar(50) PRIMARY KEY,
    drug_class   varchar(50) NOT NULL,
    max_daily_mg decimal(10, 2) NOT NULL
)
//
CREATE TABLE medications (
    patient_id     varchar(20) NOT NULL,
    medication     varchar(50) NOT NULL,
    dose_mg        decimal(10, 2) NOT NULL,
    times_per_day  integer NOT NULL,
    started_on     date NOT NULL,
    ended_on       date,
    prescribed_for varchar(100) NOT NULL,
    PRIMARY KEY (patient_id, medication, started_on),
    FOREIGN KEY (patient_id) REFERENCES patients (patient_id),
    FOREIGN KEY (medication) REFERENCES substances (medication)
)
//
CREATE TABLE allergies (
    patient_id varchar(20) NOT NULL,
    allergen   varchar(50) NOT NULL,
    reaction   varchar(50) NOT NULL,
    severity   varchar(20) NOT NULL,
    noted_on   date NOT NULL,
    PRIMARY KEY (patient_id, allergen),
    FOREIGN KEY (patient_id) REFERENCES patients (patient_id)
)
//
CREATE TABLE interactions (
    medication_a varchar(50) NOT NULL,
    medication_b varchar(50) NOT NULL,
    severity     varchar(20) NOT NULL,
    effect       varchar(200) NOT NULL,
    PRIMARY KEY (medication_a, medication_b)
)
//
CREATE TABLE check_rules (
    because      varchar(100) NOT NULL,
    test         varchar(50) NOT NULL,
    every_months integer NOT NULL,
    PRIMARY KEY (because, test)
)
//

-- Contracts -----------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
    document_id      varchar(20) PRIMARY KEY,
    title            varchar(100) NOT NULL,
    kind             varchar(50) NOT NULL,
    status           varchar(20) NOT NULL,
    owner            varchar(100) NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    renewal_months   integer,
    notice_days      integer NOT NULL,
    yearly_value_eur decimal(12, 2) NOT NULL,
    governing_law    varchar(50) NOT NULL
)
//
CREATE TABLE document_versions (
    document_id varchar(20) NOT NULL,
    version     integer NOT NULL,
    dated_on    date NOT NULL,
    change_note varchar(200) NOT NULL,
    PRIMARY KEY (document_id, version),
    FOREIGN KEY (document_id) REFERENCES documents (document_id)
)
//
CREATE TABLE parties (
    document_id varchar(20) NOT NULL,
    party       varchar(100) NOT NULL,
    role        varchar(50) NOT NULL,
    country     varchar(50) NOT NULL,
    signatory   varchar(100) NOT NULL,
    signed_on   date NOT NULL,
    PRIMARY KEY (document_id, role),
    FOREIGN KEY (document_id) REFERENCES documents (document_id)
)
//
CREATE TABLE clauses (
    document_id varchar(20) NOT NULL,
    version     integer NOT NULL,
    clause_no   integer NOT NULL,
    clause_type varchar(50) NOT NULL,
    variant     varchar(50) NOT NULL,
    figure      decimal(12, 0),
    unit        varchar(20),
    clause_text text NOT NULL,
    PRIMARY KEY (document_id, version, clause_no),
    FOREIGN KEY (document_id) REFERENCES documents (document_id)
)
//
-- Who must not see a document, as somebody on the other side of the deal. Names are those of the product's users.
CREATE TABLE information_barriers (
    document_id varchar(20) NOT NULL,
    username    varchar(100) NOT NULL,
    PRIMARY KEY (document_id, username),
    FOREIGN KEY (document_id) REFERENCES documents (document_id)
)
//
-- Which sample data this is.
CREATE TABLE sample_version (version varchar(20) PRIMARY KEY)
//
