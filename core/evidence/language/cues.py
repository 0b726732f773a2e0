"""Words that say which arithmetic a figure is the result of, and which way things go. General English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.language.listed import words
from core.evidence.language.stems import stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


@dataclass(frozen=True)
class Cue:
    """Phrases, and words of which each has one: to look those up is much quicker than to search the text."""

    words: frozenset[str]
    pattern: re.Pattern[str]

    def search(self, text: str, words: frozenset[str]) -> re.Match[str] | None:
        """`words`: those of the text, or of more than that."""
        return None if words.isdisjoint(self.words) else self.pattern.search(text)


AVERAGE = _stems("average mean avg typically typical usual usually normally")
MEDIAN = _stems("median")
STATISTIC = AVERAGE | MEDIAN
TOTAL = _stems("altogether combined overall sum grand cumulative cumulatively aggregate collectively")
TOTAL_PHRASES = Cue(
    words(
        "total totals totaled totalled totaling totalling all together sum sums add adds added amount amounts amounted "
        "come comes came between"
    ),
    re.compile(
        r"\b(?:in total|in all|all told|all together|a total of|total of|sum of|adds? up to|added up to"
        r"|totall?(?:s|ed|ing)|amount(?:s|ed)? to|comes? to|came to|sums? to|taken together|between them|across all"
        r"|in sum|grand total|total (?:spend|spent|revenue|sales|cost|costs|amount|value|turnover|weight|consumption"
        r"|volume|number|hours|distance))\b",
        re.IGNORECASE,
    ),
)
PER = Cue(
    words("per each every a an"),
    re.compile(r"(?:\b(?:per|each|every)|(?:^|^[\s-]*[a-z]+\s+)an?)\s+(?P<unit>[a-z]+)", re.IGNORECASE),
)  # "orders a month", but not "patients had a reaction"

DIFFERENCE = _stems(
    "warmed heated cooled difference gap more less fewer higher lower above below over under "
    "exceed exceeded increase decrease "
    "variance rise "
    "rose fall fell drop dropped gain gained short shortfall save saved ahead behind deviation swing margin change "
    "changed spread remaining remain left excess deficit surplus grow grew shrink reduce reduced reduction "
    "extended lengthened shortened improved "
    "improve improvement worse up down greater longer shorter older younger later earlier cheaper dearer overspend "
    "overspent underspend underspent overrun jump jumped climb climbed slip slipped plunge plunged surge surged lost "
    "lose won add added extra additional beyond off against versus compared range differ against decline declined "
    "gained heavier lighter faster slower larger smaller bigger missed overshoot overshot undershot expand expanded "
    "collapse collapsed plummet plummeted crash crashed dwindle dwindled swell swelled tumble tumbled "
    "slump slumped soar soared dip dipped edge edged widen narrowed narrow contract contracted lead "
    "profit net earn earned due until unused spare vacant unfilled "
    "undercut outspent beat surpass surpassed outperform cut raise raised boost boosted step unchanged jumping"
)
SHARE = _stems(
    "share account represent proportion make comprise portion part contribute fraction percentage constitute rate"
)
GROWTH_YEAR = Cue(
    words("year yoy y"),
    re.compile(
        r"\b(?:year[- ](?:on|over)[- ]year|yoy|y/y|a year (?:earlier|ago|before)|same (?:month|quarter"
        r"|period) (?:of |in )?(?:the )?(?:last|previous|prior) year|(?:than|on|from|over|vs\.?|versus|to"
        r"|with) (?:the )?(?:last|previous|prior) year|previous year|prior year)\b",
        re.IGNORECASE,
    ),
)
GROWTH_STEP = Cue(
    words("month quarter week day year mom m qoq previous prior preceding last earlier"),
    re.compile(
        r"\b(?:month[- ](?:on|over)[- ]month|mom|m/m|quarter[- ](?:on|over)[- ]quarter|qoq|week[- ](?:on|over)[- ]week|"
        r"(?:previous|prior|preceding|last|earlier) (?:month|quarter|week|day|period|one|reading|visit"
        r"|measurement|value|season|round|test)"
        r"|(?:month|quarter|week|day|year) (?:before|earlier|prior))\b",
        re.IGNORECASE,
    ),
)
UP = _stems(
    "warmed heated rise rose risen swell swelled balloon ballooned mount mounted leap leapt rocket rocketed multiply "
    "multiplied accumulate advance advanced increase increased increasing grow grew grown growth up climb "
    "climbed climbing jump jumped surge "
    "surged soar soared gain gained higher more above over exceed exceeded exceeds greater improve "
    "improved improvement "
    "expand expanded raise raised boost boosted add added longer heavier larger bigger faster later older rebound "
    "rebounded recover recovered recovery widen widened worsen accelerate accelerated overspend overspent "
    "overrun ahead upward upwards uptick "
    "double doubled triple tripled strengthen strengthened surplus excess extend extended lengthen lengthened prolonged"
)
DOWN = _stems(
    "cooled fall fell fallen collapse collapsed crash crashed crater plummet plummeted dwindle dwindled wane "
    "waned retreat retreated recede receded erode eroded decrease decreased decreasing drop dropped "
    "dropping down decline declined declining "
    "shrink shrank "
    "shrunk reduce reduced reduction lower less below under fewer plunge plunged slip slipped slump slumped tumble "
    "tumbled dip dipped cut lose lost shorter lighter smaller slower earlier younger short shortfall "
    "behind halve halved "
    "contract contracted narrow narrowed save saved underspend underspent deficit weaken weakened deteriorate downward "
    "undercut downwards sink sank cheaper ease eased fade faded shorten shortened"
)
EITHER_WAY = UP | DOWN
VERB_UP = _stems(
    "warmed heated swelled ballooned mounted leapt rocketed rise rose risen increase increased increases "
    "grow grew grown "
    "climb climbed jump jumped surge surged "
    "soar soared strengthen strengthened accelerate accelerated rebound rebounded recover recovered doubled tripled "
    "improve improved gained expand "
    "expanded"
)
VERB_DOWN = _stems(
    "cooled collapsed crashed plummeted dwindled waned retreated receded fall fell fallen decrease decreased drop "
    "dropped decline declined shrink shrank shrunk plunge plunged "
    "slip slipped slump slumped tumble tumbled dip dipped halved sink sank eased deteriorated contracted "
    "lost slow slowed slide slid soften softened weaken weakened taper tapered ebb ebbed"
)
VERB_EITHER_WAY = VERB_UP | VERB_DOWN
NEGATIVE = _stems(
    "loss lose deficit negative minus overdrawn shortfall refund credit reversal write-off debit below under short"
)
POSITIVE = _stems("profit gain surplus positive plus earn earned")

LATEST = _stems("latest newest") | {"recent", "last"}

ADVICE = Cue(
    words(
        "should recommend recommended recommendation consider suggest suggested propose advise advisable ought let "
        "please could would might aim try need needs must ensure make plan next follow if unless case will going avoid "
        "prevent reduce improve"
    ),
    re.compile(
        r"\b(?:should|recommend(?:ed|ation)?|consider|suggest(?:ed)?|propose|advis(?:e|able)|ought to|let us|let's"
        r"|please|could be|would be|might|aim (?:to|for|at)|try to|need(?:s)? to|must|ensure|make sure|plan to"
        r"|next steps?|follow[- ]up|"
        r"if (?:the|it|they|this|no)|unless|in case|will (?:be|have|need)|going forward|to (?:avoid|prevent"
        r"|ensure|reduce|improve))\b",
        re.IGNORECASE,
    ),
)
IMPERATIVE = words(
    "call contact send offer check review ask confirm schedule arrange keep monitor watch set follow "
    "verify investigate "
    "escalate prepare provide discuss consider ensure propose book repeat refer stop start reduce increase plan assign "
    "invite negotiate explain visit inform remind update limit give recommend renegotiate reply respond address agree "
    "apply allow build create define do document establish evaluate examine expect explore find focus get highlight "
    "identify implement improve include introduce investigate look maintain make measure meet move notify obtain order "
    "pause phone prioritise prioritize put raise reach recheck reconcile reorder replace request resolve "
    "restock retest "
    "run see share speak ship deliver sow raise shift train propose practise practice revise learn study "
    "exercise rest drink eat bring open close hold switch move add remove change clean install order test "
    "try use choose select decide go give have make let avoid leave calibrate flush inspect retrain retain "
    "renew cancel settle pay refund credit compensate thank congratulate welcome split spread take talk "
    "chase hand ring file flag clarify consult encourage enquire fix forward fill phone submit sign swap sample rinse "
    "target tell track train treat try use wait warn work write adjust"
)
WINDOW = re.compile(
    r"\b(?:within(?: the)?(?: next| first)?|in the (?:next|coming|following)|over the (?:next|coming)"
    r"|for the (?:next|coming)|"
    r"during the (?:next|coming)|the next|next|coming|every|at least every|once every|in under|no later than|allow|"
    r"for (?:at least )?another|after another|(?:follow[- ]up|again|back|review|recheck|repeat"
    r"|retest)\w* (?:in|after|within|every))"
    r"\s+(?:about |around |at least |up to )?$",
    re.IGNORECASE,
)

# word → (direction, what it is about: "time", a dimension's hint, or "")
EXTREMES: dict[str, tuple[int, str]] = {}
for _words, _direction, _hint in (
    (
        "highest largest biggest greatest peak peaked peaking strongest topmost steepest widest deepest "
        "maximum topping",
        1,
        "",
    ),
    ("lowest smallest minimum weakest fewest bottomed narrowest", -1, ""),
    ("longest", 1, "duration length distance time days hours stay wait"),
    ("shortest", -1, "duration length distance time days hours stay wait"),
    ("heaviest", 1, "weight mass load"),
    ("lightest", -1, "weight mass load"),
    ("tallest", 1, "height"),
    ("oldest", 1, "age"),
    ("youngest", -1, "age"),
    ("fastest", 1, "speed duration time hours minutes days seconds took response delay"),
    ("slowest", -1, "speed duration time hours minutes days seconds took response delay"),
    ("cheapest", -1, "price cost total amount rate fee fare premium"),
    ("costliest priciest dearest", 1, "price cost total amount rate fee fare premium"),
    ("hottest warmest", 1, "temperature temp"),
    ("coldest coolest", -1, "temperature temp"),
    ("driest", -1, "moisture humidity rain rainfall precipitation water"),
    ("wettest", 1, "moisture humidity rain rainfall precipitation water"),
    ("busiest", 1, ""),
    ("best top", 1, ""),
    ("worst", -1, ""),
    ("quickest", -1, "duration time hours minutes days seconds took response solve delay"),
    ("latest newest", 1, "time"),
    ("earliest", -1, "time"),
):
    for _word in _words.split():
        EXTREMES[_word] = (_direction, _hint)
MOST = {
    "expensive": (1, "price cost total amount rate fee fare premium"),
    "costly": (1, "price cost total amount"),
    "recent": (1, "time"),
    "valuable": (1, "value total amount revenue"),
    "frequent": (1, ""),
    "common": (1, ""),
}
