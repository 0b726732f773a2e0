"""What customers write to support, and what helped. Texts with {product}, {order}, {count}, {part} and {day}."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symptom:
    """One kind of trouble: `kinds` are the product categories it befalls, `solutions` what solved it, best first."""

    name: str
    category: str
    priority: str
    kinds: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    answers: tuple[str, ...]
    solutions: tuple[str, ...]
    only: tuple[str, ...] = ("",)  # befalls only products with one of these in their name


INSTRUMENTS = ("Centrifuges", "Incubators", "Analysers")
CONSUMABLES = ("Pipettes", "Reagents", "Filters", "Safety")
ALL_GOODS = (*CONSUMABLES, *INSTRUMENTS)

SYMPTOMS = (
    Symptom(
        "drift",
        "Calibration",
        "Normal",
        ("Analysers",),
        (
            "Readings of the {product} drift",
            "{product}: values wander during the day",
            "Drifting measurements on {product}",
        ),
        (
            "The readings of our {product} drift by about {count} % between the morning and the afternoon. The "
            "blank is "
            "stable after warm-up, then the absorbance wanders.",
            "We see a slow drift on the {product}. The control sample starts inside its limits and is out by {count} % "
            "after two hours of measuring.",
            "Since {day} the {product} does not hold its calibration. Zero drifts and every series has to be repeated.",
        ),
        (
            "Could you send us the lamp hours from the service menu and the last calibration report?",
            "Please let the instrument warm up for 40 minutes and run the blank three times. What drift do you see?",
        ),
        (
            "Replaced the lamp module and recalibrated with fresh standard",
            "Recalibrated with fresh calibration standard",
            "Moved the instrument away from the air outlet",
        ),
        only=("Spectra S", "Aqua M1 water", "Electrode", "Conductivity"),
    ),
    Symptom(
        "pump",
        "Fault",
        "High",
        ("Analysers",),
        ("Pump of the {product} stops", "{product} reports a flow error", "Flow error E-31 on {product}"),
        (
            "The pump of the {product} stops in the middle of a series and the display shows flow error E-31. "
            "Restarting "
            "helps for an hour or so.",
            "Flow error E-31 again: the pump runs dry although the sample bottle is full. {count} series were lost.",
            "Our {product} draws air instead of sample. The tubing is new, the pump rattles, then it reports E-31.",
        ),
        (
            "Please check the inlet for bubbles and tell us the serial number of the pump head.",
            "Thank you for the photo. How many hours does the pump counter show?",
        ),
        (
            "Replaced the pump seal of the pump head",
            "Reset the pump and flushed the tubing",
            "Replaced the complete pump head",
        ),
        only=("Aqua M1",),
    ),
    Symptom(
        "vibration",
        "Fault",
        "High",
        ("Centrifuges",),
        (
            "{product} vibrates at high speed",
            "Imbalance alarm on {product}",
            "{product}: strong vibration above 9000 rpm",
        ),
        (
            "The {product} vibrates strongly above 9000 rpm and stops with an imbalance alarm, also with a balanced "
            "load.",
            "Imbalance alarm in {count} of ten runs. We weighed the tubes, the rotor looks clean, the bench is level.",
            "Since {day} our {product} shakes when it passes 9000 rpm. The rotor was not changed.",
        ),
        (
            "Please do not run it above 6000 rpm until we know more. Is the rotor nut tight, and what does the "
            "rotor counter say?",
            "Could you try the run without the rotor and tell us whether the alarm comes back?",
        ),
        (
            "Replaced the motor mounts",
            "Cleaned the rotor seat and tightened the rotor nut",
            "Exchanged the rotor under warranty",
        ),
        only=("centrifuge",),
    ),
    Symptom(
        "lid",
        "Fault",
        "Normal",
        ("Centrifuges",),
        ("Lid of the {product} does not open", "{product}: lid lock stuck"),
        (
            "The lid of the {product} stays locked after the run. We used the emergency release twice this week.",
            "Lid lock error on the {product}: the run ends, the lid does not open and our tubes are inside.",
        ),
        ("Does the lock click when you press the lid down lightly before you open it?",),
        ("Adjusted the lid lock and replaced the seal set", "Replaced the lid lock motor"),
        only=("centrifuge",),
    ),
    Symptom(
        "co2",
        "Fault",
        "High",
        ("Incubators",),
        (
            "CO2 reading wrong on {product}",
            "{product}: CO2 alarm although the bottle is full",
            "CO2 level unstable in {product}",
        ),
        (
            "The {product} shows 5.0 % CO2 and our reference meter says {count}.4 %. The cells do not look happy.",
            "CO2 alarm every night on the {product}. The gas bottle was changed and the pressure is fine.",
            "The CO2 value jumps between 3 and 7 % since {day}. Door closed, humidity normal.",
        ),
        (
            "Please run the automatic zero of the CO2 sensor with the door open for ten minutes.",
            "Which firmware does the display show under service, and when was the sensor changed last?",
        ),
        (
            "Replaced the CO2 sensor module",
            "Ran the automatic zero of the CO2 sensor",
            "Replaced the door gasket, which leaked",
        ),
        only=("Calida 110", "CO2 sensor"),
    ),
    Symptom(
        "temperature",
        "Fault",
        "Normal",
        ("Incubators",),
        ("{product} does not reach 37 degrees", "Temperature too low in {product}"),
        (
            "The {product} stays at 35 degrees although it is set to 37. The door was closed all night.",
            "The chamber of the {product} is {count} degrees too cold at the upper shelf, measured with two "
            "thermometers.",
        ),
        ("Is the fan turning, and is the inner glass door closed completely?",),
        ("Replaced the fan and calibrated the temperature", "Calibrated the temperature at three points"),
        only=("incubator",),
    ),
    Symptom(
        "connection",
        "Software",
        "Normal",
        ("Software",),
        (
            "{product} loses its connection",
            "Instruments vanish from {product}",
            "{product}: no results arrive any more",
        ),
        (
            "Since {day} the {product} loses the connection to our photometers several times a day. Results arrive "
            "late or "
            "not at all.",
            "Instruments vanish from the list and come back only after a restart of the {product}. {count} results "
            "had to be "
            "typed by hand.",
            "No results arrive from the lab network. The gateway light is green, the log says session expired.",
        ),
        (
            "Which version do you see under About, and did it begin after an update?",
            "Please send us the log of the day as a file; the entry before session expired is the one we need.",
        ),
        (
            "Set the session timeout of the gateway to 12 hours",
            "Opened port 7443 in the customer's firewall",
            "Reinstalled the gateway certificate",
        ),
        only=("gateway", "server", "barcode"),
    ),
    Symptom(
        "login",
        "Software",
        "Normal",
        ("Software",),
        ("New users cannot sign in to {product}", "{product}: sign-in refused", "Password reset for {product}"),
        (
            "{count} new colleagues cannot sign in to the {product}. They get the message that no licence is free, "
            "but we bought enough seats.",
            "Sign-in refused for two users since {day}. Their passwords were reset and they are in the right group.",
        ),
        ("How many seats are shown under Licences, and how many of them are marked as inactive?",),
        (
            "Released seats of users who had left",
            "Activated the added seats",
            "Reset the password and the second factor",
        ),
        only=("LabTrace",),
    ),
    Symptom(
        "export",
        "Question",
        "Low",
        ("Software",),
        ("How to export results from {product}", "Question about the {product} export"),
        (
            "How can we export the results of one month from the {product} as CSV with the units in their own column?",
            "Is there a way to have the {product} send the export to a shared folder every night?",
        ),
        ("Which version are you using? The export moved to Reports in the last one.",),
        ("Explained the scheduled export under Reports", "Sent the guide for custom export columns"),
        only=("LabTrace",),
    ),
    Symptom(
        "volume",
        "Calibration",
        "Normal",
        ("Pipettes",),
        (
            "{product} dispenses too little",
            "Volume check failed on {product}",
            "{product}: volume outside the tolerance",
        ),
        (
            "In our quarterly volume check the {product} dispensed {count} % too little at the lowest setting. Tips "
            "are yours, "
            "balance is calibrated.",
            "Two pieces of {product} failed the gravimetric check. They drip slowly when held upright.",
        ),
        ("Please look whether the seal at the lower end is dry or cracked, and try it with a new tip cone.",),
        (
            "Replaced seal and tip cone, adjusted the volume",
            "Adjusted the volume",
            "Exchanged the pipette under warranty",
        ),
        only=("pipette",),
    ),
    Symptom(
        "tips",
        "Quality",
        "Normal",
        ("Pipettes",),
        ("{product}: tips do not fit", "Loose tips in lot of {product}"),
        (
            "The tips of the last lot do not fit tightly: {count} of 96 fall off when the head moves. Older lots "
            "are fine.",
            "Many tips of {product} are slightly bent at the end. We stopped using the opened racks.",
        ),
        ("Could you send us the lot number from the label and a photo of the rack?",),
        ("Exchanged the lot free of charge", "Credited the affected racks"),
        only=("tips",),
    ),
    Symptom(
        "lot",
        "Quality",
        "High",
        ("Reagents",),
        ("Control out of range with {product}", "Doubt about the lot of {product}", "{product}: low recovery"),
        (
            "Controls read {count} % low with the new lot of {product}. With the old lot, same day, same person, "
            "all is fine.",
            "The {product} arrived cloudy. We do not dare to use it and have stopped the series.",
            "Recovery with {product} fell since {day}. We repeated everything with fresh water.",
        ),
        (
            "Please send us the lot number and the storage temperature of the delivery.",
            "We are checking our retained sample of that lot and answer by tomorrow.",
        ),
        (
            "Exchanged the lot after a check of the retained sample",
            "Storage was too warm at the customer's site; advised and sent a replacement",
        ),
    ),
    Symptom(
        "certificate",
        "Question",
        "Low",
        ("Reagents", "Filters"),
        ("Certificate for {product} missing", "Please send the certificate of {product}"),
        (
            "The certificate of analysis for the {product} of order {order} was not in the box. Our auditor asks "
            "for it.",
            "Could you send us the certificate and the safety data sheet of {product}?",
        ),
        ("Which lot number is printed on the label?",),
        ("Sent the certificate by e-mail",),
    ),
    Symptom(
        "clogged",
        "Quality",
        "Normal",
        ("Filters",),
        ("{product} clogs early", "{product}: flow too low"),
        (
            "The {product} clog after {count} samples where we were used to twenty. Same samples, same pressure.",
            "The flow through the {product} is half of what it was. Two packs of the same lot behave alike.",
        ),
        ("Is the sample pre-filtered, and which lot number do the packs carry?",),
        ("Exchanged the lot free of charge", "Advised a 5 um pre-filter, which solved it"),
    ),
    Symptom(
        "size",
        "Question",
        "Low",
        ("Safety",),
        ("Wrong size of {product}", "Exchange {product} for another size"),
        (
            "We ordered {product} in size M by mistake and would like to exchange {count} unopened boxes for size L.",
            "Do the {product} of order {order} exist in a longer version? Ours end above the wrist.",
        ),
        ("Of course. Are the boxes unopened and in their outer carton?",),
        ("Exchanged the unopened boxes", "Sent samples of the longer version"),
        only=("gloves", "coat", "goggles"),
    ),
    Symptom(
        "late",
        "Delivery",
        "Normal",
        ALL_GOODS,
        ("Where is order {order}?", "Delivery of {order} is late", "Order {order} has not arrived"),
        (
            "Order {order} was promised for last week and has not arrived. The tracking page shows nothing since "
            "{day}.",
            "We are still waiting for the {product} of order {order}. When can we expect them?",
            "The carrier says order {order} was delivered, but nobody here signed for it.",
        ),
        ("We have asked the carrier where the parcel is and come back to you today.",),
        (
            "Carrier found the parcel and delivered it",
            "Sent a replacement by express",
            "Parcel had been left with a neighbour; confirmed by the customer",
        ),
    ),
    Symptom(
        "damaged",
        "Delivery",
        "Normal",
        ALL_GOODS,
        ("{product} arrived damaged", "Damaged parcel, order {order}", "Broken on arrival: {product}"),
        (
            "The parcel of order {order} was crushed on one side. {count} of the {product} are broken.",
            "Unfortunately the {product} arrived damaged: the box is dented and the inner bag is torn.",
        ),
        ("We are sorry about that. Please keep the packaging and send us a photo for the carrier.",),
        ("Sent a replacement and claimed the damage from the carrier", "Credited the damaged items"),
    ),
    Symptom(
        "invoice",
        "Billing",
        "Low",
        (*ALL_GOODS, "Software"),
        (
            "Invoice for {order} does not match",
            "Question about the invoice of {order}",
            "Wrong amount on invoice {order}",
        ),
        (
            "The invoice for order {order} shows a price that differs from the quotation for the {product}. Please "
            "check.",
            "We were invoiced twice for order {order}. Could you send a credit note for the second invoice?",
            "Our purchase number is missing on the invoice of order {order}, so our accounts department cannot pay it.",
        ),
        ("Could you send us the number of the quotation or the purchase order?",),
        ("Sent a corrected invoice", "Issued a credit note", "Confirmed that the invoice was right and explained it"),
    ),
    Symptom(
        "training",
        "Question",
        "Low",
        INSTRUMENTS,
        ("Training for {product}", "How often does the {product} need maintenance?"),
        (
            "We have {count} new colleagues who will use the {product}. Do you offer a short online training?",
            "How often should the {product} be serviced when it runs eight hours a day?",
        ),
        ("Gladly. How many people are there, and which days would suit you?",),
        ("Booked an online training", "Sent the maintenance plan"),
        only=("centrifuge", "incubator", "photometer", "water analyser"),
    ),
)

REPLIES = (
    "I will check it tomorrow when our technician is back.",
    "The serial number ends in {part}.",
    "We tried that, no change so far.",
    "Done, the file is attached.",
    "It is the second instrument from the left, serial number ending in {part}.",
    "Yes, that is correct.",
)
"""What customers answer to a question from support."""

THANKS = (
    "That solved it, thank you.",
    "Works again. Thanks for the quick help.",
    "All good now, you can close this ticket.",
    "Thank you, we are happy with that.",
)

WAITING = (
    "Is there any news on this?",
    "We still wait for your answer, when can we expect it?",
    "Please let us know how we proceed.",
)

GREETINGS = ("Hello,", "Good morning,", "Dear support team,", "Hi,", "")

PHRASES = (
    *(
        ("safety", phrase)
        for phrase in (
            "smoke",
            "burning smell",
            "burnt plastic",
            "electric shock",
            "sparks",
            "acid leak",
            "caught fire",
            "injured",
            "gas leak",
        )
    ),
    *(
        ("anger", phrase)
        for phrase in (
            "unacceptable",
            "nobody answers",
            "very disappointed",
            "third time",
            "waste of time",
            "fed up",
            "lost patience",
            "look for another supplier",
            "complain to",
        )
    ),
    *(
        ("urgency", phrase)
        for phrase in (
            "urgent",
            "as soon as possible",
            "work has stopped",
            "immediately",
            "audit on",
            "every hour counts",
        )
    ),
    *(("thanks", phrase) for phrase in ("thank you", "thanks for", "happy with", "great help")),
)
"""How the mood of a ticket is read: phrases in what the customer wrote."""
