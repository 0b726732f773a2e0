"""24 months of budgets and postings of 12 cost centres, with five things a controller should ask about."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from samples.business.tables import FIRST_DAY, cents, month_start, stream

MONTHS = tuple(month_start(FIRST_DAY, index) for index in range(24))


class CostCentre(NamedTuple):
    cost_centre_id: str
    name: str
    manager: str


class Budget(NamedTuple):
    cost_centre_id: str
    month: date
    account: str
    budget_eur: Decimal


class Posting(NamedTuple):
    posting_id: str
    cost_centre_id: str
    posted_on: date
    account: str
    supplier: str
    description: str
    amount_eur: Decimal


@dataclass(frozen=True)
class Finance:
    cost_centres: list[CostCentre]
    budgets: list[Budget]
    postings: list[Posting]


class Bill(NamedTuple):
    """A posting before it has a number. `amount` in cents."""

    day: date
    centre: str
    account: str
    supplier: str
    text: str
    amount: int


@dataclass(frozen=True)
class Account:
    """`bills`: (supplier, text) that come every month; the month's amount is shared between them."""

    name: str
    monthly: int
    bills: tuple[tuple[str, str], ...]
    winter: float = 0.0  # how much more in January, how much less in July
    noise: float = 0.02


def _staff(monthly: int) -> Account:
    return Account("Staff", monthly, (("Payroll", "Salaries and social security"),), noise=0.008)


CENTRES: tuple[tuple[str, str, str, tuple[Account, ...]], ...] = (
    (
        "CC-110",
        "Production Ghent",
        "Anneke Bakker",
        (
            _staff(142_000),
            Account(
                "Materials",
                118_000,
                (
                    ("Corvane Metals", "Steel and castings"),
                    ("Saltmere Plastics", "Housings"),
                    ("Umberfield Seals", "Seals and bearings"),
                ),
            ),
            Account("Energy", 31_000, (("Nordlicht Stadtwerke", "Electricity and gas"),), winter=0.18),
        ),
    ),
    (
        "CC-120",
        "Production Jena",
        "Stefan Adler",
        (
            _staff(96_000),
            Account("Materials", 74_000, (("Corvane Metals", "Castings"), ("Glasswater Optics", "Lamps and optics"))),
            Account("Energy", 22_000, (("Saalekraft Energie", "Electricity and gas"),), winter=0.16),
        ),
    ),
    (
        "CC-210",
        "Warehouse and logistics",
        "Lars Jansen",
        (
            _staff(58_000),
            Account(
                "Freight",
                64_000,
                (
                    ("Fjordline Express", "Parcels Nordic"),
                    ("Redkite Parcel", "Parcels West"),
                    ("Ostra Freight", "Pallets"),
                ),
            ),
            Account("Packaging", 12_500, (("Kilnbrook Cartons", "Cartons and foam"),)),
        ),
    ),
    (
        "CC-220",
        "Facilities",
        "Rosa Almeida",
        (
            _staff(21_000),
            Account("Rent", 47_500, (("Harrowlund Estates", "Rent of Ghent, Jena and Malmo"),), noise=0.0),
            Account("Maintenance", 14_000, (("Bramwick Building Services", "Maintenance of buildings"),), noise=0.05),
        ),
    ),
    (
        "CC-310",
        "Sales Europe",
        "Paula Steiner",
        (
            _staff(131_000),
            Account("Travel", 19_500, (("Larkwyn Travel", "Flights and hotels"),), noise=0.06),
            Account("Commissions", 36_000, (("Payroll", "Sales commissions"),), noise=0.03),
        ),
    ),
    (
        "CC-320",
        "Marketing",
        "Hugo Vance",
        (
            _staff(44_000),
            Account(
                "Advertising",
                38_000,
                (("Foxmantle Media", "Online campaigns"), ("Pinewarden Print", "Catalogues")),
                noise=0.03,
            ),
            Account("Trade fairs", 16_000, (("Sundermere Events", "Trade fairs"),), noise=0.03),
        ),
    ),
    (
        "CC-410",
        "Customer support",
        "Fiona Gallo",
        (
            _staff(72_000),
            Account("Spare parts", 15_500, (("Umberfield Seals", "Seals and pump heads"),), noise=0.05),
            Account("Software", 8_200, (("Tallowin Desk", "Ticket system, monthly fee"),), noise=0.0),
        ),
    ),
    (
        "CC-420",
        "Field service",
        "Marek Thorne",
        (
            _staff(66_000),
            Account("Vehicles", 17_800, (("Westerlin Fleet", "Leasing and fuel"),), noise=0.03),
            Account("Travel", 9_400, (("Larkwyn Travel", "Hotels"),), noise=0.06),
        ),
    ),
    (
        "CC-510",
        "Research and development",
        "Ines Sandberg",
        (
            _staff(158_000),
            Account(
                "Prototypes",
                42_000,
                (("Skerrow Precision", "Prototype parts"), ("Glasswater Optics", "Optics samples")),
                noise=0.04,
            ),
            Account("Software", 11_600, (("Quillhaven Systems", "Design software, monthly fee"),), noise=0.0),
        ),
    ),
    (
        "CC-610",
        "IT",
        "Kamal Rahman",
        (
            _staff(61_000),
            Account("Cloud services", 27_500, (("Meridane Cloud", "Servers and storage"),), noise=0.015),
            Account(
                "Software",
                23_000,
                (("Quillhaven Systems", "Office and design licences"), ("Orrinmoor Security", "Security services")),
                noise=0.0,
            ),
        ),
    ),
    (
        "CC-620",
        "Finance and legal",
        "Judith Engel",
        (
            _staff(54_000),
            Account("Advisers", 13_500, (("Ravensholt & Tarn", "Legal advice"),), noise=0.05),
            Account("Insurance", 9_800, (("Stonelark Mutual", "Business insurance"),), noise=0.0),
        ),
    ),
    (
        "CC-710",
        "Clinic",
        "Thea Lorentz",
        (
            _staff(88_000),
            Account(
                "Medical supplies",
                24_500,
                (("Yarrowdale Medical", "Supplies"), ("Lindenoak Pharmacy", "Medicines")),
                noise=0.04,
            ),
            Account("Laboratory", 11_200, (("Birkenfold Diagnostics Service", "External laboratory"),), noise=0.04),
        ),
    ),
)


