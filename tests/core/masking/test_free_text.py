"""What tells a person in a free text, however it is written, and what only looks like it."""

from __future__ import annotations

import pytest

from core.masking.known import Known
from core.masking.reading import read

TELLING = (
    ("SSN 078-05-1120 on file", "078-05-1120"),
    ("SSN: 078 05 1120", "078 05 1120"),
    ("social security number is 078051120.", "078051120"),
    ("０７８－０５－１１２０", "０７８－０５－１１２０"),
    ("0 7 8 - 0 5 - 1 1 2 0 was given", "0 7 8 - 0 5 - 1 1 2 0"),
    ("078\u200b-05\u200b-1120", "078"),
    ("078-05-\n1120", "1120"),
    ("ssn 078.05.1120", "078.05.1120"),
    ("card 4111 1111 1111 1111 exp 12/27", "4111 1111 1111 1111"),
    ("4111-1111-1111-1111", "4111"),
    ("4111\n1111\n1111\n1111", "1111"),
    ("5500005555555559", "5500005555555559"),
    ("Amex 378282246310005.", "378282246310005"),
    ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "1 1 1"),
    ("IBAN AT61 1904 3002 3457 3201 please", "1904 3002"),
    ("de89370400440532013000", "89370400440532013000"),
    ("GB29 NWBK 6016 1331 9268 19 is mine", "9268 19"),
    ("send to AT61\n1904300234573201", "1904300234573201"),
    ("A T 6 1 1 9 0 4 3 0 0 2 3 4 5 7 3 2 0 1", "7 3 2 0 1"),
    ("mail anna.meyer@example.com.", "anna.meyer@example.com"),
    ("anna.meyer (at) example (dot) com", "anna.meyer"),
    ("anna at example dot com", "anna"),
    ("anna.meyer@\nexample.com today", "anna.meyer"),
    ("anna . meyer @ example . com", "example . com"),
    ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ａｎｎａ"),
    ("o'brien@ex-ample.co.uk's", "brien@ex-ample.co.uk"),
    ("call +43 664 1234567 now", "+43 664 1234567"),
    ("(512) 555-0142", "555-0142"),
    ("512-555-0142", "512-555-0142"),
    ("512.555.0142", "0142"),
    ("+1 404 555 0142", "404 555 0142"),
    ("phone 5125550142", "5125550142"),
    ("tel. 01 234 56 78", "234 56 78"),
    ("0664/1234567", "1234567"),
    ("020 7946 0958", "7946 0958"),
    ("06 12 34 56 78", "12 34 56"),
    ("reach me at 555 0142", "0142"),
    ("+1 (404) 555-0142 ext 5", "555-0142"),
    ("+ 4 3 6 6 4 1 2 3 4 5 6 7", "5 6 7"),
    ("0044 20 7946 0958", "7946"),
    ("call her back on 555-0199", "0199"),
    ("mobile number: 0171-2345678", "2345678"),
    ("+44 (0)20 7946 0958", "0958"),
    ("born 23.05.1984:", "23.05.1984"),
    ("DOB 05/23/1984", "05/23/1984"),
    ("date of birth: May 23, 1984", "May 23, 1984"),
    ("DOB: 1984-05-23", "1984-05-23"),
    ("geb. 23. Mai 1984", "1984"),
    ("Smith (born on 23 May 1984)", "23 May 1984"),
    ("1984-05-23 (DOB)", "1984-05-23"),
    ("birthday is 23rd of May 1984", "23rd"),
    ("d.o.b. 5/23/84", "5/23/84"),
    ("lives at 12 Elm Street, Springfield, IL 62704", "12 Elm Street, Springfield, IL 62704"),
    ("64 Station Avenue", "64 Station"),
    ("moved to 12 Lark Rise, Porto", "Lark Rise"),
    ("Hauptstraße 12, 1010 Wien", "Hauptstra"),
    ("Mariahilfer Straße 100", "Mariahilfer"),
    ("Lindengasse 4/12", "Lindengasse"),
    ("12 rue de la Paix, 75002 Paris", "la Paix"),
    ("Via Roma 12", "Roma"),
    ("P.O. Box 1234", "1234"),
    ("4 Bishop's Gate", "Bishop's Gate"),
    ("221B Baker Street, London NW1 6XE", "NW1 6XE"),
    ("Apt 4, 1600 Pennsylvania Ave NW", "Pennsylvania"),
    ("12 Elm\nStreet", "Elm"),
    ("1200 N. Lake Shore Drive", "Lake Shore"),
    ("Dr. Weber said", "Weber"),
    ("Dr Anna-Maria Weber", "Anna-Maria Weber"),
    ("Mr Smith's results", "Smith"),
    ("Mrs. O'Brien called", "O'Brien"),
    ("Prof. Dr. Hans Müller", "Hans Müller"),
    ("Ms van der Berg", "Berg"),
    ("Patient Novak complains", "Novak"),
    ("patient John Smith", "John Smith"),
    ("her daughter Susan called", "Susan"),
    ("his wife, Maria Lopez,", "Maria Lopez"),
    ("Kind regards,\nJohn Smith", "John Smith"),
    ("Accompanied by Felix Horvat (spouse", "Felix Horvat"),
    ("Fiona Kovac called on behalf", "Fiona Kovac"),
    ("my name is Peter Parker", "Peter Parker"),
    ("I am Peter Parker from accounts", "Peter Parker"),
    ("Dear Anna,", "Anna"),
    ("Contact: Jane Doe, 512", "Jane Doe"),
    ("Frau Müller-Lüdenscheidt", "Lüdenscheidt"),
    ("mrs smith came in", "smith"),
    ("MR SMITH came", "SMITH"),
    ("Spoke to Karen about it", "Karen"),
    ("Nurse Ratched", "Ratched"),
    ("Mr J. R. Smith", "Smith"),
    ("John Smith, aged 45", "John Smith"),
    ("Mr. and Mrs. Fielding", "Fielding"),
    ("signed by Dr. E. Ruiz", "Ruiz"),
    ("husband (Karl Meyer)", "Karl Meyer"),
    ("Herr\nGruber", "Gruber"),
    ("Miss Olsen", "Olsen"),
    ("MRN 483920", "483920"),
    ("insurance number D922848920", "D922848920"),
    ("passport no. X1234567", "X1234567"),
    ("NHS number 943 476 5919", "943 476 5919"),
    ("NI number QQ123456C", "QQ123456C"),
    ("AB 12 34 56 C", "12 34 56"),
    ("AHV 756.9217.0769.85", "756.9217"),
    ("RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("12345678Z", "12345678Z"),
    ("member ID: W12345678", "W12345678"),
    ("policy number 99-123-4567", "123-4567"),
    ("account no: 12345678", "12345678"),
    ("SVNR 1237 010180", "1237 010180"),
    ("driver's license D1234-56789", "1234-56789"),
    ("National ID 850312-1234", "850312"),
    ("CPF 529.982.247-25", "529.982"),
)
"""A text, and what of it must not be read."""

