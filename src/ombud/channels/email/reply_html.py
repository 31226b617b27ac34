"""The new part of an HTML reply, found by the marks that mail programs leave around what they quote."""

import re

from ombud.channels.email.reply import CUT, ReplyParts, split_reply
from ombud.channels.email.text import HtmlText

_QUOTE_CLASSES = re.compile(
    r"(?:^|\s)(?:gmail_quote|gmail_quote_container|gmail_extra_quote|yahoo_quoted|yahoo-quoted-begin|moz-cite-prefix|protonmail_quote|tutanota_quote"
    r"|zmail_extra|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|stopSpelling|isReplyContent|isForwardContent|ntes-mailmaster-quote|mail-quote|mailquote"
    r"|foxmail_quote|xm_compose_origin_mail_container|reply-intro|quote_container|ms-outlook-mobile-reference-message|mail_extra|qmbox_quote|history_container"
    r"|x_divRplyFwdMsg|stopspelling|js-helper-quote|WPS_quote|OriginalMessage|ecxgmail_quote|cite_prefix|aolReplacedBody|reply_content_quote)(?:\s|$)",
    re.IGNORECASE,
)
_TOP_RULE = re.compile(
    r"border-top\s*:\s*(?:solid|1px solid|[\d.]+p[tx] solid|solid \S+ [\d.]+p[tx])|border\s*:\s*none;\s*border-top",
    re.IGNORECASE,
)


class _HtmlReply(HtmlText):
    """Marks the elements by which mail programs wrap what they quote."""

    def __init__(self) -> None:
        super().__init__()
        self._marked_at: int | None = None

    def on_open(self, tag: str, attributes: dict[str, str]) -> None:
        if self._marked_at is not None and len(self.stack) > self._marked_at:
            return  # inside of what is marked already
        self._marked_at = None
        names = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('name', '')}"
        if tag == "includetail" or (names.strip() and _QUOTE_CLASSES.search(names)):
            self._mark()
            self._marked_at = len(self.stack)

    def is_quote(self, tag: str, attributes: dict[str, str]) -> bool:
        return tag == "blockquote" and "margin: 0 0 0 40px" not in attributes.get("style", "")

    def _mark(self) -> None:
        if self.quote_depth == 0:
            self.end_block()
            self.lines[-1] = CUT
            self.newline()


def split_html_reply(html: str) -> ReplyParts:
    """Split an HTML body like ``split_reply``, helped by the marks of Gmail, Outlook, Thunderbird, QQ, 163 and others.

    The result is plain text: HTML for display is sanitised whole and folded by the reader's screen.
    """
    parts = split_reply(_without_early_marks(_HtmlReply().read(html)))
    return ReplyParts(parts.reply.replace(CUT, "").strip(), parts.quoted.replace(CUT, ""))


def _without_early_marks(text: str) -> str:
    """A mark with nothing above it does not cut: the answer stands below the quote."""
    head, mark, rest = text.partition(CUT)
    return text if not mark or head.strip() else rest.strip("\n")
