"""Orders, their lines and their shipments, with five orders in which something is wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from samples.business.catalogue import SHORT_OF_STOCK, Product
from samples.business.customers import Customer, Habit, step
from samples.business.tables import AS_OF, FIRST_DAY, cents, stream

CARRIERS = ("Fjordline Express", "Redkite Parcel", "Ostra Freight")
WAREHOUSES = ("Ghent", "Jena", "Malmo")


class Order(NamedTuple):
    order_id: str
    customer_id: str
    ordered_on: date
    requested_on: date
    status: str
    deliver_to_city: str
    deliver_to_country: str
    total_eur: Decimal
    paid_on: date | None


class OrderLine(NamedTuple):
    order_id: str
    line_no: int
    product_id: str
    quantity: int
    unit_price_eur: Decimal
    line_total_eur: Decimal


class Shipment(NamedTuple):
    shipment_id: str
    order_id: str
    shipped_on: date
    delivered_on: date | None
    carrier: str
    tracking_number: str
    warehouse: str


class ShipmentLine(NamedTuple):
    shipment_id: str
    line_no: int
    quantity: int


@dataclass
class Draft:
    """An order before it has a number. `parcels`: which lines left together, how many days after the order."""

    customer: Customer
    ordered_on: date
    lines: list[tuple[Product, int, int]]  # product, quantity, unit price in cents
    days_to_pay: float
    status: str = ""
    parcels: list[tuple[int, list[int]]] = field(default_factory=list)
    days_under_way: int = 2
    days_requested: int = 10


@dataclass(frozen=True)
class Sales:
    orders: list[Order]
    lines: list[OrderLine]
    shipments: list[Shipment]
    shipment_lines: list[ShipmentLine]


def _price(product: Product, discount: float, day: date, rng: random.Random) -> int:
    """List price, 3 % less in the first year, the customer's discount, a little haggling. In cents."""
    year = 0.97 if day < date(2025, 11, 1) else 1.0
    return round(float(product.list_price_eur) * 100 * year * (1 - discount) * rng.uniform(0.985, 1.0) / 5) * 5


def _lines(habit: Habit, usual: dict[str, int], day: date, rng: random.Random) -> list[tuple[Product, int, int]]:
    weights = [1.0 if product.list_price_eur < 450 else 0.12 for product in habit.favourites]
    chosen: dict[str, Product] = {}
    for product in rng.choices(habit.favourites, weights, k=rng.choice((1, 2, 2, 3, 3, 4))):
        if habit.dropped.get(product.category, date.max) > day:
            chosen[product.product_id] = product
    if not chosen:
        product = habit.favourites[-1]
        chosen[product.product_id] = product
    return [
        (product, max(1, round(usual[product_id] * rng.uniform(0.6, 1.5))), _price(product, habit.discount, day, rng))
        for product_id, product in chosen.items()
    ]


def _drafts(customer: Customer, habit: Habit, usual: dict[str, int], rng: random.Random) -> Iterator[Draft]:
    day = FIRST_DAY + timedelta(days=rng.uniform(0, 30 / step(habit.per_month, FIRST_DAY)))
    while day <= AS_OF:
        draft = Draft(customer, day, _lines(habit, usual, day, rng), step(habit.days_to_pay, day) + rng.uniform(-4, 4))
        draft.days_under_way = rng.choice((1, 1, 2, 2, 3))
        draft.days_requested = rng.randrange(7, 15)
        first = rng.choice((1, 1, 2, 2, 3))
        numbers = list(range(1, len(draft.lines) + 1))
        late = rng.random() < 0.04
        if len(numbers) > 1 and rng.random() < 0.05:
            draft.parcels = [(first, numbers[:1]), (first + rng.randrange(2, 5), numbers[1:])]
        else:
            draft.parcels = [(first + (draft.days_requested if late else 0), numbers)]
        luck = rng.random()
        if luck < step(habit.returns, day):
            draft.status = "Returned"
        elif luck > 0.985:
            draft.status = "Cancelled"
            draft.parcels = []
        yield draft
        day += timedelta(days=max(1.0, 30 / step(habit.per_month, day) * rng.uniform(0.65, 1.35)))


