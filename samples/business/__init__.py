"""The invented business: everything in its tables, made from one seed. Same seed, same rows."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from samples.business import clinic, contracts, support
from samples.business.catalogue import products
from samples.business.customers import customers
from samples.business.finance import finance
from samples.business.sales import sales
from samples.business.tables import AS_OF, SEED, Table


class Calendar(NamedTuple):
    as_of: date


def build(seed: int = SEED) -> tuple[Table, ...]:
    """All tables in the order in which they can be loaded."""
    catalogue, usual = products(seed)
    people, habits = customers(seed, catalogue)
    sold = sales(seed, people, habits, catalogue, usual)
    helped = support.support(seed, people, catalogue, sold)
    money = finance(seed)
    health = clinic.clinic(seed)
    papers = contracts.contracts(seed)
    return tuple(
        Table.of(name, rows)
        for name, rows in (
            ("calendar", [Calendar(AS_OF)]),
            ("products", catalogue),
            ("customers", people),
            ("orders", sold.orders),
            ("order_lines", sold.lines),
            ("shipments", sold.shipments),
            ("shipment_lines", sold.shipment_lines),
            ("response_targets", support.targets()),
            ("phrases", support.phrases()),
            ("tickets", helped.tickets),
            ("ticket_messages", helped.messages),
            ("ticket_words", helped.words),
            ("cost_centres", money.cost_centres),
            ("budgets", money.budgets),
            ("postings", money.postings),
            ("patients", health.patients),
            ("conditions", health.conditions),
            ("visits", health.visits),
            ("lab_tests", clinic.lab_tests()),
            ("labs", health.labs),
            ("substances", clinic.substances()),
            ("medications", health.medications),
            ("allergies", health.allergies),
            ("interactions", clinic.interactions()),
            ("check_rules", clinic.check_rules()),
            ("documents", papers.documents),
            ("document_versions", papers.versions),
            ("parties", papers.parties),
            ("clauses", papers.clauses),
            ("information_barriers", contracts.barriers()),
        )
    )