HARMLESS = (
    "Invoice 4532015112830 is due",
    "invoice INV-2026-001234",
    "order O-88123 shipped 2026-10-02 14:03:11",
    "Total 1,204.50 EUR of 12,345,678.90",
    "from 2026-01-01 to 2026-12-31",
    "01.02.2026 14:00",
    "order 1234567890 was late",
    "PO 4500012345",
    "tracking 1Z999AA10123456784",
    "blood pressure 143/79, 81 kg",
    "ticket TKT-0012 on 12/05/2026",
    "serial SN 20260012345",
    "EAN 4006381333931",
    "Dose 500 mg 3 times",
    "12 boxes of 144",
    "10.0.0.1 and 192.168.100.200",
    "version 2.10.4567",
    "2 TB Hard Drive",
    "The Patient Portal is down",
    "see the doctor",
    "Q3 2026 vs Q3 2025",
    "see article 12 Main",
    "1 000 000 units",
    "cost centre 4002 400 500",
    "customer service called",
    "born again in 2020",
    "call 3 times",
    "within 14 days",
    "0.6 - 1.2 mg/dL",
    "+15.3% against 12.1%",
    "+1 204 EUR",
    "GTIN 00012345600012",
    "between 2024-11 and 2026-10",
    "INR 2.4 2.6 2.4 2.5",
    "batch 2026 10 02 003",
    "Please call on Monday at 10",
    "contact us about 4 units",
    "12 May 2026",
    "section 12 Way",
    "5 Star Service",
    "invoice number 1002003004",
    "CUST-0142",
    "DE123",
    "room 12, Block B",
    "phone case 3000 units",
    "Order 100-200-3000 ok",
    "insurance 12345 EUR",
    "She was seen by Cardiology",
    "Hello Support",
    "Thanks, Team",
    "patient reports pain",
    "Dear Customer",
    "contract 12 months",
    "signed on 2026-03-04",
    "May 2026 and 3 May",
    "Tel Aviv office",
    "text 20260101",
    "mail 3 items",
    "at 09:00-17:00",
    "3-5 days, 10-20 %",
    "In 2026 Sales rose",
    "Article 5 Place of delivery",
    "Clause 12.3.4",
    "7 Day Close",
    "30 Day Rise",
    "SLA 99.95 %",
    "O-88123-1 line 2",
    "rows 1 - 2 - 3",
    "2024 2025 2026",
    "IMEI",
)


def spans(text: str, *, thorough: bool = False):
    return read([text], Known(), {}, set(), thorough=thorough).get(text, [])


@pytest.mark.parametrize(("text", "telling"), TELLING)
def test_what_tells_a_person_is_found(text: str, telling: str) -> None:
    covered = {place for span in spans(text) for place in range(span.start, span.end)}
    start = text.index(telling)
    missed = [
        text[place] for place in range(start, start + len(telling)) if text[place].isalnum() and place not in covered
    ]
    assert not missed


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("text", HARMLESS)
def test_what_tells_nobody_is_left_alone(text: str, thorough: bool) -> None:
    assert spans(text, thorough=thorough) == []


def test_two_capitalised_words_in_a_sentence_are_a_person_only_in_a_thorough_look() -> None:
    text = "She lives with Maria Lopez since May."
    assert spans(text) == []
    assert [text[span.start : span.end] for span in spans(text, thorough=True)] == ["Maria Lopez"]


def test_words_the_record_uses_for_things_are_no_people() -> None:
    text = "The dose of Ramipril Sandoz was halved."
    assert read([text], Known(), {}, {"ramipril"}, thorough=True) == {}


def test_nothing_is_found_across_two_texts() -> None:
    assert read(["078-05-", "1120", "Dr", "Weber", "a@", "b.com"], Known(), {}, set(), thorough=True) == {}