def _plant(drafts: dict[str, list[Draft]], products: list[Product]) -> list[Draft]:
    """Spoils four orders and returns one that was entered twice. Which ones: see samples/findings.py."""

    def nth_before(customer_id: str, day: date) -> Draft:
        return [draft for draft in drafts[customer_id] if draft.ordered_on <= day and not draft.status][-1]

    def often(draft: Draft) -> int:
        """Which line of the draft holds the product that this customer buys most often."""
        bought = Counter(line[0].product_id for other in drafts[draft.customer.customer_id] for line in other.lines)
        return max(range(len(draft.lines)), key=lambda index: bought[draft.lines[index][0].product_id])

    price = nth_before("CUST-0097", date(2026, 10, 24))
    product, quantity, unit = price.lines[often(price)]
    price.lines[often(price)] = (product, quantity, unit * 10)

    twice = nth_before("CUST-0165", date(2026, 9, 24))
    twice.parcels = [twice.parcels[0], (twice.parcels[0][0] + 2, list(twice.parcels[0][1]))]

    typed = nth_before("CUST-0389", date(2026, 8, 28))
    product, quantity, unit = typed.lines[often(typed)]
    typed.lines[often(typed)] = (product, quantity * 12, unit)

    entered_twice = nth_before("CUST-0179", date(2026, 10, 5))
    copy = replace(entered_twice, ordered_on=entered_twice.ordered_on + timedelta(days=2))

    waiting = nth_before("CUST-0466", date(2026, 10, 20))
    short = next(product for product in products if product.name in SHORT_OF_STOCK)
    waiting.lines = [*waiting.lines[:1], (short, 12, int(short.list_price_eur * 97))]
    waiting.ordered_on = date(2026, 10, 12)
    waiting.days_requested = 14
    waiting.parcels = []
    return [copy]


def _status(draft: Draft) -> str:
    if draft.status:
        return draft.status
    shipped = [draft.ordered_on + timedelta(days=days) for days, _ in draft.parcels]
    if not shipped or max(shipped) > AS_OF:
        return "Open"
    return "Delivered" if max(shipped) + timedelta(days=draft.days_under_way) <= AS_OF else "Shipped"


def sales(
    seed: int, customers: list[Customer], habits: dict[str, Habit], products: list[Product], usual: dict[str, int]
) -> Sales:
    by_customer = {
        customer.customer_id: list(
            _drafts(customer, habits[customer.customer_id], usual, stream(seed, "orders", customer.customer_id))
        )
        for customer in customers
    }
    extra = _plant(by_customer, products)
    drafts = [draft for some in by_customer.values() for draft in some] + extra
    drafts.sort(key=lambda draft: (draft.ordered_on, draft.customer.customer_id))

    found = Sales([], [], [], [])
    rng = stream(seed, "parcels")
    for number, draft in enumerate(drafts, 10_001):
        order_id = f"ORD-{number}"
        _write(found, order_id, draft, rng)
    return found


def _write(found: Sales, order_id: str, draft: Draft, rng: random.Random) -> None:
    status = _status(draft)
    total = 0
    for line_no, (product, quantity, unit) in enumerate(draft.lines, 1):
        total += quantity * unit
        found.lines.append(
            OrderLine(order_id, line_no, product.product_id, quantity, cents(unit), cents(quantity * unit))
        )
    paid_on = draft.ordered_on + timedelta(days=round(draft.days_to_pay))
    customer = draft.customer
    found.orders.append(
        Order(
            order_id,
            customer.customer_id,
            draft.ordered_on,
            draft.ordered_on + timedelta(days=draft.days_requested),
            status,
            customer.city,
            customer.country,
            cents(total),
            paid_on if paid_on <= AS_OF and status == "Delivered" else None,
        )
    )
    for days, line_numbers in draft.parcels:
        shipped_on = draft.ordered_on + timedelta(days=days)
        if shipped_on > AS_OF:
            continue
        delivered_on = shipped_on + timedelta(days=draft.days_under_way)
        shipment_id = f"SHP-{len(found.shipments) + 20_001}"
        found.shipments.append(
            Shipment(
                shipment_id,
                order_id,
                shipped_on,
                delivered_on if delivered_on <= AS_OF else None,
                rng.choice(CARRIERS),
                f"{rng.choice('FRO')}{rng.randrange(10**9, 10**10)}",
                rng.choice(WAREHOUSES),
            )
        )
        found.shipment_lines.extend(ShipmentLine(shipment_id, n, draft.lines[n - 1][1]) for n in line_numbers)
