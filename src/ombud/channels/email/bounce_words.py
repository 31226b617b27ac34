"""The words of mail systems: bounces, refusals and automatic replies in many languages, as regular expressions."""

import re


def _join(block: str) -> str:
    """One pattern of lines: each line goes on where the one before it stopped."""
    return "".join(line.strip(" ") for line in block.split("\n"))


DAEMON = re.compile(
    _join(
        r"""
        ^(?:mailer[._-]?daemon.*|po+st[._-]?master.*|mail[._-]?daemon|mdaemon|mail[._-]?delivery.*|
        bounces?(?:[+._-].*)?|email-bounces|delivery[._-]?(?:failure|status|subsystem).*|microsoftexchange[0-9a-f]+|
        microsoft[._-]?exchange.*|system[._-]administrator|mta[._-]?(?:admin|daemon)|root|mailsystem|undeliverable|
        smtp-?daemon|mmdf|nobody|no-?reply-bounce)$
        """
    ),
)
DAEMON_NAME = re.compile(
    _join(
        r"""
        mail(?:er)?[ _-]?d(?:a?e)mon|mail deliver(?:y|er)? (?:sub)?system|mail delivery (?:service|agent|system)|
        postmaster|internet mail delivery|system administrator|microsoft outlook$|邮件系统|系统退信|mail system|
        e-?mail abuse|delivery (?:status )?notification
        """
    ),
    re.IGNORECASE,
)
BOUNCE_SUBJECT = re.compile(
    _join(
        r"""
        ^\W*(?:undeliver(?:able|ed)\b|undelivered mail|mail delivery (?:failed|failure|error|problem|status|report)|
        delivery (?:status notification|failure|failed|problem|notification|error|report|status|has failed)|
        returned (?:mail|e-?mail|message|to sender)|mail (?:could not be|system error|not delivered|returned|failure|
        error)|failure notice|failed mail|failed delivery|non[- ]?deliver(?:y|able)|unzustellbar|nicht zustellbar|
        unzustellbare nachricht|warning: (?:could not send|message still)|message (?:could not be delivered|
        not delivered|undeliverable|delivery|status|you sent blocked)|could not send message|nondeliverable|
        échec de (?:la )?(?:remise|distribution)|non remis|message non distribu|non recapitabile|no se puede entregar|
        no entregado|devolución de correo|não entregue|não foi possível entregar|niedostarczon|nie można dostarczyć|
        недоставлен|не доставлено|onbestelbaar|undeliverable:|配信不能|配信エラー|エラーメール|メール(?:エラー|
        送信エラー)|退信|系统退信|邮件退回|投递失败|邮件投递失败|發送失敗|来自.{1,60}的退信|未傳遞|无法投递|未送达|寄送失败|退件通知|
        反송|반송|delivery failure|wrong email address|notification d'état|rebote|permanent (?:delivery )?(?:failure|
        error)|error sending message|mail delivery|undelivered|message undeliverable|email not delivered|user unknown|
        automatically rejected mail|auto-?reject)
        """
    ),
    re.IGNORECASE,
)
BOUNCE_TEXT = re.compile(
    _join(
        r"""
        this is the qmail-send program|this message was created automatically by (?:the )?(?:mail|smtp)|(?:could not|
        cannot|couldn't|can't|was not|not able to|unable to|unable) (?:be )?deliver|
        did not reach the following recipient|delivery (?:to the following|has failed|failed|attempts?|error|status|
        of this message)|the following (?:address|recipient|message|e-?mail|error)|undeliver|
        permanent (?:fatal )?error|user unknown|unknown user|no such user|mailbox (?:full|unavailable|is full|
        not found)|transcript of session|returned (?:to (?:the )?sender|mail)|unrouteable|wasn't able to deliver|
        message (?:could not|was not|has been) (?:delivered|rejected|blocked|returned)|failed (?:permanently|
        recipient)|addresses? had (?:permanent|transient|delivery)|recipient(?:'s|s)? (?:address|mailbox|rejected)|
        error (?:has )?occurred while|no valid recipients|error delivering|host unknown|domain (?:not found|
        does not exist)|over quota|quota exceeded|delivery problem|not listed in|was not delivered|delivery errors|
        \b5[05]\d[ -]5?\.?|宛先|お届けできません|送信できません|配信できません|存在しません|あて先|无法(?:投递|送达|
        发送)|退信|收件人(?:邮箱|地址)
        """
    ),
    re.IGNORECASE,
)
BOUNCE_OPENING = re.compile(
    _join(
        r"""
        ^\s*(?:this is the qmail-send program|hi\. this is the|hi! this is the|this is the (?:mail|postfix|
        mail delivery)|this (?:message|report) was (?:created|generated) automatically by|
        a message (?:that )?you (?:sent|have sent)|i'm afraid i wasn't able|your message (?:to|cannot|could not|
        did not|was not|has not)|(?:the )?original message was received at|\W*(?:the )?following address(?:es)?|
        delivery to the following|the following message to|we (?:were|are) (?:sorry|unable|not able)|i(?: was|'m|
        [ ]am) (?:sorry|unable)|it was not possible|unable to deliver|sorry,? (?:we|i) (?:were|was|could)|
        the mail system|failed to deliver|could not deliver|the message could not|message from yahoo|
        delivery has failed|\W*transcript of session|the user\(s\)|mail (?:from|to|delivery)|error:|aviso|
        \W*delivery (?:status|failure|failed)|your (?:e-?mail|mail)|unfortunately|sorry\b)
        """
    ),
    re.IGNORECASE,
)
AUTO_SUBJECT = re.compile(
    _join(
        r"""
        ^\s*(?:(?:auto(?:matic|mated|matisk|m\.)?[ -]?(?:reply|response|answer|svar|repl|respond\w*)|autoreply|
        autoresponse|auto[- ]?responder|(?:i am |i'm )?(?:currently )?out[- ]of[- ](?:the[- ])?office(?: (?:auto-?reply|
        reply|response|message|notification))?|away from (?:my )?(?:mail|office|desk)|on vacation|
        vacation (?:reply|response|notice)|automatische (?:antwort|antwoord)|automatisch(?:es)? antwoord\w*|
        abwesenheits(?:notiz|nachricht|meldung|benachrichtigung|assistent|mail|info)\w*|abwesend|
        ich bin (?:derzeit |zurzeit |momentan )?(?:nicht im büro|abwesend|im urlaub|außer haus)|réponse automatique|
        absence du bureau|absent(?:\(e\)|e)?(?: du bureau)?|respuesta automática|fuera de (?:la )?oficina|
        risposta automatica|fuori (?:sede|ufficio)|resposta automática|resposta automàtica|fora do escritório|
        ausência (?:temporária|do escritório)|afwezig(?:heid\w*)?|autosvar|automatiskt? svar|fravær\w*|frånvaro\w*|
        automaattinen vastaus|poissaolo\w*|odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|
        poza biurem|automatická odpověď|automatická odpoveď|mimo kancelář|автоответ\w*|автоматический ответ|
        автоматична відповідь|автовідповід\w*|автоматичен отговор|аутоматски одговор|automatikus válasz|
        házon kívül|otomatik yanıt|ofis dışında|αυτόματη απάντηση|εκτός γραφείου|răspuns automat|automatski odgovor|
        (?:samodejni|avtomatski) odgovor|automaatvastus|automaatne vastus|automatinis atsakymas|automātiskā atbilde|
        (?:jawaban|balasan) otomatis|trả lời tự động|ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|(?:ال)?رد (?:ال)?تلقائي|
        מענה אוטומטי|תשובה אוטומטית)\s*(?:[:\uff1a\]\-–(]|\bre:|$)|ooo\s*[:\uff1a]|(?:【|\[|\(|（)?(?:(?:休假|外出|离开|
        離開)?(?:时的|中)?自动(?:回复|答复|应答)|自動(?:回覆|回復|應答|応答|返信)|休假自动|外出自动|不在通知|
        자동 ?(?:회신|응답|답장)|부재중(?: ?자동 ?(?:회신|응답))?)(?:】|\]|\)|）|[:\uff1a]|\s|$))
        """
    ),
    re.IGNORECASE,
)
# Only the words and nothing of the mail that is answered: a person may write so, too.
BARE_AUTO_SUBJECT = re.compile(r"[\s【】\[\]()（）]*[^\s:\uff1a]+(?: [^\s:\uff1a]+){0,4}\s*", re.IGNORECASE)
FAILURE_LINE = re.compile(
    _join(
        r"""
        ^\W{0,6}(?:<?[^\s<>@]+@[\w.-]+>?|[\w.=+-]+@[\w.-]+)\W{0,4}(?:[:\uff1a(\[]|$|\s{2,}|\.{2,}|\s-)|^\W*(?:smtp|550|551|
        552|553|554|450|451|452|421)[ -:]|said:|delivered to:? <?[^\s<>]+@|diagnostic|\b[45]\.\d\.\d{1,2}\b|
        x-(?:postfix|notes|unix)
        """
    ),
    re.IGNORECASE | re.MULTILINE,
)
INLINE_ORIGINAL = re.compile(
    _join(
        r"""
        ^[-=_* ]*(?:-{2,}|below this line|included is|this is a copy|unsent message|original message|the (?:header|
        text|first)|message header|forwarded|returned message|
        included message).*$(?:[ \t]*\r?\n){1,4}^\s{0,4}(?:received|return-path|from|message-id|to|subject|date|
        mime-version|dkim-signature|x-[\w-]+|delivered-to)\s*:
        """
    ),
    re.IGNORECASE | re.MULTILINE,
)
DEAD = re.compile(
    _join(
        r"""
        user[ _-]?(?:is )?unknown|unknown (?:or illegal alias|user|address|recipient|local|mailbox)|no such (?:user|
        recipient|mailbox|address|person|domain|host|account)|does(?: not|n'?t) exist|(?:user|mailbox|recipient|
        address|account|domain|host)(?: name)?(?: \S+)? (?:not found|unknown|does not|doesn't)|not a valid (?:mailbox|
        user|recipient)|invalid (?:recipient|mailbox|user|address)|no mailbox|
        mailbox (?:unavailable or )?(?:not available|unavailable|disabled|not found|does)|unrouteable|
        unrout(?:e)?able|host (?:or domain name )?not found|name (?:service )?error|domain (?:not found|has no)|
        host unknown|nxdomain|no (?:mx|a record|account|user)|recipient (?:address )?(?:not found|unknown|invalid|
        does not exist)|couldn't be found|could not be found|wasn't found|(?:isn't|is not) (?:known|listed|found|in |
        a (?:known|valid))|has (?:moved|changed)|moved to|no longer (?:valid|exists|available|in use|on|accept|
        employed)|address (?:you sent.*)?(?:unknown|invalid|no longer)|not our customer|unknown local|recipnotfound|
        bad destination|there is no one|存在しません|見つかりません|ディレクトリ|不存在|does not accept mail|nullmx|
        null mx|not known|inactive e-?mail|rejected: access denied|not listed in
        """
    ),
    re.IGNORECASE,
)
ALIVE = re.compile(
    _join(
        r"""
        quota|full\b|exceed|too (?:large|big|many|long)|spam|block(?:ed|list)|blacklist|policy|virus|content|greylist|
        grey-?list|try (?:again|later)|temporar|deferred|timed? ?out|refused|relay|spf|dkim|dmarc|reputation|rate|
        suspend|inactive|frozen|locked|disabled|size|looping|loop\b|authenticat|denied|reject(?:ed)? (?:due|for|by)|
        insufficient|over.?limit|expired|connection|reverse|ptr|sender|mail from
        """
    ),
    re.IGNORECASE,
)
