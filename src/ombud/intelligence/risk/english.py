"""English words that show a risk."""

from collections.abc import Mapping

from ombud.intelligence.risk.patterns import rules
from ombud.intelligence.risk.schemas import Kind

_PLACES = "(?:twitter|tiktok|facebook|reddit|instagram|youtube|trustpilot|yelp|linkedin|social media|google reviews)"
_LEADERS = "(?:managers?|supervisors?|boss|superiors?|director|management|team lead)"
_ANYONE = "(?:some(?:one|body)|anyone)"
_BODY = (
    "(?:hands?|fingers?|thumb|arms?|legs?|wrist|foot|feet|toes?|face|head|skin|eyes?|back|neck|lip|mouth|tongue|knee|"
    "ankle|shoulder|hip|ribs?|nose)"
)
_PAPERS = (
    "(?:invoices?|orders?|address(?:es)?|bank|statements?|details|data|personal|information|medical|records?|"
    "account|contract|passport|phone|name)"
)

_INSULTS = (
    r"\bidiots?\b(?!'s)|\bmorons?\b|\bfuck\w*|\bf\*+k|\bwtf\b|\bshit(?:ty|head)?\b|\bbitch\w*",
    r"\bbastards?\b|\ba(?:ss|rse)holes?\b",
    r"\bwankers?\b|\bcunts?\b|\bdickheads?\b|\bpricks?\b|\bscrew you\b|\bgo to hell\b|\bshut up\b",
    r"\bpiss off\b|\bbullshit\b|\bimbeciles?\b",
    r"\bretard\w*|\bdumb(?:ass|o)\b|\bscum\b|\bjerks?\b|\byou _3w_clowns?\b|\b(?:incompetent|bunch of) clowns?\b",
    r"\b(?:you|you're|are) _3w_(?:stupid|dumb|useless)\b|\bstupid _1w_(?:bot|people|agents?|company|woman|man|cow)\b",
)

