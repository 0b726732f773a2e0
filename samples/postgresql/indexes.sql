-- After the data is in: faster than keeping the indexes while it comes.

CREATE INDEX orders_of_customer ON business.orders (customer_id, ordered_on);
CREATE INDEX ON business.orders (ordered_on);
CREATE INDEX ON business.order_lines (product_id);
CREATE INDEX ON business.shipments (order_id);
CREATE INDEX tickets_of_customer ON business.tickets (customer_id, opened_at);
CREATE INDEX ON business.tickets (product_id, opened_at);
CREATE INDEX ON business.ticket_words (word);
CREATE INDEX ON business.postings (cost_centre_id, posted_on);
CREATE INDEX ON business.visits (patient_id, visited_on);

-- What is read of one customer lies together, not on as many pages as it has rows.
CLUSTER business.orders USING orders_of_customer;
CLUSTER business.tickets USING tickets_of_customer;

ANALYZE business.customers, business.products, business.orders, business.order_lines, business.shipments,
        business.shipment_lines, business.tickets, business.ticket_messages, business.ticket_words, business.postings,
        business.budgets, business.labs, business.medications, business.clauses, business.documents;
