"""A record of any number of rows, and an answer of any length about it, the same each time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.records.record import Column, ColumnType, Record, ResultSet

STATES = ("open", "paid", "overdue", "cancelled")
CITIES = ("Lisbon", "Ghent", "Turku", "Graz", "Malmö", "Porto", "Brno")


def large_record(rows: int) -> Record:
    """Half of the rows are deliveries, half are the payments for them."""
    half = rows // 2
    deliveries = tuple(
        (
            f"DLV-{10_000 + i}",
            date(2025, 1, 1) + timedelta(days=i % 640),
            CITIES[i % len(CITIES)],
            i * 37 % 91 + 1,
            Decimal(i * 7919 % 90_000) / 100,
        )
        for i in range(half)
    )
    payments = tuple(
        (f"PAY-{50_000 + i}", f"DLV-{10_000 + i}", STATES[i % len(STATES)], Decimal(i * 7919 % 90_000) / 100)
        for i in range(rows - half)
    )
    return Record(
        "DEPOT-7",
        (
            ResultSet(
                "deliveries",
                (
                    Column("delivery_id"),
                    Column("delivered_on", ColumnType.DATE),
                    Column("city"),
                    Column("parcels", ColumnType.INTEGER),
                    Column("value_eur", ColumnType.DECIMAL),
                ),
                deliveries,
            ),
            ResultSet(
                "payments",
                (
                    Column("payment_id"),
                    Column("delivery_id"),
                    Column("state"),
                    Column("amount_eur", ColumnType.DECIMAL),
                ),
                payments,
            ),
        ),
    )


def large_answer(record: Record, characters: int, number: int = 0) -> str:
    """Sentences as an analyst writes them: cells, counts, totals, changes, and some that are wrong.

    Answers of different numbers tell of different rows.
    """
    deliveries, payments = record.result_sets
    sentences: list[str] = ["## Headline\n"]
    length = at = 0
    while length < characters:
        place = at + 47 * number
        row, other = deliveries.rows[place * 13 % len(deliveries.rows)], payments.rows[place * 17 % len(payments.rows)]
        sentence = (
            f"- {row[0]} went to {row[2]} on {row[1]:%d %B %Y} with {row[3]} parcels worth EUR {row[4]:,.2f}.",
            f"- {other[0]} over EUR {other[3]:,.2f} is {other[2]}, about {place % 60 + 20} % of the total.",
            f"- There were {place * 41 % 900 + 100} deliveries to {row[2]}, {place % 90 + 3} more than to Ghent, and "
            f"{place % 90 + 7} payments are overdue.",
            f"- The value rose from EUR {row[4]:,.2f} to EUR {other[3]:,.2f} within {place % 90 + 2} days.",
        )[at % 4]
        sentences.append(sentence)
        length += len(sentence) + 1
        at += 1
    return "\n".join(sentences)[:characters]
