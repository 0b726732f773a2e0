"""Words that decide whether a word can be a name. Short closed lists of English and of a clinic's and office's words.

They are read for two ends only: a value of a masked column that is one of `ORDINARY` is not looked for in other
columns ("yes", "active"), and a capitalised word of `NEVER_NAMES` does not make the word beside it a person.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDINARY = word_set(
    "yes no none null true false unknown other others various the and for not any all never always sometimes often "
    "former current past male female man woman single married divorced widowed active inactive open closed new old "
    "pending done completed complete cancelled canceled paid unpaid due late early normal high low medium moderate "
    "mild severe urgent standard basic premium regular good bad poor fair positive negative left right day week month "
    "year today daily weekly monthly yearly order customer patient ticket contract visit note english german french "
    "spanish private public general mr mrs ms dr"
)
"""Values too common to say anything about a person."""

ALSO_WORDS = word_set(
    "will mark may grace rose long young bill rich art drew chase hope faith joy summer autumn dawn june april august "
    "king prince bishop pope brown black white green gray grey gold silver short small little best good strong sharp "
    "wise wood woods stone rivers brook field fields hill banks lake marsh moss heath park parks church house hall "
    "street lane ford bridge mills baker cook carter cooper fisher hunter mason miller porter potter taylor turner "
    "walker weaver page price sterling stark case fox wolf bird bush reed lamb day knight rush bond love pride power "
    "pain pace frank earnest max pat sue ray gene guy jack dean duke earl major judge victor angel christian see call "
    "ill ward cash frost snow winter penny ruby amber crystal pearl iris lily violet daisy olive basil ginger sage "
    "rusty randy buddy junior miles chance cliff dale glen heather ivy jasmine"
)
"""Names that are words too: found as part of a name only with a capital."""

COMPANY_WORDS = word_set(
    "ltd limited inc llc llp plc gmbh ag kg ohg se sa sas sarl srl spa bv nv ab as oy co corp corporation company "
    "companies group holding holdings partners services service solutions systems technologies technology trading "
    "logistics industries industrial international global labs laboratories laboratory diagnostics clinical pathology "
    "biotech genomics analytics control testing water works environmental soil survey pharma therapeutics university "
    "institute college school hospital clinic medical health care center centre veterinary animal food foods dairy "
    "grain bank insurance capital consulting media digital energy software data and und sons brothers supply supplies "
    "store shop market foundation trust association society department ministry office team the of for von van der de "
    "la le di da del dos das des du san mr mrs ms dr prof jr sr vale"
)
"""Words of a name that by themselves do not lead to its owner."""

NEVER_NAMES = word_set(
    "does do did are was has have had who whom whose what when where why how which i we you he she it they this that "
    "these those there here the a an and or but if while after before since because also please thanks thank hello hi "
    "dear best kind regards sincerely no not yes his her their our my your its on in at by to from with without of "
    "for as per about under over between during until monday tuesday wednesday thursday friday saturday sunday "
    "january february march april june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec patient patients doctor dr mr mrs ms miss prof nurse sister history record records portal "
    "id number name address phone email date birth age sex gender note notes visit visits reports reported report "
    "denies denied feels felt states stated says said asks asked called wants is were will would can could should may "
    "advised advice started stopped continue continued increase increased decrease decreased reduce reduced take "
    "takes taking took given gave shown discussed review reviewed results result follow followup blood pressure "
    "weight height heart rate chest pain back lower upper left right acute chronic type stage grade class level high "
    "low normal mild moderate severe general practice cardiology endocrinology neurology oncology surgery "
    "occupational health physiotherapy radiology department clinic hospital centre center medical medicine care "
    "emergency intensive family group unit ward team service services support customer client office desk help "
    "technical sales finance accounting manager management director company limited order orders invoice invoices "
    "ticket tickets contract contracts product products item items delivery shipment tracking reference account "
    "payment price total amount north south east west new old great grand street road lane avenue united kingdom "
    "europe european america american germany german france french spain spanish italy italian england english "
    "british austria austrian swiss switzerland dutch netherlands insurance form social security national vitamin "
    "diabetes mellitus hypertension asthma cancer disease syndrome disorder infection failure therapy treatment test "
    "tests lab labs laboratory value values function liver kidney lung grass pollen allergy allergies penicillin "
    "aspirin exercises exercise diet walks works lives accompanied mother father son daughter wife husband spouse "
    "brother good morning afternoon evening next last first second third every each all both some any more most other "
    "windows microsoft google apple excel word outlook section article clause schedule annex appendix agreement party "
    "parties exhibit attachment version page figure table chapter part education status summary plan assessment "
    "impression diagnosis day days week weeks month months year years hour hours star medication medications dose mg "
    "ml kg accounts payable receivable ltd inc gmbh"
)
"""Lower case. Capitalised in a text, they still are nobody's name."""
