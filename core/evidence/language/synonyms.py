"""Words that may stand for each other when a sentence names a column or a set. General English, no record's own words.

Groups are tight on purpose: a synonym may veto ("arrived" is not the order date), so near-synonyms stay apart.
"""

from __future__ import annotations

from functools import lru_cache

from core.evidence.language.stems import stem

GROUPS = tuple(
    frozenset(stem(word) for word in line.split())
    for line in """
order purchase buy place
ship dispatch send leave despatch depart sail
shipment dispatch consignment parcel
deliver arrive receive reach land delivery
arrive eta land
depart etd sail leave
pay payment settle remit
open raise report create log file submit lodge register record
solve resolve close fix settle
solve resolve close complete finish
start begin commence effective
end expire finish terminate conclude
due deadline owed payable
sign execute
birth dob
hire join employ recruit start engage onboard
leave depart quit exit
measure take test sample read determine
visit see consult appointment attend examine
price cost charge rate
total amount value sum worth revenue sell turnover spend bill cost invoice sales volume
revenue sell turnover income sales earn
spend cost expense expenditure outlay
profit earnings income result surplus
quantity unit piece item qty pack count
size member people headcount strength
give gift donate donation giving
actual spend cost book real
budget plan target
weigh weight mass heavy load light
length long
height tall
temperature temp warm cold hot
duration take endure long length
distance far route
score point mark grade result rating
salary earn pay wage compensation remuneration
age old
speed fast slow
stock inventory
discount rebate reduction
tax vat
customer client account buyer
employee staff worker person colleague headcount
ticket case issue request complaint incident
product item article sku good
supplier vendor
doctor physician clinician consultant
visit appointment consultation
medication drug medicine prescription
dose dosage strength
lab test measurement reading assay
test value result reading level
satisfaction rating score star
priority urgency
city town place location
country nation
department team division unit
carrier haulier forwarder transporter
contract agreement document
clause section provision article
version revision edition
update revise amend modify edit
consume use usage draw energy demand
produce output make manufacture yield generation
match game fixture
win victory beat won
lose defeat loss
draw tie drew drawn
reject decline refuse deny
approve accept grant
cancel void annul
fail failed failure
pass passed
student pupil learner
subject course class
teacher instructor lecturer
attend attendance present
absence absent miss
claim case
policy cover
premium contribution
reserve provision
pay payout settlement paid
meter device sensor
machine instrument device equipment
sample specimen
container box unit
vessel ship
port harbour harbor terminal
origin source departure
destination bound
status state
category type kind class
reason cause
manager head lead
name title
limit ceiling cap maximum
reference normal norm standard range
low lower minimum bottom
high upper maximum top
previous prior last before former earlier
forecast projection expectation expect
balance outstanding owe
interest rate
loan credit
late delay overdue
hour time
overtime extra
variance deviate overspend overspent overrun overshoot underspend difference
reefer refrigerate
gain increase change difference improve
spectator attendance crowd audience visitor
goal score
concede against
remote remotely
validity valid
postage price fee
parcel package shipment
sender sent shipper consignor
recipient receiver consignee
board aboard
night stay
guest visitor
vacation leave holiday
training course
bonus incentive
register enrol enroll admit
passenger traveller rider
flight service
stop station
error fault failure defect
downtime outage
accuracy precision
vote ballot
seat place
population inhabitant resident
bed place
room ward
rent lease
area surface size
fuel diesel petrol
mileage distance odometer
""".strip().splitlines()
)

STATUS_GROUPS = tuple(
    frozenset(stem(word) for word in line.split())
    for line in """
win won victory beat
lose lost loss defeat
draw tie
reject decline refuse deny
approve accept grant
cancel void annul
fail failed
pass passed
solve resolve close fix settle
deliver arrive
ship dispatch send
pay settle
open unresolved outstanding unsolved
refrigerate reefer
finish complete end done
""".strip().splitlines()
)
"""Words that tell the same state; looser ones would turn true sentences into contradictions."""


_OPPOSITES = tuple(
    frozenset(stem(word) for word in line.split())
    for line in """
pass fail
approve reject
accept refuse
win lose
grant deny
""".strip().splitlines()
)


def are_opposites(one: str, other: str) -> bool:
    """Both are stems."""
    return frozenset((one, other)) in _OPPOSITES


@lru_cache(maxsize=5_000)
def status_synonyms(word: str) -> frozenset[str]:
    """Stems that tell the same state as this stem, itself left out."""
    return frozenset(other for group in STATUS_GROUPS if word in group for other in group) - {word}


_BY_STEM: dict[str, tuple[int, ...]] = {}
for _number, _group in enumerate(GROUPS):
    for _word in _group:
        _BY_STEM[_word] = (*_BY_STEM.get(_word, ()), _number)


@lru_cache(maxsize=50_000)
def are_synonyms(one: str, other: str) -> bool:
    """Both are stems."""
    groups = _BY_STEM.get(one)
    return bool(groups) and not set(groups).isdisjoint(_BY_STEM.get(other, ()))


@lru_cache(maxsize=20_000)
def synonyms(word: str) -> frozenset[str]:
    """All stems that share a group with this stem, itself left out."""
    found: set[str] = set()
    for number in _BY_STEM.get(word, ()):
        found |= GROUPS[number]
    found.discard(word)
    return frozenset(found)
