"""Patients of the clinic: visits, laboratory values, medication. Five of them need a second look."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from samples.business.names import CITIES, LAST_NAMES, MEN, STREETS, WOMEN, person, phone
from samples.business.tables import AS_OF, FIRST_DAY, stream

PATIENTS = 300
INTERACTING = "PAT-0107"
ALLERGIC = "PAT-0064"
WORSENING = "PAT-0188"
OVERDUE = "PAT-0231"
POTASSIUM = "PAT-0275"
PLANTED = (INTERACTING, ALLERGIC, WORSENING, OVERDUE, POTASSIUM)


class Patient(NamedTuple):
    patient_id: str
    name: str
    sex: str
    born_on: date
    ssn: str
    insurance_number: str
    phone: str
    email: str
    street: str
    postcode: str
    city: str
    smoker: bool
    registered_on: date


class Condition(NamedTuple):
    patient_id: str
    condition: str
    since: date


class Visit(NamedTuple):
    visit_id: str
    patient_id: str
    visited_on: date
    department: str
    doctor: str
    reason: str
    note: str


class LabTest(NamedTuple):
    test: str
    unit: str
    reference_low: Decimal
    reference_high: Decimal
    critical_low: Decimal
    critical_high: Decimal
    worse: str


class Lab(NamedTuple):
    patient_id: str
    test: str
    measured_on: date
    value: Decimal


class Substance(NamedTuple):
    medication: str
    drug_class: str
    max_daily_mg: Decimal


class Medication(NamedTuple):
    patient_id: str
    medication: str
    dose_mg: Decimal
    times_per_day: int
    started_on: date
    ended_on: date | None
    prescribed_for: str


class Allergy(NamedTuple):
    patient_id: str
    allergen: str
    reaction: str
    severity: str
    noted_on: date


class Interaction(NamedTuple):
    medication_a: str
    medication_b: str
    severity: str
    effect: str


class CheckRule(NamedTuple):
    because: str
    test: str
    every_months: int


@dataclass(frozen=True)
class Clinic:
    patients: list[Patient]
    conditions: list[Condition]
    visits: list[Visit]
    labs: list[Lab]
    medications: list[Medication]
    allergies: list[Allergy]


def _d(value: float | str) -> Decimal:
    return Decimal(str(value))


# test, unit, reference range, critical range, which way is worse, usual spread, decimals
TESTS = (
    ("HbA1c", "%", 4.0, 5.9, 3.5, 9.5, "up", 0.15, 1),
    ("eGFR", "mL/min", 60, 120, 30, 200, "down", 3.0, 0),
    ("Creatinine", "mg/dL", 0.6, 1.2, 0.3, 2.5, "up", 0.05, 2),
    ("Potassium", "mmol/L", 3.5, 5.1, 3.0, 5.7, "up", 0.12, 1),
    ("LDL cholesterol", "mmol/L", 1.0, 3.4, 0.3, 6.5, "up", 0.15, 1),
    ("ALT", "U/L", 7, 42, 1, 150, "up", 3.0, 0),
    ("TSH", "mIU/L", 0.4, 4.0, 0.05, 12, "up", 0.25, 1),
    ("INR", "(ratio)", 2.0, 3.0, 1.2, 4.5, "up", 0.15, 1),
    ("Haemoglobin", "g/dL", 12.0, 17.0, 8.0, 19.5, "down", 0.35, 1),
    ("CRP", "mg/L", 0.0, 5.0, 0.0, 60.0, "up", 0.6, 1),
)
CENTRE = {
    "HbA1c": 5.3,
    "eGFR": 86,
    "Creatinine": 0.9,
    "Potassium": 4.2,
    "LDL cholesterol": 2.7,
    "ALT": 23,
    "TSH": 1.9,
    "INR": 2.5,
    "Haemoglobin": 14.2,
    "CRP": 1.8,
}

SUBSTANCES = (
    ("Metformin", "Biguanide", 3000),
    ("Gliclazide", "Sulfonylurea", 320),
    ("Ramipril", "ACE inhibitor", 10),
    ("Lisinopril", "ACE inhibitor", 80),
    ("Losartan", "Angiotensin receptor blocker", 100),
    ("Amlodipine", "Calcium channel blocker", 10),
    ("Bisoprolol", "Beta blocker", 20),
    ("Metoprolol", "Beta blocker", 400),
    ("Spironolactone", "Potassium-sparing diuretic", 200),
    ("Furosemide", "Loop diuretic", 600),
    ("Simvastatin", "Statin", 40),
    ("Atorvastatin", "Statin", 80),
    ("Warfarin", "Vitamin K antagonist", 15),
    ("Apixaban", "Factor Xa inhibitor", 20),
    ("Levothyroxine", "Thyroid hormone", 0.3),
    ("Salbutamol", "Beta agonist", 16),
    ("Budesonide", "Inhaled corticosteroid", 2),
    ("Omeprazole", "Proton pump inhibitor", 40),
    ("Ibuprofen", "NSAID", 2400),
    ("Naproxen", "NSAID", 1000),
    ("Paracetamol", "Analgesic", 4000),
    ("Amoxicillin", "Penicillin", 3000),
    ("Clarithromycin", "Macrolide", 1000),
    ("Doxycycline", "Tetracycline", 200),
    ("Sertraline", "SSRI", 200),
    ("Tramadol", "Opioid", 400),
    ("Allopurinol", "Xanthine oxidase inhibitor", 800),
)

INTERACTIONS = (
    ("Warfarin", "Ibuprofen", "High", "raised risk of bleeding"),
    ("Warfarin", "Naproxen", "High", "raised risk of bleeding"),
    ("Warfarin", "Clarithromycin", "High", "stronger anticoagulation, INR rises"),
    ("Apixaban", "Ibuprofen", "High", "raised risk of bleeding"),
    ("Apixaban", "Naproxen", "High", "raised risk of bleeding"),
    ("Simvastatin", "Clarithromycin", "High", "raised risk of muscle damage"),
    ("Atorvastatin", "Clarithromycin", "Moderate", "raised statin level"),
    ("Spironolactone", "Lisinopril", "High", "potassium can rise"),
    ("Spironolactone", "Ramipril", "High", "potassium can rise"),
    ("Spironolactone", "Losartan", "High", "potassium can rise"),
    ("Ramipril", "Losartan", "High", "low blood pressure, kidney strain, potassium can rise"),
    ("Lisinopril", "Ibuprofen", "Moderate", "weaker effect on blood pressure, kidney strain"),
    ("Ramipril", "Ibuprofen", "Moderate", "weaker effect on blood pressure, kidney strain"),
    ("Sertraline", "Tramadol", "High", "raised risk of serotonin toxicity"),
    ("Simvastatin", "Amlodipine", "Moderate", "raised statin level, simvastatin at most 20 mg a day"),
    ("Bisoprolol", "Salbutamol", "Moderate", "each weakens the other"),
    ("Gliclazide", "Clarithromycin", "Moderate", "blood sugar can fall too low"),
)

CHECK_RULES = (
    ("Type 2 diabetes", "HbA1c", 6),
    ("Type 2 diabetes", "eGFR", 12),
    ("High blood pressure", "Potassium", 12),
    ("High blood pressure", "Creatinine", 12),
    ("Atrial fibrillation on warfarin", "INR", 2),
    ("High cholesterol", "LDL cholesterol", 12),
    ("Underactive thyroid", "TSH", 12),
    ("Chronic kidney disease", "eGFR", 6),
    ("Heart failure", "Potassium", 6),
)

# condition → its tests with another centre than usual, its usual medications (name, mg, times a day)
CONDITIONS: dict[str, tuple[dict[str, float], tuple[tuple[str, float, int], ...]]] = {
    "Type 2 diabetes": ({"HbA1c": 6.8, "eGFR": 82}, (("Metformin", 850, 2),)),
    "High blood pressure": (
        {"Potassium": 4.3, "Creatinine": 0.95},
        (("Ramipril", 5, 1), ("Amlodipine", 5, 1), ("Losartan", 50, 1)),
    ),
    "High cholesterol": ({"LDL cholesterol": 3.0, "ALT": 26}, (("Atorvastatin", 20, 1),)),
    "Atrial fibrillation": ({"Haemoglobin": 14.0}, (("Apixaban", 5, 2),)),
    "Atrial fibrillation on warfarin": ({"INR": 2.5, "Haemoglobin": 13.8}, (("Warfarin", 5, 1),)),
    "Underactive thyroid": ({"TSH": 2.6}, (("Levothyroxine", 0.1, 1),)),
    "Asthma": ({"CRP": 2.0}, (("Budesonide", 0.4, 2), ("Salbutamol", 0.2, 2))),
    "Heart failure": ({"Potassium": 4.4, "eGFR": 74}, (("Furosemide", 40, 1),)),
    "Reflux": ({"Haemoglobin": 14.1}, (("Omeprazole", 20, 1),)),
    "Gout": ({"Creatinine": 1.0}, (("Allopurinol", 300, 1),)),
}
COMMON = tuple(name for name in CONDITIONS if name not in ("Atrial fibrillation on warfarin", "Heart failure"))

ALLERGIES = (
    ("Penicillin", "rash"),
    ("Penicillin", "swelling of the face"),
    ("NSAID", "wheezing"),
    ("Macrolide", "stomach pain"),
    ("Latex", "itching"),
    ("Grass pollen", "hay fever"),
    ("Nickel", "skin rash"),
    ("Peanut", "swelling of the lips"),
)

DEPARTMENTS = (
    "General practice",
    "General practice",
    "Cardiology",
    "Endocrinology",
    "Occupational health",
    "Physiotherapy",
)
REASONS = (
    "Routine check",
    "Blood pressure check",
    "Review of medication",
    "Cough and sore throat",
    "Back pain",
    "Vaccination",
    "Tiredness",
    "Headache",
    "Follow-up of laboratory values",
)
NOTES = (
    "Feels well, no new complaints. Blood pressure {systolic}/{diastolic}. Continue as before.",
    "Reports poor sleep since about {weeks} weeks. Blood pressure {systolic}/{diastolic}. Advice on sleep given.",
    "Weight {weight} kg. Walks daily. Takes the medication regularly.",
    "Mild symptoms for {weeks} weeks, no fever. Blood pressure {systolic}/{diastolic}. Review if no better in two "
    "weeks.",
    "Discussed diet and exercise. Weight {weight} kg, blood pressure {systolic}/{diastolic}.",
    "Back pain after lifting at work, no numbness. Exercises shown. Paracetamol if needed.",
    "{title} {last} asked about side effects of the medication. None found today. Blood pressure "
    "{systolic}/{diastolic}.",
)
PERSONAL_NOTES = (
    "{name} asks to be called on {phone} after 17:00 about the results. Blood pressure {systolic}/{diastolic}.",
    "Results to be sent to {email}. {title} {last} moved to {street}, {city}; address to be corrected.",
    "Insurance form filled in, SSN {ssn}, insurance number {insurance}. No new complaints.",
    "Accompanied by {relative} (spouse, phone {phone2}). Feels tired since {weeks} weeks, blood pressure "
    "{systolic}/{diastolic}.",
    "{relative} called on behalf of {name}, born {born}: wants the next date moved. Reachable at {email}.",
)


def lab_tests() -> list[LabTest]:
    return [
        LabTest(name, unit, _d(low), _d(high), _d(critical_low), _d(critical_high), worse)
        for name, unit, low, high, critical_low, critical_high, worse, _, _ in TESTS
    ]


def substances() -> list[Substance]:
    return [Substance(name, drug_class, _d(most)) for name, drug_class, most in SUBSTANCES]


def interactions() -> list[Interaction]:
    return [Interaction(*row) for row in INTERACTIONS]


def check_rules() -> list[CheckRule]:
    return [CheckRule(*row) for row in CHECK_RULES]


def _patient(rng: random.Random, number: int) -> Patient:
    sex = rng.choice(("female", "male"))
    first, last = rng.choice(WOMEN if sex == "female" else MEN), rng.choice(LAST_NAMES)
    age = rng.randrange(24, 84)
    return Patient(
        f"PAT-{number:04d}",
        f"{first} {last}",
        sex,
        AS_OF - timedelta(days=age * 365 + rng.randrange(365)),
        f"{rng.randrange(100, 650)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
        f"{rng.choice('ABCDEFGH')}{rng.randrange(10**8, 10**9)}",
        phone(rng),
        f"{first.lower()}.{last.lower()}@{rng.choice(('mail', 'post', 'inbox'))}.example.com",
        f"{rng.randrange(1, 180)} {rng.choice(STREETS)}",
        f"{rng.randrange(10000, 99999)}",
        rng.choice(CITIES)[0],
        rng.random() < 0.17,
        date(2015, 1, 1) + timedelta(days=rng.randrange(3400)),
    )


def _note(rng: random.Random, patient: Patient, personal: bool) -> str:
    return rng.choice(PERSONAL_NOTES if personal else NOTES).format(
        name=patient.name,
        last=patient.name.split()[-1],
        title="Ms" if patient.sex == "female" else "Mr",
        relative=person(rng),
        phone=patient.phone,
        phone2=phone(rng),
        email=patient.email,
        street=patient.street,
        city=patient.city,
        ssn=patient.ssn,
        insurance=patient.insurance_number,
        born=f"{patient.born_on:%d.%m.%Y}",
        systolic=rng.randrange(112, 149),
        diastolic=rng.randrange(66, 92),
        weight=rng.randrange(54, 104),
        weeks=rng.randrange(2, 7),
    )


def _measure(rng: random.Random, test: str, centre: float) -> Decimal:
    """A value near its centre. Never a drift over several measurements: those are planted."""
    spread, decimals = next((row[7], row[8]) for row in TESTS if row[0] == test)
    return Decimal(f"{max(0.1, centre + rng.uniform(-1.3, 1.3) * spread):.{decimals}f}")


def _months_before(day: date, months: float) -> date:
    return day - timedelta(days=round(months * 30.4))


def clinic(seed: int) -> Clinic:
    found = Clinic([], [], [], [], [], [])
    visits: list[Visit] = []
    for number in range(1, PATIENTS + 1):
        rng = stream(seed, "patient", number)
        patient = _patient(rng, number)
        found.patients.append(patient)
        visits.extend(_visits(rng, patient))
        if patient.patient_id in PLANTED:
            _plant(rng, patient.patient_id, found)
        else:
            _ordinary(rng, patient, found)
    visits.sort(key=lambda visit: (visit.visited_on, visit.patient_id))
    found.visits.extend(visit._replace(visit_id=f"VIS-{number:05d}") for number, visit in enumerate(visits, 1))
    return found


def _visits(rng: random.Random, patient: Patient) -> list[Visit]:
    count = rng.randrange(3, 9)
    personal = set(rng.sample(range(count), k=rng.choice((1, 1, 2))))
    found: list[Visit] = []
    for index in range(count):
        day = FIRST_DAY + timedelta(days=rng.randrange(725))
        found.append(
            Visit(
                "",
                patient.patient_id,
                day,
                rng.choice(DEPARTMENTS),
                f"Dr {rng.choice(LAST_NAMES)}",
                rng.choice(REASONS),
                _note(rng, patient, index in personal),
            )
        )
    return found


def _ordinary(rng: random.Random, patient: Patient, found: Clinic) -> None:
    """No, one, two or three conditions, their usual medication, checks in time."""
    names = rng.sample(COMMON, k=rng.choices((0, 1, 2, 3), (30, 38, 22, 10))[0])
    if "Atrial fibrillation" in names and rng.random() < 0.2:
        names[names.index("Atrial fibrillation")] = "Atrial fibrillation on warfarin"
    centres = {"Haemoglobin": CENTRE["Haemoglobin"], "CRP": CENTRE["CRP"], "LDL cholesterol": CENTRE["LDL cholesterol"]}
    taken: set[str] = set()
    for name in names:
        tests, medications = CONDITIONS[name]
        centres |= tests
        since = _months_before(AS_OF, rng.uniform(26, 110))
        found.conditions.append(Condition(patient.patient_id, name, since))
        chosen = medications if name == "Asthma" else (rng.choice(medications),)
        for medication, dose, times in chosen:
            taken.add(medication)
            started = since + timedelta(days=rng.randrange(10, 300))
            found.medications.append(Medication(patient.patient_id, medication, _d(dose), times, started, None, name))
    if rng.random() < 0.3:
        _short_course(rng, patient.patient_id, found)
    if rng.random() < 0.28:
        allergen, reaction = rng.choice(ALLERGIES)
        severity = rng.choice(("mild", "moderate", "severe"))
        found.allergies.append(
            Allergy(patient.patient_id, allergen, reaction, severity, _months_before(AS_OF, rng.uniform(20, 150)))
        )
    for test, centre in centres.items():
        every = next((rule[2] for rule in CHECK_RULES if rule[1] == test and rule[0] in names), 12)
        own = centre + rng.uniform(-0.6, 0.6) * next(row[7] for row in TESTS if row[0] == test)
        forgotten = 1.3 + rng.random() if rng.random() < 0.02 else 0
        day = _months_before(AS_OF, (forgotten or rng.uniform(0.1, 0.8)) * every)
        while day > FIRST_DAY:
            found.labs.append(Lab(patient.patient_id, test, day, _measure(rng, test, own)))
            day = _months_before(day, every * rng.uniform(0.8, 1.0) * (1 if every > 2 else 1.4))


def _short_course(rng: random.Random, patient_id: str, found: Clinic) -> None:
    """A course that ended: it no longer interacts with anything."""
    medication, dose, times, reason = rng.choice(
        (
            ("Amoxicillin", 500, 3, "Sinusitis"),
            ("Ibuprofen", 400, 3, "Back pain"),
            ("Doxycycline", 100, 2, "Bronchitis"),
        )
    )
    started = FIRST_DAY + timedelta(days=rng.randrange(640))
    found.medications.append(
        Medication(
            patient_id, medication, _d(dose), times, started, started + timedelta(days=rng.randrange(5, 12)), reason
        )
    )


def _series(found: Clinic, patient_id: str, test: str, values: list[tuple[date, str]]) -> None:
    found.labs.extend(Lab(patient_id, test, day, Decimal(value)) for day, value in values)


def _plant(rng: random.Random, patient_id: str, found: Clinic) -> None:
    """The patients of samples/findings.py. Every value here is invented."""

    def has(condition: str, since: date) -> None:
        found.conditions.append(Condition(patient_id, condition, since))

    def takes(medication: str, mg: float, times: int, since: date, reason: str) -> None:
        found.medications.append(Medication(patient_id, medication, _d(mg), times, since, None, reason))

    if patient_id == INTERACTING:
        has("Atrial fibrillation on warfarin", date(2022, 3, 8))
        has("High blood pressure", date(2019, 5, 20))
        takes("Warfarin", 5, 1, date(2022, 3, 15), "Atrial fibrillation on warfarin")
        takes("Amlodipine", 5, 1, date(2019, 6, 3), "High blood pressure")
        takes("Ibuprofen", 400, 3, date(2026, 9, 22), "Knee pain")
        _series(
            found,
            patient_id,
            "INR",
            [
                (date(2026, 2, 10), "2.4"),
                (date(2026, 4, 9), "2.6"),
                (date(2026, 6, 4), "2.4"),
                (date(2026, 8, 6), "2.5"),
                (date(2026, 9, 17), "2.4"),
                (date(2026, 10, 20), "3.6"),
            ],
        )
        _series(
            found,
            patient_id,
            "Haemoglobin",
            [(date(2026, 2, 10), "14.1"), (date(2026, 8, 6), "13.9"), (date(2026, 10, 20), "12.6")],
        )
        _series(found, patient_id, "Potassium", [(date(2025, 8, 5), "4.2"), (date(2026, 8, 6), "4.3")])
        _series(found, patient_id, "Creatinine", [(date(2025, 8, 5), "0.92"), (date(2026, 8, 6), "0.95")])
    elif patient_id == ALLERGIC:
        has("Asthma", date(2011, 9, 1))
        takes("Budesonide", 0.4, 2, date(2018, 4, 12), "Asthma")
        takes("Amoxicillin", 500, 3, date(2026, 10, 27), "Sinusitis")
        found.allergies.append(Allergy(patient_id, "Penicillin", "swelling of the face", "severe", date(2014, 6, 30)))
        _series(found, patient_id, "CRP", [(date(2025, 11, 4), "2.1"), (date(2026, 10, 27), "14.8")])
    elif patient_id == WORSENING:
        has("Type 2 diabetes", date(2016, 2, 2))
        has("Chronic kidney disease", date(2024, 12, 3))
        takes("Metformin", 1000, 2, date(2016, 3, 1), "Type 2 diabetes")
        takes("Atorvastatin", 20, 1, date(2019, 7, 9), "High cholesterol")
        _series(
            found,
            patient_id,
            "eGFR",
            [
                (date(2025, 4, 8), "58"),
                (date(2025, 9, 30), "51"),
                (date(2026, 3, 24), "43"),
                (date(2026, 9, 15), "34"),
            ],
        )
        _series(
            found,
            patient_id,
            "HbA1c",
            [(date(2025, 9, 30), "7.1"), (date(2026, 3, 24), "7.0"), (date(2026, 9, 15), "7.2")],
        )
        _series(found, patient_id, "LDL cholesterol", [(date(2025, 9, 30), "2.6"), (date(2026, 9, 15), "2.5")])
    elif patient_id == OVERDUE:
        has("Type 2 diabetes", date(2018, 10, 16))
        takes("Metformin", 850, 2, date(2018, 11, 2), "Type 2 diabetes")
        takes("Gliclazide", 60, 1, date(2023, 5, 8), "Type 2 diabetes")
        _series(found, patient_id, "HbA1c", [(date(2025, 1, 21), "7.4"), (date(2025, 6, 10), "8.3")])
        _series(found, patient_id, "eGFR", [(date(2025, 12, 2), "79")])
    elif patient_id == POTASSIUM:
        has("Heart failure", date(2023, 1, 17))
        has("High blood pressure", date(2015, 8, 3))
        takes("Lisinopril", 20, 1, date(2023, 1, 24), "Heart failure")
        takes("Furosemide", 40, 1, date(2023, 1, 24), "Heart failure")
        takes("Spironolactone", 50, 1, date(2026, 7, 14), "Heart failure")
        _series(
            found,
            patient_id,
            "Potassium",
            [
                (date(2026, 1, 13), "4.4"),
                (date(2026, 7, 7), "4.5"),
                (date(2026, 8, 25), "5.2"),
                (date(2026, 10, 22), "5.9"),
            ],
        )
        _series(
            found,
            patient_id,
            "Creatinine",
            [(date(2026, 1, 13), "1.02"), (date(2026, 7, 7), "1.05"), (date(2026, 10, 22), "1.12")],
        )
    found.allergies.extend(
        [Allergy(patient_id, "Grass pollen", "hay fever", "mild", date(2015, 4, 9))] if rng.random() < 0.5 else []
    )
