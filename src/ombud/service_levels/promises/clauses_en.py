"""The words by which our side binds itself in English, and those that take the bond away."""

import re

_STAFF = (
    r"team|drivers?|fitters?|installers?|electricians?|plumbers?|crew|engineers?|technicians?|colleagues?"
    r"|managers?|supervisors?|specialists?|agents?|department|finance|support|staff|someone|somebody"
    r"|warehouse|developers?|experts?|advis[eo]rs?|representatives?|rep|accountants?|lawyers?|office"
    r"|people|back office|billing|accounts|director"
)
_THIRD = (
    r"courier|carrier|fedex|ups|dhl|usps|royal mail|hermes|dpd|gls|post office|postman|bank"
    r"|seller|merchant|manufacturer|supplier|vendor"
    r"|paypal|visa|mastercard|amex|airline|insur\w+|landlord|hotel|store|shop|doctor|police"
    r"|customs|authority|court|government"
)
_DONE = (
    # Nearly every participle, but for what customers suffer.
    r"(?!charged|closed|delayed|required|needed|asked|suspended|renewed|billed|blocked|deducted|expected|interested"
    r"|pleased|affected|deleted|terminated|limited|considered|allowed|forced|deactivated|forfeited|removed|rounded"
    r"|taxed|debited)\w{3,}ed(?: (?:into|up|out))?"
    r"|sent|paid|given|done|rebuilt|redone|reset|fixed|in touch|with you|back (?:on|in|online|up)|ready|live"
    r"|on (?:your|its)|at your|in the (?:mail|post)"
)
_DO = (
    r"send|email|e-mail|call|ring|phone|text|write|reply|respond|answer|get|let|give|refund|ship"
    r"|dispatch|post|mail|issue|credit|fix|resolve|repair|replace|restore"
    r"|complete|finish|sort|pay|transfer|return|release|update|review|contact|notify|inform|compensate"
    r"|deliver|collect|pick|reimburse|correct|activate|reset|cancel"
    r"|escalate|handle|look|check|chase|follow|come|have|provide|arrange|schedule|install|confirm"
    r"|tell|keep|do|make|process|revert|share|forward|be|raise|investigate|book|put|open|unlock"
)
_WILL = r"(?:'ll| will| shall|'re going to| are going to|'m going to| am going to|'s going to| is going to)"
# Each begins what our side binds itself to.
MARKER = re.compile(
    rf"\b(?:(?:i|we)(?: \w+ly)?{_WILL}(?! (?:not|never|miss|assume|stay(?! on)|travel|be (?:in (?!touch"
    rf"|contact)|out\b|away|off\b|home|on (?:holiday|vacation|leave|a )|travel|leaving|going"
    rf"|here|available|reachable|closed|open|busy|unable|at (?:the office|work|lunch|my desk))"
    rf"|need(?! (?:about|around"
    rf"|up to|another|a (?:few|couple|day|week)|one|two|three|\d))|see(?! to it))\b)"
    rf"|ill (?=(?:{_DO})\b)"
    r"|(?:i'm|we're|i am|we are) gonna\b"
    r"|(?:i|we)(?: hereby| do)?(?: can)? (?:promise|guarantee|undertake|pledge|commit|assure you"
    r"|vow)\b(?! (?:nothing|only))"
    r"|(?:i|we)(?:'re| are|'m| am) (?:aiming|planning|expecting|looking) to\b"
    r"|(?<!do )(?<!did )(?:i|we)(?:'ve| have) (?:scheduled|booked|arranged|set up)\b"
    rf"|(?:our|my|one of our)(?: (?!we\b|i\b|says?\b|that\b|is\b"
    rf"|polic|terms|website|store|shop)[\w'-]+){{1,3}}?{_WILL} (?:\w+ly )?(?!be\b|have\b|keep\b)(?:{_DO})\b"
    r"|(?:i|we)(?: fully)? (?:expect|aim|plan|intend|are set|am set|are due|are able) to\b"
    rf"|(?:i|we)(?: can|'m able to| am able to) (?:definitely |have |get |also )*(?={_DO}\b)"
    rf"|(?:(?:our|my|the|a|an|one of (?:our|my)|one of the)"
    rf"(?: (?!(?:{_THIRD}|says?|said|that|we|i|our|policy)\b)[\w'-]+){{0,3}}? )?(?<!'s )(?:{_STAFF})(?: (?:member"
    rf"|manager|team|here|of ours"
    rf"|(?:from|in|of (?:our|the|my)) [\w ]{{1,20}}?))?,?(?: who)?{_WILL}(?! (?:not"
    rf"|never|be (?:closed|open|out|away|shut|available|off|back))\b)"
    rf"|(?:our|my|the|an?)(?: [\w'-]+){{0,2}}? (?:{_STAFF}) (?:is|are) (?:scheduled|due|booked|set) to\b"
    rf"|a member of (?:our|the|my)(?: [\w-]+){{1,3}}?{_WILL}(?! not\b)"
    rf"|(?:who|they|he|she){_WILL}(?= (?:\w+ly )?(?:(?!be\b)(?:{_DO}|visit|look|take|join|meet"
    rf"|assist)|be (?:\w+ing|{_DONE}))\b)"
    rf"|(?:it|this|that|which|everything|all of this|both){_WILL} (?:all )?(?:\w+ly )?be (?:\w+ly )?(?:{_DONE})\b"
    rf"|you{_WILL}(?: \w+ly)? (?:hear|receive|have|get|be (?:\w+ly )?(?:{_DONE}))\b(?! (?:to|until"
    rf"|till|access to our))"
    rf"|(?:your|the|this|a|an|these|our)(?: (?!says?\b|said\b|polic|terms|that\b|you\b)[\w'-]+){{1,5}}?"
    rf"{_WILL} (?:\w+ly )?(?:be (?:\w+ly )?(?:{_DONE})"
    rf"|go out|go live|ship|leave our)\b|your(?: [\w'-]+){{1,4}}? (?:goes out|ships|leaves (?:our"
    rf"|the))\b"
    rf"|(?:your|the|a|full)(?: [^\s,;:]+){{0,3}}? ?(?:refund|money|credit|payment|reimbursement|compensation"
    rf"|voucher|replacement)(?: [^\s,;:]+){{0,3}}?{_WILL} (?:\w+ly )?(?:arrive|reach|appear|show|land"
    rf"|hit|be)\b"
    r"|(?:i'm|i am|we're|we are) (?:\w+ly )?(?:sending|shipping|refunding|replacing|issuing|calling"
    r"|posting|crediting|mailing|emailing|dispatching|fixing|arranging|transferring|escalating"
    r"|processing|delivering|returning|getting|visiting|raising|booking|putting)\b"
    r"|it(?:'ll| will) (?:only |just )?take (?:me|us)\b|(?:our|my|the) plan is to\b|allow (?:me"
    r"|us)(?= )|expect (?=.{1,60}\bfrom (?:us|me|our|my)\b)|expect (?:a |an |to |my |our )?(?:\w+ )?(?:call"
    r"|hear|e-?mail|reply|update|response"
    r"|answer|refund|visit|message)\b(?=.*\b(?:us|me|our|my)\b)"
    r"|(?:just )?give (?:me|us)(?= (?:about |around |just |until |till |by |a (?:few|couple"
    r"|minute|moment|sec|bit)|an (?:hour|instant) |\d|half|[a-z]+ (?:min|hour|day)))|leave (?:it|this|that) (?:with"
    r"|to) (?:me|us)|let me(?= (?:just |go |quickly )?(?:check|look|find|get|see|talk|speak"
    r"|ask|confirm|verify|grab|call|e-?mail|write|send|come|investigate|dig|chase|follow|sort"
    r"|take|discuss|have)\b)|rest assured"
    r"|you have (?:my|our) word|you can (?:count|rely|depend) on (?:me|us))"
)
# At the beginning of a sentence, a clause or a list's line, the subject may be left out: "Will call you at 3."
ELIDED = re.compile(
    r"(?:^|[,;:\-–—(] ?|\d[.)] ?|\b(?:and|but|then|so) )(?:will|shall)(?: \w+ly)? "
    r"(?!not\b|you\b|we\b|i\b|the\b|it\b|that\b|they\b|be able|never\b|my\b|your\b|our\b|this\b"
    r"|there\b|an?\b|any|he\b|she\b|some)(?=\w+)"
    r"|^[ \-*\d.)]*(?:refunding|sending|calling|shipping|replying|dispatching|posting|issuing"
    r"|processing|emailing|mailing)\b"
    rf"|(?:^|[,;:]|\band) ?(?:(?!(?:you|it|they|us|that|who|says?|no|nothing|nobody|none|{_THIRD})\b)[\w'-]+ ){{1,4}}?"
    rf"(?:will|shall) (?:\w+ly )?be"
    rf" (?:\w+ly )?(?:{_DONE})\b"
)
# A second thing under the same subject: "I'll call you by 3 and email the report tomorrow".
AND_THEN = re.compile(rf"(?:,|\band\b|\bthen\b)(?: and| then| also| we| i)* (?=(?:{_DO})\b)")
# Under a condition, or said by a rule: void to the end of the sentence.
VOID_BEFORE = re.compile(
    r"\b(?:if|unless|provided (?!with|by|us|you)|providing|in case|assuming|in the event|should you"
    r"|suppose|whenever|only (?:when|if|after)"
    r"|as long as|(?:policy|policies|terms|rules?|guidelines?|contract|law|agreement|procedure"
    r"|page|site|website|faq)(?: \w+){0,2}?"
    r" (?:says?|states?|said|is|are|was|requires?|allows?|provides?|means?)|according to (?!your)"
    r"|as per (?!your)|per our"
    r"|under (?:the|our) (?!circumstances))\b"
)
# Said, thought, hoped or denied: void in its own clause.
VOID_CLAUSE = re.compile(
    r"\b(?:nothing|nobody|no one|unfortunately|usually|normally|typically|generally|as a rule"
    r"|on average|otherwise|whether|you (?:said"
    r"|wrote|mentioned|told|claim\w*|state\w*"
    r"|quoted?|say|think|thought|believed?|were (?:told|promised|assured|informed)|asked (?:if"
    r"|whether|when))|(?:was|were|been) (?:told|promised)"
    r"|(?:agent|colleague|mail|e-?mail|email|message|he|she|they|it|bot|who) (?:said|says|wrote"
    r"|told|promised|quotes?|stated?|states|claims?)"
    r"|(?:never|did not|didn't) (?:say|said|promise\w*|mean|claim)|hop(?:e|ing)|hopefully|might"
    r"|not sure|(?:can't|cannot|can not|couldn't|won't"
    r"|unable to|not able to) (?:say|promise|guarantee|confirm|tell|be sure)|not to promise"
    r"|no way|(?:don't|do not) (?:think|know|believe|expect)"
    r"|doubt|afraid|wish|unlikely)\b"
)
# "Send us the form and we'll refund you" is a condition, too.
REQUEST = re.compile(
    r"(?:\b(?:please|kindly|just|simply) |^\W*)(?:send|reply|fill|return|provide|confirm|upload"
    r"|sign|pay|email|complete|click|call|give us|let us know)\b"
    r"[^.]* (?:and|then|so)(?: that| then)? $"
)
BORDER = re.compile(r"[,:(] ?| [-–—] ?| (?:and|but|so|then) ")
THIRD = re.compile(rf"\b(?:{_THIRD})\b")
# The courier's team is not ours.
THIRDS = re.compile(rf"\b(?:{_THIRD})(?:'s|s')?(?: [\w'-]+){{0,2}} $")
ANAPHORA = re.compile(
    r"(?:who|they|he|she|it|this|that|(?:your|the) (?:parcel|package|order|delivery|shipment"
    r"|item))\b"
)
STAFF = re.compile(rf"\b(?:{_STAFF})\b")
VOID_AFTER = re.compile(
    r"(?<!and )(?<!but )(?<!so )\b(?:(?:if|unless)(?! (?:you (?:have|need|want|wish|like|prefer"
    r"|still|don't mind)|that|this|it|there|any"
    r"|not sooner|not before|possible|need be|needed|necessary|required|okay?\b))|provided (?:that "
    r"|you|we)|providing|as long as|assuming"
    r"|subject to)\b"
)
VOID_WITHIN = re.compile(
    r"[\w'’]+(?: [\w'’]+){0,3}? (?:hopefully|maybe|perhaps|possibly|probably|try|normally|usually"
    r"|typically|generally)\b"
)
ASKS = re.compile(
    r"^[\s\-,]*(?:and |but |so |or |hi |hello |sorry |thanks )*[,]? ?(?:do|does|did|will|would"
    r"|could|can|shall|should|is|are|was|were|have|has|may|when|what|why|how|where|which|who|whose"
    r"|am)\b"
)
ON_EVENT = re.compile(
    r"\b(?:once|(?:after|when|as soon as|the moment) (?:we|you|i|it|they|the|your|our|receiv|approval|delivery)"
    r"|(?:upon|following) (?:receipt|receiving|arrival|approval|delivery|return|inspection"
    r"|confirmation|your (?:approval|confirmation))"
    r"|from the (?:date|day|moment|time)|of (?:receiving|receipt|getting|your|the|us|our|approval|delivery|it|being)"
    r"|from (?:receipt|receiving|when|delivery|approval)|subject to)\b"
)
EVENT_AFTER = re.compile(
    r"^,? ?(?:of (?!the (?:week|month|year|day)|this|next|today|[\d])|from (?!now|today|us|me|our"
    r"|my)|after |once |following |upon |when |as soon as )"
)
SPAN_END = re.compile(r"[,;:](?= )|[.!?]$| - | – | — |\((?=\w)| but | so that | because | \d\) |$")
