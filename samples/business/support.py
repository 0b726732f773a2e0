"""Tickets and their messages, with five tickets that need a careful reader."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from samples.business.catalogue import Product
from samples.business.customers import MANY_RETURNS, SLUMP, Customer
from samples.business.sales import Order, Sales
from samples.business.symptoms import GREETINGS, PHRASES, REPLIES, SYMPTOMS, THANKS, WAITING, Symptom
from samples.business.tables import AS_OF, stream

TICKETS = 2500
AGENTS = ("Tamara Olsen", "Ruben Novak", "Fiona Gallo", "Emeka Brandt", "Signe Tamm", "Pavel Ortega", "Mina Wexler")
TARGETS = (("Low", 24, 120), ("Normal", 8, 72), ("High", 4, 24), ("Urgent", 1, 8))
SLUMP_QUIET = date(2026, 2, 1)  # orders after this day lead to no other ticket
NOW = datetime.combine(AS_OF, time(18, 0))


class Ticket(NamedTuple):
    ticket_id: str
    customer_id: str
    order_id: str | None
    product_id: str
    category: str
    priority: str
    status: str
    subject: str
    opened_at: datetime
    solved_at: datetime | None
    solution: str | None
    satisfaction: int | None


class Message(NamedTuple):
    ticket_id: str
    message_no: int
    written_at: datetime
    author_role: str
    author_name: str
    message: str


class TicketWord(NamedTuple):
    ticket_id: str
    word: str


class ResponseTarget(NamedTuple):
    priority: str
    answer_hours: int
    solve_hours: int


class Phrase(NamedTuple):
    kind: str
    phrase: str


@dataclass
class Draft:
    """A ticket before it has a number. `said`: (hours after opening, role, name, text)."""

    customer_id: str
    order_id: str | None
    product_id: str
    category: str
    priority: str
    subject: str
    opened_at: datetime
    said: list[tuple[float, str, str, str]]
    status: str = "Solved"
    solution: str | None = None
    solved_after: float | None = None
    satisfaction: int | None = None


@dataclass(frozen=True)
class Support:
    tickets: list[Ticket]
    messages: list[Message]
    words: list[TicketWord]


IGNORED = {
    "about", "after", "again", "also", "although", "before", "because", "been", "could", "customer", "does", "each",
    "from", "have", "hello", "here", "into", "last", "like", "look", "many", "more", "morning", "month", "much",
    "once", "only", "order", "other", "please", "same", "says", "shows", "since", "still", "team", "that", "their",
    "them", "then", "there", "they", "this", "twice", "used", "very", "want", "week", "were", "what", "when", "where",
    "which", "with", "would", "your", "dear", "good", "support",
}  # fmt: skip


def words_of(text: str) -> set[str]:
    """The words that tell what a text is about: at least four letters, without order numbers."""
    return {word for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in IGNORED}


def _moment(rng: random.Random, day: date) -> datetime:
    return datetime.combine(day, time(rng.randrange(7, 18), rng.randrange(60), rng.randrange(60)))


def _fill(rng: random.Random, text: str, product: Product, order_id: str, opened: datetime) -> str:
    return text.format(
        product=product.name.split(",")[0],
        order=order_id,
        count=rng.randrange(2, 9),
        part=f"{rng.randrange(1000, 9999)}",
        day=(opened - timedelta(days=rng.randrange(1, 6))).strftime("%A"),
    )


def _befalls(symptom: Symptom, product: Product) -> bool:
    return product.category in symptom.kinds and any(word in product.name for word in symptom.only)


def _ordinary(rng: random.Random, order: Order, product: Product, contact: str, symptom: Symptom) -> Draft | None:
    """One ticket as most are: asked, answered, solved. None when it would be opened after today."""
    opened = _moment(rng, order.ordered_on + timedelta(days=rng.randrange(6, 75)))
    if opened > NOW - timedelta(hours=3):
        return None

    def fill(text: str) -> str:
        return _fill(rng, text, product, order.order_id, opened)

    agent = rng.choice(AGENTS)
    greeting = rng.choice(GREETINGS)
    priority = rng.choices((symptom.priority, "Normal"), (85, 15))[0]
    answer_after = rng.uniform(0.3, {"Low": 20.0, "Normal": 7.0, "High": 3.6, "Urgent": 0.9}[priority])
    solve_after = answer_after + rng.lognormvariate(
        {"Low": 2.6, "Normal": 3.0, "High": 2.7, "Urgent": 1.6}[priority], 0.7
    )
    draft = Draft(
        order.customer_id,
        order.order_id,
        product.product_id,
        symptom.category,
        priority,
        fill(rng.choice(symptom.subjects)),
        opened,
        [(0.0, "customer", contact, f"{greeting} {fill(rng.choice(symptom.openings))}".strip())],
    )
    draft.said.append((answer_after, "agent", agent, fill(rng.choice(symptom.answers))))
    if rng.random() < 0.6:
        later = answer_after + (solve_after - answer_after) * 0.4
        draft.said.append((later, "customer", contact, fill(rng.choice(REPLIES))))
    if opened + timedelta(hours=solve_after) < NOW and (opened < NOW - timedelta(days=12) or rng.random() < 0.5):
        weights = (6, 3, 1)[: len(symptom.solutions)]
        draft.solution = rng.choices(symptom.solutions, weights)[0]
        draft.solved_after = solve_after
        draft.satisfaction = rng.choices((None, 3, 4, 5), (35, 10, 30, 25))[0]
        draft.said.append((solve_after - 0.2, "agent", agent, f"{draft.solution}. Please tell us if anything is left."))
        if rng.random() < 0.5:
            draft.said.append((solve_after, "customer", contact, rng.choice(THANKS)))
    else:
        draft.said = [some for some in draft.said if opened + timedelta(hours=some[0]) < NOW]
        draft.status = "Waiting for customer" if draft.said[-1][1] == "agent" else "Open"
        if draft.status == "Open" and rng.random() < 0.2 and opened < NOW - timedelta(hours=30):
            draft.said.append((26.0, "customer", contact, rng.choice(WAITING)))
    return draft


def support(seed: int, customers: list[Customer], products: list[Product], sales: Sales) -> Support:
    rng = stream(seed, "tickets")
    contact = {customer.customer_id: customer.contact_name for customer in customers}
    by_id = {product.product_id: product for product in products}
    bought: dict[str, list[str]] = {}
    for line in sales.lines:
        bought.setdefault(line.order_id, []).append(line.product_id)
    planted = _planted(seed, customers, {product.name: product for product in products}, sales)
    drafts = list(planted)
    candidates = [order for order in sales.orders if order.customer_id != SLUMP or order.ordered_on < SLUMP_QUIET]
    while len(drafts) < TICKETS:
        order = rng.choice(candidates)
        product = by_id[rng.choice(bought[order.order_id])]
        symptom = rng.choice([some for some in SYMPTOMS if _befalls(some, product)])
        draft = _ordinary(rng, order, product, contact[order.customer_id], symptom)
        if draft:
            drafts.append(draft)
    drafts.sort(key=lambda draft: (draft.opened_at, draft.customer_id))
    found = Support([], [], [])
    for number, draft in enumerate(drafts, 1):
        _write(found, f"TKT-{number:04d}", draft, by_id[draft.product_id])
    return found


def _write(found: Support, ticket_id: str, draft: Draft, product: Product) -> None:
    solved_at = draft.opened_at + timedelta(hours=draft.solved_after) if draft.solved_after else None
    found.tickets.append(
        Ticket(
            ticket_id,
            draft.customer_id,
            draft.order_id,
            draft.product_id,
            draft.category,
            draft.priority,
            draft.status,
            draft.subject,
            draft.opened_at,
            solved_at.replace(microsecond=0) if solved_at else None,
            draft.solution,
            draft.satisfaction,
        )
    )
    for number, (hours, role, name, text) in enumerate(draft.said, 1):
        written_at = (draft.opened_at + timedelta(hours=hours)).replace(microsecond=0)
        found.messages.append(Message(ticket_id, number, written_at, role, name, text))
    about = words_of(f"{draft.subject} {draft.said[0][3]}") - words_of(product.name)
    found.words.extend(TicketWord(ticket_id, word) for word in sorted(about))


def _planted(seed: int, customers: list[Customer], by_name: dict[str, Product], sales: Sales) -> list[Draft]:
    """The tickets of the findings in samples/findings.py."""
    rng = stream(seed, "planted tickets")
    contact = {customer.customer_id: customer.contact_name for customer in customers}

    def order_before(customer_id: str, day: date) -> str:
        return [o.order_id for o in sales.orders if o.customer_id == customer_id and o.ordered_on < day][-1]

    def asked(
        customer_id: str,
        product: str,
        category: str,
        priority: str,
        subject: str,
        opened: datetime,
        *said: tuple[float, str],
    ) -> Draft:
        """`said`: hours after opening and text; a text that begins with "> " is an agent's."""
        agent = rng.choice(AGENTS)
        texts = [
            (hours, "agent", agent, text[2:])
            if text.startswith("> ")
            else (hours, "customer", contact[customer_id], text)
            for hours, text in said
        ]
        status = "Waiting for customer" if texts[-1][1] == "agent" else "Open"
        order_id = order_before(customer_id, opened.date())
        return Draft(
            customer_id, order_id, by_name[product].product_id, category, priority, subject, opened, texts, status
        )

    drafts: list[Draft] = []

    # The customer whose orders fall: a fault that nobody solves.
    drafts.append(
        asked(
            SLUMP,
            "Gyra 24R refrigerated centrifuge",
            "Fault",
            "High",
            "Gyra 24R stops with imbalance alarm, no repair in sight",
            datetime.fromisoformat("2026-04-14 09:12:40"),
            (
                0.0,
                "Good morning, our Gyra 24R stops with an imbalance alarm in every second run above 9000 rpm. Work "
                "has stopped "
                "in our second lab.",
            ),
            (
                5.2,
                "> Please do not run it above 6000 rpm. We are ordering new motor mounts and will send a technician.",
            ),
            (242.0, "No technician came and nobody called. We now send our samples to another lab."),
            (990.0, "This is unacceptable. Six weeks with no repair. We have begun to look for another supplier."),
        )
    )

    # Safety words in a ticket of low priority.
    drafts.append(
        asked(
            "CUST-0058",
            "Calida 110 CO2 incubator",
            "Question",
            "Low",
            "Question about the Calida 110 in room 4",
            datetime.fromisoformat("2026-10-28 15:41:05"),
            (
                0.0,
                "Hello, a small question about our Calida 110. Since Tuesday there is a burning smell at the back, "
                "and this "
                "morning we saw a little smoke near the power inlet. It still heats, so we left it on. Is that normal?",
            ),
        )
    )

    # Filed under billing, in truth a faulty pump.
    drafts.append(
        asked(
            "CUST-0127",
            "Aqua M1 water analyser",
            "Billing",
            "Low",
            "Invoice for wasted reagents, flow error E-31",
            datetime.fromisoformat("2026-10-26 10:05:12"),
            (
                0.0,
                "Please credit the reagents we lost. The pump of the Aqua M1 stops in the middle of a series with "
                "flow error "
                "E-31, it draws air, the pump rattles, and restarting helps for an hour or so. Three series were lost.",
            ),
            (6.0, "> We have passed your wish for a credit to our accounts department."),
            (27.5, "Thank you, but the pump still stops. What shall we do about E-31?"),
        )
    )

    # A cluster: the gateway after an update.
    some = [customer.customer_id for customer in customers[200:260]]
    symptom = next(some for some in SYMPTOMS if some.name == "connection")
    gateway = by_name["Spectra Connect gateway"]
    for number in range(13):
        opened = datetime.fromisoformat("2026-10-08 08:20:30") + timedelta(days=number * 1.6, hours=rng.uniform(0, 6))
        opened = opened.replace(microsecond=0)
        opening = _fill(rng, rng.choice(symptom.openings), gateway, "", opened)
        draft = asked(
            some[number],
            gateway.name,
            "Software",
            "Normal",
            _fill(rng, rng.choice(symptom.subjects), gateway, "", opened),
            opened,
            (0.0, f"{rng.choice(GREETINGS)} {opening} It began after the update to firmware 4.2.1.".strip()),
            (rng.uniform(1, 6), "> Which version do you see under About, and did it begin after an update?"),
        )
        if number in (1, 2, 4, 5, 7):
            draft.status, draft.solution = "Solved", "Set the session timeout of the gateway to 12 hours"
            draft.solved_after, draft.satisfaction = rng.uniform(20, 60), 4
            draft.said.append(
                (
                    draft.solved_after - 0.5,
                    "agent",
                    rng.choice(AGENTS),
                    f"{draft.solution}. The new firmware had put it back.",
                )
            )
        drafts.append(draft)

    # Angry and unanswered for nine days.
    drafts.append(
        asked(
            "CUST-0271",
            "Gyra 60 floor centrifuge",
            "Fault",
            "Normal",
            "Gyra 60 vibrates, no answer from you",
            datetime.fromisoformat("2026-10-21 08:32:18"),
            (
                0.0,
                "Our Gyra 60 vibrates strongly above 9000 rpm and stops with an imbalance alarm, also with a "
                "balanced load.",
            ),
            (1.5, "> Thank you, we will look into it and call you today."),
            (52.0, "Nobody called. Please tell us what to do, we have an audit on 4 November."),
            (121.0, "This is the third time I write. Nobody answers. We are very disappointed."),
            (216.0, "Nine days. This is unacceptable, and I will complain to your management."),
        )
    )

    # The same fault for the third time at one customer; earlier fixes were resets.
    for day, hours in ((date(2026, 6, 9), 22.0), (date(2026, 8, 4), 18.5)):
        draft = asked(
            "CUST-0366",
            "Aqua M1 water analyser",
            "Fault",
            "High",
            "Flow error E-31 on Aqua M1",
            datetime.combine(day, time(9, 47, 3)),
            (
                0.0,
                "Flow error E-31: the pump of the Aqua M1 stops in the middle of a series. Restarting helps for an "
                "hour.",
            ),
            (2.0, "> Please check the inlet for bubbles and tell us the serial number of the pump head."),
            (hours - 0.2, "> Reset the pump and flushed the tubing. Please tell us if anything is left."),
        )
        draft.status, draft.solution, draft.solved_after, draft.satisfaction = (
            "Solved",
            "Reset the pump and flushed the tubing",
            hours,
            3,
        )
        drafts.append(draft)
    drafts.append(
        asked(
            "CUST-0366",
            "Aqua M1 water analyser",
            "Fault",
            "High",
            "Flow error E-31 on Aqua M1 is back",
            datetime.fromisoformat("2026-10-29 09:03:55"),
            (
                0.0,
                "Flow error E-31 is back: the pump of the Aqua M1 stops in the middle of a series and draws air "
                "instead of "
                "sample. Restarting helps for an hour. The resets of June and August did not last.",
            ),
            (2.4, "> Please reset the pump from the service menu and flush the tubing."),
            (25.0, "We did, and it stopped again after forty minutes."),
        )
    )

    # The customer that returns its goods, and says why.
    for day, pieces in ((date(2026, 8, 17), 4), (date(2026, 9, 8), 6), (date(2026, 9, 29), 3), (date(2026, 10, 14), 7)):
        order_id = order_before(MANY_RETURNS, day)
        draft = asked(
            MANY_RETURNS,
            "Inlet filter set for Torrent pumps",
            "Delivery",
            "Normal",
            f"Damaged parcel, order {order_id}",
            _moment(rng, day),
            (
                0.0,
                f"The parcel of order {order_id} was crushed on one side again. {pieces} items are broken and go "
                "back to you.",
            ),
            (3.1, "> We are sorry about that. Please keep the packaging and send us a photo for the carrier."),
            (30.0, "> Credited the damaged items. Please tell us if anything is left."),
        )
        draft.status, draft.solution, draft.solved_after, draft.satisfaction = (
            "Solved",
            "Credited the damaged items",
            30.0,
            2,
        )
        drafts.append(draft)
    return drafts


def targets() -> list[ResponseTarget]:
    return [ResponseTarget(*target) for target in TARGETS]


def phrases() -> list[Phrase]:
    return [Phrase(*phrase) for phrase in PHRASES]
