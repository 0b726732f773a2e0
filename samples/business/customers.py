"""Customers and how each of them buys: what the orders are then made from."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from samples.business.catalogue import Product
from samples.business.names import CITIES, companies, person, phone, slug
from samples.business.tables import FIRST_DAY, stream

CUSTOMERS = 500
ACCOUNT_MANAGERS = ("Edda Winther", "Marek Thorne", "Paula Steiner", "Kofi Lambert", "Ines Sandberg", "Hugo Vance")

SLUMP = "CUST-0142"  # orders fall after a ticket that nobody solved
DROPPED_CATEGORY = "CUST-0077"  # buys no reagents any more
LATE_PAYER = "CUST-0215"
FAST_GROWTH = "CUST-0318"  # and over its credit limit
MANY_RETURNS = "CUST-0409"

SLUMP_FROM = date(2026, 4, 22)
DROPPED_FROM = date(2026, 4, 18)
LATE_FROM = date(2026, 4, 1)
GROWTH_FROM = date(2026, 5, 4)
RETURNS_FROM = date(2026, 5, 20)


class Customer(NamedTuple):
    customer_id: str
    name: str
    industry: str
    segment: str
    city: str
    country: str
    contact_name: str
    email: str
    phone: str
    account_manager: str
    customer_since: date
    payment_terms_days: int
    credit_limit_eur: Decimal


@dataclass
class Habit:
    """How a customer buys: (from this day, orders per month), later steps replace earlier ones."""

    per_month: list[tuple[date, float]]
    favourites: list[Product]
    discount: float
    days_to_pay: list[tuple[date, float]]
    dropped: dict[str, date] = field(default_factory=dict)  # category → no longer bought from this day
    returns: list[tuple[date, float]] = field(default_factory=lambda: [(FIRST_DAY, 0.025)])


def step(steps: list[tuple[date, float]], day: date) -> float:
    """The value of the last step that has begun on `day`."""
    return [value for start, value in steps if start <= day][-1]


def _pace(rng: random.Random, segment: str) -> float:
    low, high = {"Key": (1.7, 2.8), "Standard": (0.48, 1.0), "Small": (0.15, 0.36)}[segment]
    return rng.uniform(low, high)


def _habit(rng: random.Random, customer_id: str, segment: str, products: list[Product]) -> Habit:
    """Instruments are bought seldom, consumables often."""
    often = [product for product in products if product.list_price_eur < 450]
    seldom = [product for product in products if product.list_price_eur >= 450]
    favourites = rng.sample(often, 7) + rng.sample(seldom, 1)
    habit = Habit(
        per_month=[(FIRST_DAY, _pace(rng, segment))],
        favourites=favourites,
        discount=rng.choice((0, 0, 0.02, 0.03, 0.05)),
        days_to_pay=[(FIRST_DAY, rng.uniform(12, 34))],
    )
    if customer_id == SLUMP:
        habit.per_month = [(FIRST_DAY, 3.0), (SLUMP_FROM, 1.2)]
    elif customer_id == DROPPED_CATEGORY:
        reagents = [product for product in products if product.category == "Reagents"]
        habit.per_month = [(FIRST_DAY, 2.1)]
        habit.favourites = reagents[2:8] + favourites[:2]
        habit.dropped = {"Reagents": DROPPED_FROM}
    elif customer_id == LATE_PAYER:
        habit.per_month = [(FIRST_DAY, 1.8)]
        habit.days_to_pay = [(FIRST_DAY, 22), (LATE_FROM, 57)]
    elif customer_id == FAST_GROWTH:
        habit.per_month = [(FIRST_DAY, 1.2), (GROWTH_FROM, 3.2)]
        habit.days_to_pay = [(FIRST_DAY, 44)]
    elif customer_id == MANY_RETURNS:
        habit.per_month = [(FIRST_DAY, 2.2)]
        habit.returns = [(FIRST_DAY, 0.0), (RETURNS_FROM, 0.55)]
    return habit


def customers(seed: int, products: list[Product]) -> tuple[list[Customer], dict[str, Habit]]:
    names = companies(stream(seed, "companies"), CUSTOMERS)
    found: list[Customer] = []
    habits: dict[str, Habit] = {}
    planted = (SLUMP, DROPPED_CATEGORY, LATE_PAYER, FAST_GROWTH, MANY_RETURNS)
    for number, (name, industry) in enumerate(names, 1):
        customer_id = f"CUST-{number:04d}"
        rng = stream(seed, "customer", number)
        segment = rng.choices(("Key", "Standard", "Small"), (9, 55, 36))[0]
        if customer_id in planted:
            segment = "Key"
        city, country = rng.choice(CITIES)
        contact = person(rng)
        habit = _habit(rng, customer_id, segment, products)
        monthly = step(habit.per_month, FIRST_DAY) * 1500
        limit = 5_000 if customer_id == FAST_GROWTH else max(15_000, round(monthly * 8 / 5000) * 5000)
        found.append(
            Customer(
                customer_id,
                name,
                industry,
                segment,
                city,
                country,
                contact,
                f"{slug(contact).replace('-', '.')}@{slug(name)}.example",
                phone(rng),
                rng.choice(ACCOUNT_MANAGERS),
                date(2012, 1, 1) + timedelta(days=rng.randrange(4500)),
                rng.choice((14, 30, 30, 45)) if customer_id not in planted else 30,
                Decimal(limit),
            )
        )
        habits[customer_id] = habit
    return found, habits