_WORDS: Mapping[Kind, tuple[str, ...]] = {
    "media_regulator": (
        r"\btrading standards\b|\bbetter business bureau\b|\bbbb\b|\bombuds(?:man|person)\b",
        r"\b(?:cfpb|ftc|ofcom|ofgem|fca|accc|fcc)\b",
        r"\battorney general\b|\bconsumer (?:protection|affairs|rights)\b|\bwatchdog\b|\bregulators?\b|\blocal news\b",
        (
            r"\b(?:go|going|went|turn|turning|talk|talking|speak|speaking) to the (?:press|media|papers|"
            r"newspapers?|news)\b"
        ),
        (
            r"\b(?:contact|call|email|tell|tag|spoke|speak|talk|know|inform|alert)\w* _4w_(?:press|media|"
            r"journalists?|reporters?|newspapers?)\b"
        ),
        rf"\bjournalists? (?:is|from|will)\b|\b(?:post|shar|tweet|expos|put|blast)\w* _8w_{_PLACES}\b",
        rf"\b(?:on|all over) {_PLACES} (?:tonight|tomorrow|today|soon)\b",
        r"\bgo(?:ing)? viral\b|\bexpose (?:you|your|this)\b|\bname and shame\b",
    ),
    "legal": (
        r"\bsue\b|\bsuing\b|\blawsuit|\blegal (?:action|proceedings)\b|\blitigation\b|\bsmall claims\b",
        r"\b(?:see|meet|take|taking) you (?:in|to) court\b",
        r"\b(?:go|going|take \w+|taking \w+) to court\b|\bcounty court\b",
        r"\b(?:my|our) (?:lawyers?|attorneys?|solicitors?|barrister|legal team)\b(?! friend)",
        r"\b(?:hir|consult|contact|instruct|spoken to|speaking to|see)\w* an? (?:lawyer|attorney|solicitor)\b",
        r"\bletter before action\b|\bpress(?:ing)? charges\b|\bclass action\b",
        r"\b(?:call|report|contact|go|going|gone|tell)\w* _3w_the (?:police|cops)\b(?! station)",
        r"\b(?:is|are|was) illegal\b|\bbreach of contract\b|\breserve (?:the|our|my|all) rights?\b",
    ),
    "safety": (
        r"\bcaught fire\b|\bon fire\b|\bburst into flames\b|\b(?:is|was|started|began) smoking\b",
        r"\bsmoke (?:came|coming|is)\b|\bspark(?:ed|ing)\b|\bexplod(?:ed|es|ing)\b|\bblew up\b",
        r"\bmelt(?:ed|ing)\b|\bswelled\b|\bswollen\b|\bbulging\b|\belectric(?:al)? shocks?\b|\belectrocuted\b",
        r"\b(?:gave|got|gives) _2w_(?:a|an) _1w_shock\b|\b(?:got|was|been|being) zapped\b",
        r"\bsmell(?:s|ed|ing)? (?:of |like )?gas\b|\bgas leak\w*|\bleaking gas\b|\bcarbon monoxide\b",
        r"\bpoison(?:ed|ing)\b|\binjur(?:ed|y|ies)\b|\bhospital(?:i[sz]ed)?\b|\bthe er\b|\bemergency room\b",
        r"\bstitches\b|\bbleeding\b",
        (
            rf"\b(?:cut|burn(?:ed|t)?|broke|scalded|hurt|crushed|fractured|sliced|sprained) (?:my|his|her|our|"
            rf"their|[\w']+'s|my [\w']+'s) _1w_{_BODY}\b"
        ),
        r"\b(?:cut|burn(?:ed|t)|hurt|injured|scalded) (?:my|our) (?:son|daughter|child|wife|husband|baby|kid)\b",
        r"\ballergic reaction\b|\bcouldn't breathe\b|\bchok(?:ed|ing)\b",
        r"\b(?:got|became|fell|made (?:me|us|him|her)) (?:very |really |so |violently )?(?:sick|ill)\b",
        r"\bbrakes? (?:failed|fail|stopped|gave)\b",
        r"\b(?:ladder|chair|bed|shelf|seat|stool|roof) _1w_collapsed\b|\bvomit\w*|\bswallowed\b",
    ),
    "self_harm": (
        r"\bkill(?:ing)? myself\b|\bsuicid(?:e|al)\b|\bend(?:ing)? (?:my life|it all|my own life)\b",
        r"\b(?:want|going|rather|ready|wish) (?:to )?(?:die|be dead)\b",
        r"\b(?:don't|do not|no longer) (?:want|wish) to (?:live|be here|be alive|wake up|go on living)\b",
        r"\bno reason (?:for me )?to (?:go on|live|keep living)\b|\bnot worth living\b",
        r"\b(?:hurt|harm|cut|hang)(?:ting|ing)? myself\b|\bself[- ]harm\w*|\bbetter off dead\b|\bcan't go on\b",
        r"\b(?:took|swallowed) all (?:my|the) pills\b|\boverdos\w+",
    ),
    "fraud": (
        (
            r"\bfraud(?:ulent\w*)?\b(?! (?:protection|prevention|department|team|alert|awareness|policy|"
            r"detection|line))"
        ),
        r"\bscam(?:med|mers?|ming)?\b(?! (?:awareness|alert|protection))",
        r"\bhacked\b|\bphish\w+|\bunauthori[sz]ed\b",
        r"\bdid(?:n't| not) (?:authori[sz]e|approve|make (?:this|that|these))\b",
        r"\bnever (?:made|authori[sz]ed|approved) (?:this|that|it|these|any)\b",
        r"\bi never made\b|\b(?:don't|do not) recogni[sz]e (?:this|that|these|the|a)\b|\bidentity theft\b",
        r"\bstole (?:my|our)\b|\b(?:used|using) my (?:card|account|identity|name)\b",
        r"\bopened _3w_in my name\b",
        r"\b(?:money|savings|funds) (?:is|are|was|were|has|have) _1w_(?:missing|gone|stolen|drained)\b",
        r"\bimpersonat\w+|\bpretend(?:ing|ed) to be\b",
    ),
    "privacy_leak": (
        r"\bleak(?:ed|ing)? _2w_(?:data|details|information|info|number|address|email)\b",
        r"\b(?:data|details|information|info|address|number) _4w_(?:leaked|exposed|published|sold|compromised)\b",
        r"\bdata (?:breach|leak)\b|\bprivacy (?:violation|breach)\b",
        r"\b(?:violat\w+|breach\w*|invasion) (?:of )?(?:my |our )?privacy\b",
        r"\bgdpr (?:violation|breach|complaint)\b|\bwithout my (?:consent|permission|knowledge)\b",
        (
            rf"\b(?:some(?:one|body) else's|another (?:customer|person|user|client|patient)'?s?|"
            rf"other (?:people|customers|users|clients)'?s?'?) _2w_{_PAPERS}\b"
        ),
        (
            r"\b(?:gave|give|shared|sold|sell|passed|disclosed) _3w_my _2w_(?:number|data|details|email|"
            r"address|information|info)\b"
        ),
    ),
    "churn": (
        (
            r"\bnever (?:again )?_3w_(?:buy|buying|order|ordering|shop|shopping|use|using|purchase from|"
            r"purchase anything|come back|do business|book)\b"
        ),
        r"\bnever again will\b|\blost (?:me as )?a (?:\w+ )?customer\b|\blost me\b",
        r"\blost my (?:business|custom)\b",
        r"\btak(?:e|ing) my (?:business|custom|money) elsewhere\b",
        (
            r"\b(?:switch|mov|go|leav)\w* _2w_(?:to|for) (?:your |a |an |the |another |"
            r"some )?_1w_(?:competit\w+|provider|company|supplier|vendor|bank|carrier)\b"
        ),
        (
            r"\b(?:cancel|clos|delet|terminat)\w* _1w_(?:my|our|the) _1w_(?:subscription|account|membership|"
            r"contract|plan)\b"
        ),
        r"\b(?:not|won't|never) (?:be |to )?renew\w*",
        r"\blast time (?:i|we)(?:'ll)? (?:ever )?(?:order|buy|shop|use|do)\b|\bdone with (?:you|your)\b",
        (
            r"\b(?:won't|will not) (?:be )?(?:us|shopp?|buy|com|order)(?:e|ing|ing back|e back)? (?:from|with|"
            r"this|you|here|back|again)\b"
        ),
    ),
    "abuse": (
        *_INSULTS,
        r"\b(?:i'll|i will|gonna|going to) _1w_(?:kill|hurt|beat|smash) you\b",
        r"\bfind (?:out )?where you (?:live|work)\b|\bwatch your back\b|\byou'll regret\b",
    ),
    "leadership": (
        (
            rf"\b(?:speak|talk|spoken|talking|speaking) (?:to|with) _3w_(?:{_LEADERS}|{_ANYONE} (?:in charge|"
            rf"higher|senior|more senior|above)|person in charge)\b"
        ),
        (
            rf"\b(?:get|give|connect|transfer|put|pass|want|need|bring) _4w_(?:{_LEADERS}|"
            rf"{_ANYONE} (?:in charge|higher|senior)|person in charge)\b"
        ),
        rf"\bescalate _4w_(?:{_LEADERS}|leadership|ceo)\b",
        (
            r"\b(?:write|writing|wrote|email\w*|contact\w*|complain\w*|letter) _2w_(?:your|the) (?:ceo|"
            r"head office|managing director|headquarters|director|board|chairman|president|owner)\b"
        ),
        r"\bwhere is your (?:manager|supervisor|boss)\b",
    ),
    "agent_language": (
        *_INSULTS,
        r"\bnot my (?:problem|job|fault)\b|\byour own fault\b|^\s*whatever\b|\bi don't care\b",
        r"\bcan't you read\b|\blearn to read\b|\btold you _4w_(?:times|twice|already)\b|\bcalm down\b",
        r"\bridiculous\b",
        r"\btake it or leave it\b|\b(?:what|who|why|where) the hell\b|\bdamn\b|\bwast(?:e|ing) my time\b",
        r"\bstop (?:bothering|wasting|whining|complaining|asking)\b|\bbothering me\b|\bwrong with you\b",
        r"\bgo ahead and complain\b|\bsee if any(?:one|body) cares\b|\bdeal with it\b",
        r"\bare you (?:stupid|deaf|blind|kidding)\b|\bannoying\b|\buse your brain\b|\btough luck\b|\btoo bad\b",
        r"\byou people\b",
    ),
}
_HARMLESS: Mapping[Kind, str] = {
    "media_regulator": r"\b(?:as|am|i'm) an? (?:reporter|journalist)\b|\b(?:gas|voltage|pressure|speed) regulator",
    "legal": r"\btemplate\b|\ba customer\b",
    "safety": (
        r"\bhospital (?:bed|gown|reception)|\b(?:at|for|to) (?:a|the|our) hospital (?:in|on|ward|staff|"
        r"as)\b|\b(?:in|cover) case\b"
    ),
    "self_harm": r"\b(?:squad|movie|film|novel|prevention|chapter)\b",
    "abuse": r"\b(?:called|calls) me\b",
    "leadership": r"\binterview\b|\bmy (?:manager|boss)\b|\bvests?\b|\bmanager's desk\b",
}
ALL = rules(_WORDS, _HARMLESS)
