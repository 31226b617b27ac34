"""What a mail is: normal, or one of the kinds that must never be answered."""

import re

import msgspec

from ombud.channels.email import bounces, ses
from ombud.channels.email.bodies import report_parts, walk
from ombud.channels.email.headers import Headers
from ombud.channels.email.mime import Part
from ombud.channels.email.schemas import BounceRecipient, MailAddress, MailKind

_DAEMON = re.compile(
    r"^(?:mailer[._-]?daemon.*|po+st[._-]?master.*|mail[._-]?daemon|mdaemon|mail[._-]?delivery.*|bounces?(?:[+._-].*)?|email-bounces|delivery[._-]?(?:failure|status|subsystem).*"
    r"|microsoftexchange[0-9a-f]+|microsoft[._-]?exchange.*|system[._-]administrator|mta[._-]?(?:admin|daemon)|root|mailsystem|undeliverable|smtp-?daemon|mmdf|nobody|no-?reply-bounce)$"
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ _-]?d(?:a?e)mon|mail deliver(?:y|er)? (?:sub)?system|mail delivery (?:service|agent|system)|postmaster|internet mail delivery|system administrator"
    r"|microsoft outlook$|邮件系统|系统退信|mail system|e-?mail abuse|delivery (?:status )?notification",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"^\W*(?:undeliver(?:able|ed)\b|undelivered mail|mail delivery (?:failed|failure|error|problem|status|report)|delivery (?:status notification|failure|failed|problem|notification|error|report|status|has failed)"
    r"|returned (?:mail|e-?mail|message|to sender)|mail (?:could not be|system error|not delivered|returned|failure|error)|failure notice|failed mail|failed delivery|non[- ]?deliver(?:y|able)|unzustellbar"
    r"|nicht zustellbar|unzustellbare nachricht|warning: (?:could not send|message still)|message (?:could not be delivered|not delivered|undeliverable|delivery|status|you sent blocked)|could not send message"
    r"|nondeliverable|échec de (?:la )?(?:remise|distribution)|non remis|message non distribu|non recapitabile|no se puede entregar|no entregado|devolución de correo|não entregue|não foi possível entregar|niedostarczon|nie można dostarczyć|недоставлен|не доставлено|onbestelbaar"
    r"|undeliverable:|配信不能|配信エラー|エラーメール|メール(?:エラー|送信エラー)|退信|系统退信|邮件退回|投递失败|邮件投递失败|發送失敗|未傳遞|无法投递|未送达|寄送失败|退件通知|反송|반송|delivery failure|wrong email address|notification d'état|rebote|permanent (?:delivery )?(?:failure|error)"
    r"|error sending message|mail delivery|undelivered|message undeliverable|email not delivered|user unknown|automatically rejected mail|auto-?reject)",
    re.IGNORECASE,
)
_BOUNCE_TEXT = re.compile(
    r"this is the qmail-send program|this message was created automatically by (?:the )?(?:mail|smtp)|(?:could not|cannot|couldn't|can't|was not|not able to|unable to|unable) (?:be )?deliver|did not reach the following recipient"
    r"|delivery (?:to the following|has failed|failed|attempts?|error|status|of this message)|the following (?:address|recipient|message|e-?mail|error)|undeliver|permanent (?:fatal )?error|user unknown|unknown user|no such user|mailbox (?:full|unavailable|is full|not found)"
    r"|transcript of session|returned (?:to (?:the )?sender|mail)|unrouteable|wasn't able to deliver|message (?:could not|was not|has been) (?:delivered|rejected|blocked|returned)|failed (?:permanently|recipient)|addresses? had (?:permanent|transient|delivery)|recipient(?:'s|s)? (?:address|mailbox|rejected)"
    r"|error (?:has )?occurred while|no valid recipients|error delivering|host unknown|domain (?:not found|does not exist)|over quota|quota exceeded|delivery problem|not listed in|was not delivered|delivery errors|\b5[05]\d[ -]5?\.?|宛先|お届けできません|送信できません|配信できません|存在しません|あて先|无法(?:投递|送达|发送)|退信|收件人(?:邮箱|地址)",
    re.IGNORECASE,
)
_BOUNCE_OPENING = re.compile(
    r"^\s*(?:this is the qmail-send program|hi\. this is the|hi! this is the|this is the (?:mail|postfix|mail delivery)|this (?:message|report) was (?:created|generated) automatically by|a message (?:that )?you (?:sent|have sent)|i'm afraid i wasn't able|your message (?:to|cannot|could not|did not|was not|has not)"
    r"|(?:the )?original message was received at|\W*(?:the )?following address(?:es)?|delivery to the following|the following message to|we (?:were|are) (?:sorry|unable|not able)|i(?: was|'m| am) (?:sorry|unable)|it was not possible|unable to deliver|sorry,? (?:we|i) (?:were|was|could)|the mail system|failed to deliver|could not deliver|the message could not|message from yahoo|delivery has failed"
    r"|\W*transcript of session|the user\(s\)|mail (?:from|to|delivery)|error:|aviso|\W*delivery (?:status|failure|failed)|your (?:e-?mail|mail)|unfortunately|sorry\b)",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:(?:auto(?:matic|mated|matisk|m\.)?[ -]?(?:reply|response|answer|svar|repl|respond\w*)|autoreply|autoresponse|auto[- ]?responder|out[- ]of[- ](?:the[- ])?office(?: (?:auto-?reply|reply|response|message|notification))?|ooo|away from (?:my )?(?:mail|office|desk)|on vacation|vacation (?:reply|response|notice)"
    r"|automatische (?:antwort|antwoord)|automatisch(?:es)? antwoord\w*|abwesenheits\w*|abwesend|réponse automatique|absence du bureau|absent du bureau|respuesta automática|fuera de (?:la )?oficina|risposta automatica|fuori (?:sede|ufficio)|resposta automática|fora do escritório|afwezig\w*|autosvar|automatiskt? svar"
    r"|automaattinen vastaus|odpowiedź automatyczna|automatyczna odpowiedź|automatická odpověď|automatická odpoveď|автоответ\w*|автоматический ответ|automatikus válasz|otomatik yanıt|αυτόματη απάντηση|răspuns automat|jawaban otomatis|trả lời tự động)\s*(?:[::\]\-–(]|$)"
    r"|(?:【|\[|\()?(?:自动回复|自動回覆|自动答复|自动应答|休假自动|外出自动|自動応答|自動返信|不在通知|자동 ?(?:회신|응답)|부재중)(?:】|\]|\)|[::]|\s|$))",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(r"^\s*(?:read|gelesen|lu|leído|letto|lida|已读|已讀|開封済み|not read|ungelesen)\s*[::]", re.IGNORECASE)
_FORWARDED = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw|回复|答复|转发|回覆|轉寄)\s*[::]", re.IGNORECASE)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The kind of a mail and, for delivery reports, whom it speaks of."""

    kind: MailKind
    recipients: list[BounceRecipient] = []
    original_message_id: str = ""


def is_bulk_mail(headers: Headers) -> bool:
    """Whether the mail went to many: lists, newsletters, campaigns."""
    is_list = any(headers.has(name) for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id", "x-campaign-id", "x-mailgun-tag"))
    return is_list or headers.plain("precedence").strip().lower() in {"bulk", "list", "junk"}


def classify_mail(root: Part, text: str, from_: list[MailAddress]) -> Verdict:
    """The kind of a mail by its structure first, then its headers, and its words only when a machine sent it.

    A person who writes about a bounce, or forwards one, writes a normal mail.
    """
    headers = root.headers
    reports = report_parts(root)
    report_type = headers.content_type()[1].get("report-type", "").lower()
    if report_type == "feedback-report" or any(part.type.endswith("feedback-report") for part in reports):
        return _complaint(root, reports)
    if notice := ses.read_notice(text):
        return Verdict(kind=notice.kind, recipients=notice.recipients, original_message_id=notice.original_message_id)
    if _is_delivery_report(root, headers, text, reports, from_):
        return _delivery_verdict(root, text, reports)
    if report_type == "disposition-notification" or any(part.type.endswith("disposition-notification") for part in reports):
        return Verdict(kind=MailKind.AUTO_REPLY)
    if bounces.is_odd_complaint(headers, text):
        return _complaint(root, reports)
    return Verdict(kind=MailKind.AUTO_REPLY if _is_auto_reply(headers) else MailKind.NORMAL)


def _complaint(root: Part, reports: list[Part]) -> Verdict:
    found = bounces.complaint_recipients(reports)
    return Verdict(kind=MailKind.COMPLAINT, recipients=found, original_message_id=bounces.original_message_id(root))


def _delivery_verdict(root: Part, text: str, reports: list[Part]) -> Verdict:
    recipients, is_delivered = bounces.read_recipients(root, text, reports)
    kind = MailKind.DELIVERED if is_delivered else MailKind.BOUNCE
    return Verdict(kind=kind, recipients=recipients, original_message_id=bounces.original_message_id(root))


def _is_machine(headers: Headers, from_: list[MailAddress]) -> bool:
    """Whether a mail system rather than a person is the author."""
    if headers.has("return-path") and headers.plain("return-path").strip("<> ").lower() in {"", "mailer-daemon"}:
        return True
    if not from_:
        return False
    local = (from_[0].address.partition("@")[0] or from_[0].name).lower()
    return _DAEMON.match(local) is not None or _DAEMON_NAME.search(from_[0].name) is not None


def _is_delivery_report(root: Part, headers: Headers, text: str, reports: list[Part], from_: list[MailAddress]) -> bool:
    report_type = headers.content_type()[1].get("report-type", "").lower()
    has_status = any(part.type.endswith("delivery-status") for part in reports)
    if report_type == "delivery-status" or (has_status and root.type == "multipart/report"):
        return True
    is_machine = _is_machine(headers, from_)
    subject = headers.text("subject")
    is_said = _BOUNCE_SUBJECT.match(subject) is not None and not _FORWARDED.match(subject)
    if (has_status and (is_machine or is_said)) or bounces.has_failure_header(headers):
        return True
    if _AUTO_SUBJECT.match(subject) or headers.has("x-autoreply"):
        return False
    head = text[:6_000]
    has_words = _BOUNCE_TEXT.search(head) is not None
    if is_machine and not _FORWARDED.match(subject) and (is_said or _is_daemon(from_)):
        return True
    if is_machine:
        return has_words and (_BOUNCE_OPENING.search(head) is not None or bounces.has_failure_lines(head))
    return is_said and has_words and _has_failure_form(root, head)


def _is_daemon(from_: list[MailAddress]) -> bool:
    """MAILER-DAEMON is no person, whatever it writes."""
    return any(re.match(r"mailer[._-]?daemon", address.address or address.name, re.IGNORECASE) for address in from_)


def _has_failure_form(root: Part, text: str) -> bool:
    """A report by an unknown machine: it names the failed address with a reason and encloses the mail it failed on."""
    has_original = any(part.type in {"message/rfc822", "text/rfc822-headers"} for part in walk(root)[1:])
    return bounces.has_failure_lines(text) and (has_original or bounces.has_inline_original(text))


def _is_auto_reply(headers: Headers) -> bool:
    submitted = headers.plain("auto-submitted").partition(";")[0].strip().lower()
    subject = headers.text("subject")
    if submitted == "auto-replied" or headers.plain("precedence").strip().lower() in {"auto_reply", "autoreply"}:
        return True
    if "vacation" in headers.plain("x-apple-action").lower():
        return True
    if any(headers.has(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-autoreply-from")):
        return not headers.plain("x-autoreply").strip().lower() == "no"
    return _AUTO_SUBJECT.match(subject) is not None or (_RECEIPT_SUBJECT.match(subject) is not None and _is_null(headers))


def _is_null(headers: Headers) -> bool:
    return headers.has("return-path") and not headers.plain("return-path").strip("<> ")
