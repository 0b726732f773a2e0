"""The products of the sample business: laboratory instruments, consumables and their service."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from samples.business.tables import cents, stream


class Product(NamedTuple):
    product_id: str
    name: str
    category: str
    list_price_eur: Decimal
    in_stock: int
    next_delivery_on: date | None


# name, list price in EUR, usual quantity in one order
PRODUCTS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "Pipettes": (
        ("Linea single-channel pipette 10-100 ul", 189, 4),
        ("Linea single-channel pipette 100-1000 ul", 189, 4),
        ("Linea 8-channel pipette", 640, 2),
        ("Linea electronic pipette", 890, 2),
        ("Pipette tips 200 ul, rack of 960", 46, 20),
        ("Pipette tips 1000 ul, rack of 960", 52, 20),
        ("Filter tips 20 ul, rack of 960", 78, 12),
        ("Pipette carousel stand", 95, 2),
    ),
    "Reagents": (
        ("Buffer solution pH 7.00, 1 l", 24, 12),
        ("Buffer solution pH 4.01, 1 l", 24, 12),
        ("Calibration standard K-7, 500 ml", 68, 8),
        ("Nitrate test kit, 100 tests", 112, 6),
        ("Protein assay kit, 250 tests", 236, 4),
        ("DNA extraction kit, 96 wells", 418, 4),
        ("Agar plates, pack of 100", 84, 10),
        ("Sterile diluent, 6 x 1 l", 57, 8),
    ),
    "Filters": (
        ("Syringe filter 0.22 um, pack of 100", 96, 8),
        ("Syringe filter 0.45 um, pack of 100", 92, 8),
        ("Membrane disc 47 mm, pack of 200", 138, 5),
        ("Vacuum filter unit 500 ml, pack of 12", 104, 6),
        ("HEPA cartridge for Aria cabinets", 365, 2),
        ("Water polishing cartridge P2", 228, 3),
        ("Inlet filter set for Torrent pumps", 61, 4),
    ),
    "Centrifuges": (
        ("Gyra 12 micro centrifuge", 1480, 1),
        ("Gyra 24R refrigerated centrifuge", 5290, 1),
        ("Gyra 60 floor centrifuge", 9870, 1),
        ("Rotor R-24 for Gyra 24R", 1120, 1),
        ("Rotor lid seal set", 38, 5),
        ("Centrifuge tubes 50 ml, pack of 500", 132, 6),
        ("Centrifuge tubes 15 ml, pack of 500", 108, 6),
    ),
    "Incubators": (
        ("Calida 56 incubator", 2340, 1),
        ("Calida 110 CO2 incubator", 7650, 1),
        ("Calida shaking incubator", 4980, 1),
        ("CO2 sensor module C2", 420, 1),
        ("Incubator shelf, perforated", 88, 3),
        ("Door gasket for Calida 110", 146, 1),
        ("Humidity tray", 54, 2),
    ),
    "Analysers": (
        ("Spectra S2 photometer", 3890, 1),
        ("Spectra S4 photometer", 6940, 1),
        ("Aqua M1 water analyser", 8420, 1),
        ("Spectra lamp module", 310, 2),
        ("Quartz cuvette, pair", 164, 3),
        ("Aqua M1 pump head", 275, 2),
        ("Electrode pH-9", 142, 4),
        ("Conductivity cell CC-3", 198, 2),
    ),
    "Safety": (
        ("Nitrile gloves, box of 1000", 64, 15),
        ("Safety goggles, pack of 10", 72, 4),
        ("Lab coat, pack of 5", 118, 3),
        ("Spill kit 20 l", 89, 3),
        ("Sharps container 7 l, pack of 20", 76, 6),
        ("Eyewash bottle, pack of 6", 58, 3),
        ("Face shields, pack of 10", 66, 3),
    ),
    "Software": (
        ("LabTrace licence, one seat, one year", 540, 3),
        ("LabTrace server, one year", 3200, 1),
        ("LabTrace barcode module", 780, 1),
        ("Calibration service, on site", 460, 2),
        ("Preventive maintenance visit", 620, 1),
        ("Remote support, 10 hours", 850, 1),
        ("Operator training, one day", 990, 1),
        ("Spectra Connect gateway", 1260, 1),
    ),
}

SHORT_OF_STOCK = {"CO2 sensor module C2": (4, date(2026, 11, 19))}


def products(seed: int) -> tuple[list[Product], dict[str, int]]:
    """The catalogue, and each product's usual quantity by product ID."""
    rng = stream(seed, "products")
    found: list[Product] = []
    usual: dict[str, int] = {}
    for category, entries in PRODUCTS.items():
        for name, price, quantity in entries:
            product_id = f"PRD-{len(found) + 1:03d}"
            in_stock = 9999 if category == "Software" else rng.randrange(60, 120) * quantity
            in_stock, next_delivery = SHORT_OF_STOCK.get(name, (in_stock, None))
            found.append(Product(product_id, name, category, cents(price * 100), in_stock, next_delivery))
            usual[product_id] = quantity
    return found, usual
