"""120 contracts with their parties, clauses and versions. Five of them hide something."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from samples.business.names import CITIES, COMPANY_STEMS, person
from samples.business.tables import AS_OF, month_start, stream

DOCUMENTS = 120
US = "Tarnbrook Laboratory Group"

NOTICE_CUT = "DOC-0042"  # 90 days became 30 in a version that calls itself editorial
UNCAPPED = "DOC-0018"  # liability without a limit
DEADLINE = "DOC-0063"  # two weeks left to give notice, else three more years
NO_DATA_PROTECTION = "DOC-0091"
PRICE_RISE = "DOC-0110"  # the price may rise four times as much as in the version before
BEHIND_A_BARRIER = "DOC-0077"  # the demo account `analyst` must not see it
PLANTED = (NOTICE_CUT, UNCAPPED, DEADLINE, NO_DATA_PROTECTION, PRICE_RISE)


class Document(NamedTuple):
    document_id: str
    title: str
    kind: str
    status: str
    owner: str
    starts_on: date
    ends_on: date
    renewal_months: int | None
    notice_days: int
    yearly_value_eur: Decimal
    governing_law: str


class Version(NamedTuple):
    document_id: str
    version: int
    dated_on: date
    change_note: str


class Party(NamedTuple):
    document_id: str
    party: str
    role: str
    country: str
    signatory: str
    signed_on: date


class Barrier(NamedTuple):
    document_id: str
    username: str


class Clause(NamedTuple):
    document_id: str
    version: int
    clause_no: int
    clause_type: str
    variant: str
    figure: Decimal | None
    unit: str | None
    clause_text: str


@dataclass(frozen=True)
class Contracts:
    documents: list[Document]
    versions: list[Version]
    parties: list[Party]
    clauses: list[Clause]


@dataclass(frozen=True)
class Wording:
    """One way to word a clause. `figures`: what may stand in its place for {figure}; empty if it has none."""

    clause_type: str
    variant: str
    text: str
    figures: tuple[int, ...] = ()
    unit: str = ""


TERM = Wording("Term", "fixed term", "The agreement begins on {starts} and ends on {ends}.")
RENEWAL = Wording(
    "Renewal",
    "automatic",
    "It renews by {figure} months each time unless a party gives notice.",
    (12, 12, 12, 24),
    "months",
)
NO_RENEWAL = Wording("Renewal", "none", "It ends without notice and renews only by written agreement.")
NOTICE = Wording(
    "Notice",
    "before the end of the term",
    "Notice must be given in writing {figure} days before the end of the term.",
    (60, 90, 90),
    "days",
)
PAYMENT = Wording("Payment", "after invoice", "Invoices are due {figure} days after receipt.", (30, 30, 30, 45), "days")
PRICE = Wording(
    "Price adjustment",
    "once a year, limited",
    "Prices may be adjusted once a year by at most {figure} %.",
    (2, 2, 3),
    "percent",
)
PRICE_FIXED = Wording("Price adjustment", "fixed", "Prices are fixed for the term.")
CAP = Wording(
    "Liability",
    "capped",
    "Liability is limited to {figure} % of the yearly value, except for intent.",
    (100, 100, 150),
    "percent",
)
NO_CAP = Wording(
    "Liability",
    "without limit",
    "The purchaser is liable without limit for all direct and indirect damage, whatever its cause.",
)
CONFIDENTIAL = Wording(
    "Confidentiality",
    "both parties",
    "Both parties keep information secret for {figure} years after the end.",
    (3, 3, 5),
    "years",
)
DATA = Wording(
    "Data protection", "processing agreement", "Personal data is processed only under the annexed processing agreement."
)
CAUSE = Wording(
    "Termination for cause", "material breach", "Either party may terminate at once after a material breach."
)
DELIVERY = Wording(
    "Delivery", "agreed dates", "Late delivery costs {figure} % of the order value per week.", (1, 1, 2), "percent"
)
SERVICE = Wording(
    "Service level", "response time", "Faults are answered within {figure} hours on working days.", (4, 8, 8), "hours"
)
RENT = Wording("Condition of premises", "as handed over", "The premises are returned as they were handed over.")
SEATS = Wording("Extent of licence", "named users", "The licence covers {figure} named users.", (40, 60, 80), "users")
LAW = Wording("Governing law", "national", "The law of {law} applies; the courts of {city} decide.")

COMMON = (TERM, RENEWAL, NOTICE, PAYMENT, PRICE, CAP, CONFIDENTIAL, DATA, CAUSE)
KINDS: dict[str, tuple[int, tuple[Wording, ...], tuple[int, int], str]] = {
    "Supply agreement": (42, (DELIVERY,), (40_000, 420_000), "Supplier"),
    "Service agreement": (36, (SERVICE,), (15_000, 160_000), "Provider"),
    "Licence agreement": (22, (SEATS,), (8_000, 90_000), "Licensor"),
    "Lease": (20, (RENT,), (60_000, 380_000), "Lessor"),
}
SUBJECTS = {
    "Supply agreement": (
        "castings",
        "optics and lamps",
        "plastic housings",
        "seals",
        "packaging",
        "reagent bottles",
        "electronics",
    ),
    "Service agreement": (
        "cleaning",
        "parcel service",
        "IT operations",
        "calibration",
        "waste disposal",
        "security",
        "translation",
    ),
    "Licence agreement": (
        "design software",
        "ticket system",
        "laboratory software",
        "backup software",
        "reference data",
    ),
    "Lease": ("warehouse", "offices", "production hall", "vehicle fleet"),
}
ENDINGS = ("Works", "Services", "Systems", "Partners", "Industries", "Estates")
OWNERS = ("Judith Engel", "Lars Jansen", "Kamal Rahman", "Rosa Almeida", "Anneke Bakker")
HARMLESS = (
    "Contact persons updated",
    "Annex with article numbers replaced",
    "New bank details in the annex",
    "Address of the lessee corrected",
    "Editorial changes only, numbering corrected",
)


@dataclass
class Draft:
    """A contract being written. `figures`: what stands in each clause of the current version."""

    document_id: str
    kind: str
    partner: str
    country: str
    city: str
    wordings: list[Wording]
    figures: dict[str, int]
    starts_on: date
    ends_on: date
    versions: list[Version]
    earlier: dict[int, dict[str, int]]  # version → figures that differed from the current ones


def _figures(rng: random.Random, wordings: list[Wording]) -> dict[str, int]:
    return {wording.clause_type: rng.choice(wording.figures) for wording in wordings if wording.figures}


def _draft(rng: random.Random, document_id: str, kind: str, partner: str) -> Draft:
    _, own, _, _ = KINDS[kind]
    wordings = [*COMMON, *own, LAW]
    if rng.random() < 0.25:
        wordings[wordings.index(RENEWAL)] = NO_RENEWAL
    if rng.random() < 0.25:
        wordings[wordings.index(PRICE)] = PRICE_FIXED
    city, country = rng.choice(CITIES)
    starts_on = month_start(date(2023, 1, 1), rng.randrange(36))
    ends_on = month_start(starts_on, 12 * rng.choice((4, 5, 6))) - timedelta(days=1)
    if month_start(AS_OF, 7) > ends_on:  # ordinary contracts have no date that presses
        ends_on = month_start(ends_on, 13) - timedelta(days=1)
    versions = [Version(document_id, 1, starts_on - timedelta(days=rng.randrange(15, 70)), "First version")]
    while rng.random() < 0.45 and len(versions) < 3:
        dated_on = versions[-1].dated_on + timedelta(days=rng.randrange(120, 330))
        versions.append(Version(document_id, len(versions) + 1, dated_on, rng.choice(HARMLESS)))
    return Draft(
        document_id, kind, partner, country, city, wordings, _figures(rng, wordings), starts_on, ends_on, versions, {}
    )


def _change(draft: Draft, clause_type: str, before: int, after: int, note: str, dated_on: date) -> None:
    """A new last version that changes one figure."""
    number = len(draft.versions) + 1
    draft.earlier |= {version.version: {clause_type: before} for version in draft.versions}
    draft.versions.append(Version(draft.document_id, number, dated_on, note))
    draft.figures[clause_type] = after


def _plant(draft: Draft) -> None:
    """Writes the finding of samples/findings.py into the draft."""
    draft.versions = draft.versions[:1]
    draft.wordings = [
        RENEWAL if some is NO_RENEWAL else PRICE if some is PRICE_FIXED else some for some in draft.wordings
    ]
    draft.figures |= {"Renewal": 12, "Price adjustment": 2, "Liability": 100, "Notice": 90}
    draft.starts_on, draft.ends_on = date(2024, 1, 1), date(2028, 12, 31)
    draft.versions = [Version(draft.document_id, 1, date(2023, 11, 14), "First version")]
    if draft.document_id == NOTICE_CUT:
        draft.versions.append(Version(draft.document_id, 2, date(2025, 2, 3), "Contact persons updated"))
        _change(draft, "Notice", 90, 30, "Editorial changes only, numbering corrected", date(2026, 6, 17))
    elif draft.document_id == UNCAPPED:
        draft.wordings[draft.wordings.index(CAP)] = NO_CAP
    elif draft.document_id == DEADLINE:
        draft.starts_on, draft.ends_on = date(2023, 2, 13), date(2027, 2, 12)
        draft.versions = [Version(draft.document_id, 1, date(2023, 1, 9), "First version")]
        draft.figures |= {"Renewal": 36, "Notice": 90}
    elif draft.document_id == NO_DATA_PROTECTION:
        draft.wordings.remove(DATA)
    elif draft.document_id == PRICE_RISE:
        _change(draft, "Price adjustment", 2, 8, "Price annex for 2026 renewed", date(2025, 12, 2))


def contracts(seed: int) -> Contracts:
    rng = stream(seed, "documents")
    kinds = [kind for kind, (count, *_) in KINDS.items() for _ in range(count)]
    rng.shuffle(kinds)
    partners = rng.sample([f"{stem} {ending}" for stem in COMPANY_STEMS for ending in ENDINGS], DOCUMENTS)
    found = Contracts([], [], [], [])
    for number, (kind, partner) in enumerate(zip(kinds, partners, strict=True), 1):
        document_id = f"DOC-{number:04d}"
        rng = stream(seed, "document", number)
        draft = _draft(rng, document_id, _fitting(document_id, kind), partner)
        if document_id in PLANTED:
            _plant(draft)
        elif len(draft.versions) > 1 and rng.random() < 0.3:
            _renegotiate(rng, draft)
        _write(rng, found, draft)
    return found


def _fitting(document_id: str, kind: str) -> str:
    """The kind of contract that a finding is about; all others keep theirs."""
    return {
        NOTICE_CUT: "Supply agreement",
        UNCAPPED: "Supply agreement",
        DEADLINE: "Lease",
        NO_DATA_PROTECTION: "Service agreement",
        PRICE_RISE: "Supply agreement",
    }.get(document_id, kind)


def _renegotiate(rng: random.Random, draft: Draft) -> None:
    """An ordinary change of one figure, named in its note."""
    before, after = rng.choice(((45, 30), (30, 45)))
    last = draft.versions.pop()
    _change(draft, "Payment", before, after, f"Payment term changed from {before} to {after} days", last.dated_on)


def _write(rng: random.Random, found: Contracts, draft: Draft) -> None:
    _, _, (low, high), role = KINDS[draft.kind]
    signed_on = draft.versions[0].dated_on
    ours = {"Supplier": "Purchaser", "Provider": "Client", "Licensor": "Licensee", "Lessor": "Lessee"}[role]
    found.documents.append(
        Document(
            draft.document_id,
            f"{draft.kind}: {rng.choice(SUBJECTS[draft.kind])}",
            draft.kind,
            "Active",
            rng.choice(OWNERS),
            draft.starts_on,
            draft.ends_on,
            draft.figures["Renewal"] if RENEWAL in draft.wordings else None,
            draft.figures["Notice"],
            Decimal(rng.randrange(low, high, 500)),
            draft.country,
        )
    )
    found.versions.extend(draft.versions)
    found.parties.append(Party(draft.document_id, US, ours, "Belgium", person(rng), signed_on))
    found.parties.append(
        Party(
            draft.document_id,
            draft.partner,
            role,
            draft.country,
            person(rng),
            signed_on + timedelta(days=rng.randrange(0, 9)),
        )
    )
    for version in draft.versions:
        figures = draft.figures | draft.earlier.get(version.version, {})
        for clause_no, wording in enumerate(draft.wordings, 1):
            found.clauses.append(_clause(draft, version.version, clause_no, wording, figures.get(wording.clause_type)))


def barriers() -> list[Barrier]:
    """Who is on the other side of a deal, by the names of the product's demo accounts."""
    return [Barrier(BEHIND_A_BARRIER, "analyst")]


def _clause(draft: Draft, version: int, clause_no: int, wording: Wording, figure: int | None) -> Clause:
    if not wording.figures:
        figure = None
    text = wording.text.format(
        figure=figure,
        starts=f"{draft.starts_on:%-d %B %Y}",
        ends=f"{draft.ends_on:%-d %B %Y}",
        law=draft.country,
        city=draft.city,
    )
    return Clause(
        draft.document_id,
        version,
        clause_no,
        wording.clause_type,
        wording.variant,
        None if figure is None else Decimal(figure),
        wording.unit or None,
        text,
    )