def _factor(account: Account, month: date) -> float:
    """Winter costs more where there is heating; the second budget year is 3 % dearer."""
    season = account.winter * {1: 1, 2: 0.8, 12: 0.8, 11: 0.3, 3: 0.3, 6: -0.8, 7: -1, 8: -0.8, 5: -0.4, 9: -0.4}.get(
        month.month, 0
    )
    return (1 + season) * (1.03 if month >= date(2025, 11, 1) else 1.0)


def _bills(rng: random.Random, centre: str, account: Account, month: date, amount: int) -> list[Bill]:
    """The month's postings of an account: every supplier bills once, the first one most."""
    shares = [1.0 / (index + 1) for index in range(len(account.bills))]
    left = amount
    found: list[Bill] = []
    for index, (supplier, text) in enumerate(account.bills):
        share = (
            left
            if index == len(account.bills) - 1
            else round(amount * shares[index] / sum(shares) * rng.uniform(0.93, 1.07))
        )
        left -= share
        day = month + timedelta(days=rng.randrange(3, 27))
        found.append(Bill(day, centre, account.name, supplier, f"{text}, {month:%B %Y}", share))
    return found


CLOUD_RISE = {date(2026, 7, 1): 1.12, date(2026, 8, 1): 1.27, date(2026, 9, 1): 1.44, date(2026, 10, 1): 1.71}
FAIR = ("CC-320", "Trade fairs", "Sundermere Events", "Stand construction, Labora fair, invoice SE-4471", 2_785_000)


def _planted(month: date, bills: list[Bill]) -> list[Bill]:
    """The month's postings with what samples/findings.py lists."""
    if month in CLOUD_RISE:
        bills = [
            bill._replace(text=f"{bill.text}, incl. GPU cluster", amount=round(bill.amount * CLOUD_RISE[month]))
            if bill.supplier == "Meridane Cloud"
            else bill
            for bill in bills
        ]
    if month == date(2026, 9, 1):
        text = "Emergency air freight after the closure of Kestrel dock, 14 charters"
        bills = [*bills, Bill(date(2026, 9, 18), "CC-210", "Freight", "Halmstrand Air Charter", text, 8_642_000)]
    elif month == date(2026, 6, 1):
        bills = [*bills, Bill(date(2026, 6, 9), *FAIR), Bill(date(2026, 6, 23), *FAIR)]
    elif month == date(2026, 3, 1):
        bills = [bill for bill in bills if bill.supplier != "Harrowlund Estates"]
    elif month == date(2026, 1, 1):
        text = "Prototype parts, pump head study"
        bills = [*bills, Bill(date(2026, 1, 21), "CC-410", "Spare parts", "Skerrow Precision", text, 2_318_000)]
    return bills


def finance(seed: int) -> Finance:
    budgets: list[Budget] = []
    bills: list[Bill] = []
    for month in MONTHS:
        of_month: list[Bill] = []
        for centre, _, _, accounts in CENTRES:
            rng = stream(seed, "finance", centre, month.isoformat())
            for account in accounts:
                budget = round(account.monthly * _factor(account, month) / 100) * 100
                budgets.append(Budget(centre, month, account.name, cents(budget * 100)))
                amount = round(budget * 100 * (1 + rng.gauss(0, account.noise)))
                of_month.extend(_bills(rng, centre, account, month, amount))
        bills.extend(sorted(_planted(month, of_month)))
    postings = [
        Posting(f"PST-{number}", centre, day, account, supplier, text, cents(amount))
        for number, (day, centre, account, supplier, text, amount) in enumerate(bills, 30_001)
    ]
    return Finance([CostCentre(*centre[:3]) for centre in CENTRES], budgets, postings)
