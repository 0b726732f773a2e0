"""What is hidden in the sample business: what a good analysis of these records must find.

`needles` are strings from the record that an answer which has understood the finding cannot leave out.
docs/sample-data.md lists the same for people; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    use_case: str
    record_id: str
    planted: str
    needles: tuple[str, ...]


FINDINGS = (
    Finding(
        "customer_insight",
        "CUST-0142",
        "Orders fell to less than half after a ticket about a centrifuge that nobody has solved for 200 days.",
        ("TKT-1773", "30,139.55", "15,301.95"),
    ),
    Finding(
        "customer_insight",
        "CUST-0077",
        "Reagents were three quarters of the spend and have not been bought since April 2026.",
        ("Reagents", "74.5", "2026-04-15"),
    ),
    Finding(
        "customer_insight",
        "CUST-0215",
        "Invoices that were paid after 25 days are paid after 56 days now.",
        ("56.4", "25.5"),
    ),
    Finding(
        "customer_insight",
        "CUST-0318",
        "Orders doubled in six months and the unpaid sum is over the credit limit.",
        ("6,185.45", "5,000.00", "19"),
    ),
    Finding(
        "customer_insight",
        "CUST-0409",
        "Two thirds of the orders of the last half year came back, after several tickets about crushed parcels.",
        ("12,531.50", "TKT-2424"),
    ),
    Finding(
        "order_analysis",
        "ORD-19054",
        "A quartz cuvette pair was entered at ten times its usual price.",
        ("1,629.50", "158.70"),
    ),
    Finding(
        "order_analysis",
        "ORD-18668",
        "The same goods were shipped a second time two days later.",
        ("SHP-28862", "SHP-28863", "927.60"),
    ),
    Finding(
        "order_analysis",
        "ORD-18374",
        "72 packs of centrifuge tubes were ordered by a customer who usually orders 5.",
        ("72", "14.4", "7,513.20"),
    ),
    Finding(
        "order_analysis",
        "ORD-18895",
        "The order repeats the customer's order of two days before, line by line.",
        ("ORD-18872", "1,858.20"),
    ),
    Finding(
        "order_analysis",
        "ORD-18960",
        "An open order is past its date: 12 sensor modules are ordered, 4 are in stock and more come in three weeks.",
        ("CO2 sensor module C2", "2026-11-19", "2026-10-26"),
    ),
    Finding(
        "support_ticket",
        "TKT-2484",
        "The 13th ticket in three weeks about the gateway after a firmware update; five were solved by one setting.",
        ("13 tickets", "Spectra Connect gateway", "Set the session timeout of the gateway to 12 hours"),
    ),
    Finding(
        "support_ticket",
        "TKT-2492",
        "A ticket of low priority speaks of a burning smell and smoke.",
        ("burning smell", "smoke", "Low"),
    ),
    Finding(
        "support_ticket",
        "TKT-2481",
        "Filed under billing, but it is the pump fault E-31 that was solved many times.",
        ("Billing", "9 of the 9 most similar solved tickets are Fault", "E-31"),
    ),
    Finding(
        "support_ticket",
        "TKT-2459",
        "A customer has written three times in eight days without an answer and is angry.",
        ("197", "unacceptable", "third time"),
    ),
    Finding(
        "support_ticket",
        "TKT-2494",
        "The same pump fault for the third time: the resets did not last, elsewhere a new pump seal did.",
        ("TKT-1952", "TKT-2160", "Replaced the pump seal of the pump head"),
    ),
    Finding(
        "financial_report",
        "FIN-2026-09",
        "Freight is far over budget for one reason: emergency air freight after a dock was closed.",
        ("CC-210", "86,420.00", "Emergency air freight after the closure of Kestrel dock"),
    ),
    Finding(
        "financial_report",
        "FIN-2026-06",
        "The stand construction of a trade fair was posted twice.",
        ("PST-30894", "PST-30866", "27,850.00"),
    ),
    Finding(
        "financial_report",
        "FIN-2026-03",
        "The rent was not booked, so the month looks better than it is.",
        ("CC-220", "Harrowlund Estates", "47,966.67"),
    ),
    Finding(
        "financial_report",
        "FIN-2026-01",
        "A bill for prototype parts was booked to customer support.",
        ("PST-30667", "CC-410", "CC-510"),
    ),
    Finding(
        "financial_report",
        "FIN-2026-10",
        "The overspend on cloud services has grown for three months running.",
        ("CC-610", "72.5", "48,828.02"),
    ),
    Finding(
        "patient_record",
        "PAT-0107",
        "Warfarin and ibuprofen are both active, and the INR rose above its range after ibuprofen was started.",
        ("Warfarin", "Ibuprofen", "3.6"),
    ),
    Finding(
        "patient_record",
        "PAT-0064",
        "Amoxicillin was prescribed to a patient with a noted severe penicillin allergy.",
        ("Amoxicillin", "Penicillin", "2014-06-30"),
    ),
    Finding(
        "patient_record",
        "PAT-0188",
        "The eGFR fell in four measurements in a row, from 58 to 34.",
        ("eGFR", "58", "34"),
    ),
    Finding(
        "patient_record",
        "PAT-0231",
        "The HbA1c check of a patient with diabetes has been overdue for 325 days.",
        ("HbA1c", "2025-06-10", "325"),
    ),
    Finding(
        "patient_record",
        "PAT-0275",
        "Potassium rose to 5.9 after spironolactone was added to lisinopril.",
        ("Spironolactone", "Lisinopril", "5.9"),
    ),
    Finding(
        "document_review",
        "DOC-0042",
        "The notice period went from 90 to 30 days in a version whose note says editorial changes only.",
        ("90", "30 days", "Editorial changes only"),
    ),
    Finding(
        "document_review",
        "DOC-0018",
        "The liability is without limit, in 1 of 44 contracts of this kind.",
        ("without limit", "1 of 44"),
    ),
    Finding(
        "document_review",
        "DOC-0063",
        "Notice must be given within 14 days, or the lease renews by 36 months.",
        ("2026-11-14", "36 months"),
    ),
    Finding(
        "document_review",
        "DOC-0091",
        "The clause on data protection is missing, which all other contracts of this kind have.",
        ("data protection", "34 of 35"),
    ),
    Finding(
        "document_review",
        "DOC-0110",
        "The yearly price rise went from at most 2 % to at most 8 %, four times the median.",
        ("Price adjustment", "from 2 to 8 percent"),
    ),
)
