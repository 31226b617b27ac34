"""The words by which our side binds itself in English, and those that take the bond away."""

import re

_STAFF = (
    r"team|drivers?|fitters?|installers?|electricians?|plumbers?|crew|engineers?|technicians?|colleagues?"
    r"|managers?|supervisors?|specialists?|agents?|department|finance|support|staff|someone|somebody"
    r"|warehouse|developers?|experts?|advis[eo]rs?|representatives?|rep|accountants?|lawyers?|office"
    r"|people|back office|billing|accounts|director"
)
_DONE = (
    r"refunded|processed|shipped|sent|dispatched|posted|mailed|issued|credited|fixed|resolved|repaired"
    r"|replaced|restored|completed|done|sorted|paid|transferred"
    r"|returned|released|updated|reviewed|answered|contacted|called|notified|informed|compensated"
    r"|delivered|collected|picked up|reimbursed|corrected|activated"
    r"|reset|cancelled|canceled|escalated|handled|in touch|with you|back (?:on|in|online|up)|ready"
    r"|arranged|scheduled|installed|looked into|live|on its way|out"
    r"|in the (?:mail|post)|provided|emailed|given|there|available|closed|unlocked|upgraded|booked"
    r"|reversed|adjusted|waived"
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
_ADVERB = (
    r"(?: (?:also|then|now|definitely|certainly|personally|gladly|happily|immediately|shortly|both"
    r"|all|of course|absolutely|still|do|try|always|surely|be|just))?"
)
# Each begins what our side binds itself to.
MARKER = re.compile(
    rf"\b(?:(?:i|we)(?: \w+ly)?{_WILL}(?! (?:not|never|miss|assume|stay|need(?! (?:about|around"
    rf"|up to|another|a (?:few|couple|day|week)|one|two|three|\d))|see(?! to it))\b)"
    rf"|ill (?=(?:{_DO})\b)"
    r"|(?:i|we)(?: hereby| do)?(?: can)? (?:promise|guarantee|undertake|pledge|commit|assure you"
    r"|vow)\b(?! (?:nothing|only))"
    r"|(?:i|we)(?:'re| are|'m| am) (?:aiming|planning|expecting|looking) to\b"
    r"|(?:i|we)(?:'ve| have) (?:scheduled|booked|arranged|set up)\b"
    rf"|(?:our|my|one of our)(?: (?!we\b|i\b|says?\b|that\b|is\b"
    rf"|polic|terms|website|store|shop)[\w'-]+){{1,3}}?{_WILL} (?:\w+ly )?(?:{_DO})\b"
    r"|(?:i|we)(?: fully)? (?:expect|aim|plan|intend|are set|am set|are due|are able) to\b"
    rf"|(?:i|we)(?: can|'m able to| am able to) (?:definitely |have |get |also )*(?={_DO}\b)"
    rf"|(?:(?:our|my|the|a|an|one of (?:our|my)|one of the)(?: [\w'-]+){{0,3}}? )?(?:{_STAFF})(?: (?:member"
    rf"|manager|team|here|of ours"
    rf"|(?:from|in|of (?:our|the|my)) [\w ]{{1,20}}?))?,?(?: who)?{_WILL}(?! (?:not"
    rf"|never)\b)"
    rf"|a member of (?:our|the|my)(?: [\w-]+){{1,3}}?{_WILL}(?! not\b)"
    rf"|(?:who|they|he|she){_WILL}(?! (?:not|never)\b)"
    rf"|(?:it|this|that|which|everything|all of this|both){_WILL} (?:all )?(?:\w+ly )?be (?:\w+ly )?(?:{_DONE})\b"
    rf"|you{_WILL}(?: \w+ly)? (?:hear|receive|have|get|be (?:\w+ly )?(?:{_DONE}))\b(?! (?:to|until"
    rf"|till|access to our))"
    rf"|(?:your|the|this|a|an|these|our)(?: [\w'-]+){{1,5}}?{_WILL} (?:\w+ly )?(?:be (?:\w+ly )?(?:{_DONE})"
    rf"|go out|go live|ship|leave our)\b|your(?: [\w'-]+){{1,4}}? (?:goes out|ships|leaves (?:our"
    rf"|the))\b"
    rf"|(?:your|the|a|full)(?: [\w'-]+){{0,3}}? ?(?:refund|money|credit|payment|reimbursement|compensation"
    rf"|voucher|replacement)(?: [\w'-]+){{0,3}}?{_WILL} (?:\w+ly )?(?:arrive|reach|appear|show|land"
    rf"|hit|be)\b"
    r"|(?:i'm|i am|we're|we are) (?:\w+ly )?(?:sending|shipping|refunding|replacing|issuing|calling"
    r"|posting|crediting|mailing|emailing|dispatching|fixing|arranging|transferring|escalating"
    r"|processing|delivering|returning|getting|visiting|raising|booking|putting)\b"
    r"|it(?:'ll| will) (?:only |just )?take (?:me|us)\b|(?:our|my|the) plan is to\b|allow (?:me"
    r"|us)(?= )|expect (?:a |an |to |my |our )?(?:\w+ )?(?:call|hear|e-?mail|reply|update|response"
    r"|answer|refund|visit|message)\b(?=.*\b(?:us|me|our|my)\b)"
    r"|(?:just )?give (?:me|us)(?= )|leave (?:it|this|that) (?:with|to) (?:me|us)|let me(?! know)|rest assured"
    r"|you have (?:my|our) word|you can (?:count|rely|depend) on (?:me|us))"
)
# At the beginning of a sentence, a clause or a list's line, the subject may be left out: "Will call you at 3."
ELIDED = re.compile(
    r"(?:^|[,;:\-–—(] ?|\d[.)] ?|\b(?:and|but|then|so) )(?:will|shall)(?: \w+ly)? (?!not\b|you\b"
    r"|we\b|i\b|the\b|it\b|that\b|they\b|be able|never\b)(?=\w+)|^[ \-*\d.)]*(?:refunding|sending"
    r"|calling|shipping|replying)\b"
)
# A second thing under the same subject: "I'll call you by 3 and email the report tomorrow".
AND_THEN = re.compile(rf"(?:,|\band\b|\bthen\b)(?: and| then| also| we| i)* (?=(?:{_DO})\b)")
VOID_BEFORE = re.compile(
    r"\b(?:if|unless|provided|providing|in case|assuming|in the event|should you|otherwise|suppose"
    r"|whenever|only when|only if|as long as|whether"
    r"|our policy|policy|policies|terms|according to|as per|per our|under (?:the|our)|usually|normally"
    r"|typically|generally|standard|guidelines?|contract|law|rules?"
    r"|you (?:said|wrote|mentioned|told|asked|claim\w*|state\w*|quoted?|were (?:told|promised)"
    r"|say|think|thought|believe[sd]?)"
    r"|(?:was|were|been) (?:told|promised|informed)|(?:agent|colleague|mail|email|message|he|she"
    r"|they|it|page|website|bot) (?:said|says|wrote|told|promised|quotes?|states?)"
    r"|hope|hoping|hopefully|might|may|not sure|can(?:'t|not) (?:say|promise|guarantee)|(?:please"
    r"|kindly)(?= \w)(?! (?:bear|note|be (?:assured|advised|informed)|rest|accept|hold|wait|allow"
    r"|know|give|don't|do not|see))|didn't|did not|never|no way|don't think|doubt|afraid|sure whether"
    r"|not)\b(?! to (?:worry|hesitate))"
)
THIRD = re.compile(
    r"\b(?:courier|carrier|fedex|ups|dhl|usps|royal mail|hermes|dpd|gls|post office|bank|seller"
    r"|merchant|manufacturer|supplier|vendor|paypal|visa|airline|insurer|landlord|hotel|store|shop)\b"
)
ANAPHORA = re.compile(r"(?:who|they|he|she|it|this|that)\b")
STAFF = re.compile(rf"\b(?:{_STAFF})\b")
VOID_AFTER = re.compile(
    r"\b(?:if|unless|provided(?! to| with| by)|providing|as long as|assuming|subject to|only)\b(?! (?:that"
    r"|this|it)?(?:'s| is| works| suits| helps)?(?: ok(?:ay)?| fine| alright| all right| convenient"
    r"| needed| necessary| anything))"
)
VOID_WITHIN = re.compile(r"\b(?:not|n't|never|hopefully|maybe|perhaps|possibly|probably|have to ask|try to)\b|n't\b")
ASKS = re.compile(
    r"^[\s\-,]*(?:and |but |so |or |hi |hello |sorry |thanks )*[,]? ?(?:do|does|did|will|would"
    r"|could|can|shall|should|is|are|was|were|have|has|may|when|what|why|how|where|which|who|whose"
    r"|am)\b"
)
ON_EVENT = re.compile(
    r"\b(?:once|after|when|upon|as soon as|the moment|from the (?:date|day|moment|time)|following"
    r"|of (?:receiving|receipt|getting|your|the|us|our|approval|delivery|it|being)|from (?:receipt"
    r"|receiving|when|delivery|approval)|subject to)\b"
)
EVENT_AFTER = re.compile(
    r"^,? ?(?:of (?!the (?:week|month|year|day)|this|next|today|[\d])|from (?!now|today|us|me|our"
    r"|my)|after |once |following |upon |when |as soon as )"
)
SPAN_END = re.compile(r"[,;:](?= )|[.!?]$| - | – | — |\((?=\w)| but | so that | because | \d\) |$")
