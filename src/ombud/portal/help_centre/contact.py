"""Asking a person: the brand's form, which proposes answers first. One message is kept for one showing of the page."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.datastructures import State, UploadFile
from msgspec import Struct

from ombud.channels.forms.schemas import FormIn
from ombud.channels.forms.services import (
    FIELDS,
    MAX_FILE_BYTES,
    MAX_FILES,
    FileRefused,
    Form,
    KeyReused,
    accept_form,
    keep_file,
    load_form,
    read_form,
    read_stamp,
    stamp_form,
)
from ombud.channels.queries import get_stored_channel
from ombud.knowledge.reports.services import note_search
from ombud.portal.customer.services import sender_of
from ombud.portal.customer.sessions import Me, who_is
from ombud.portal.edge import AnyRequest, Link, address_of, answer, is_own_page, limited, told
from ombud.portal.help_centre.answering import Told, answer_to, note_word
from ombud.portal.help_centre.queries import reader_for
from ombud.portal.help_centre.rules import marked
from ombud.portal.help_centre.schemas import Hit
from ombud.portal.help_centre.searching import find_likely
from ombud.portal.pages import render, size_text
from ombud.portal.rules import Place, words_locale
from ombud.portal.words import WORDS
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.errors import LimitReached, NotFound
from ombud.shared.http import Now
from ombud.shared.throttle import Limit, take
from ombud.tickets.schemas import StoredAttachment
from ombud.tickets.services.intake.filling import Filling

PURPOSE = "portal files"
ASKING = Limit("help_contact", 20, 600)
SIGNATURE_BYTES = 24
LONGEST_FILES = 5_000
SPOKEN = ("en", "zh-CN")


class Given(Struct):
    """What somebody has written so far, and the files that go with it."""

    values: dict[str, Any]
    files: list[StoredAttachment] = []


async def customer_of(request: AnyRequest, state: State, place: Place) -> Me | None:
    """The customer who asks, if they are signed in."""
    return await who_is(request, state, place)


async def _form_of(state: State, place: Place) -> Form | None:
    if place.site.form_channel_id is None:
        return None
    async with state.database.statements() as tx:
        try:
            stored = await get_stored_channel(tx, place.site.form_channel_id)
        except NotFound:
            return None
        return await load_form(tx, stored) if stored.is_active and stored.kind == "form" else None


def _closed(place: Place, locale: str) -> Response[bytes]:
    links = [Link(WORDS[words_locale(locale)]["home"], f"{place.help}/{locale}")]
    return told(place, locale, "no_form", 404, links=links, section="contact")


async def show(
    request: AnyRequest, state: State, place: Place, locale: str, now: Now, *, text: str = ""
) -> Response[bytes]:
    """The form, empty but for what is known of who asks."""
    locale = words_locale(locale)
    form = await _form_of(state, place)
    if form is None:
        return _closed(place, locale)
    me = await who_is(request, state, place)
    values: dict[str, Any] = {"text": text}
    if me is not None:
        values |= {"name": me.name, "email": me.addresses[0] if me.addresses else ""}
    return _page(state, place, form, locale, now, Given(values), me=me)


def _page(
    state: State,
    place: Place,
    form: Form,
    locale: str,
    now: Now,
    given: Given,
    *,
    me: Me | None = None,
    status: int = 200,
    problem: str = "",
    problems: dict[str, str] | None = None,
    hits: Sequence[Hit] = (),
    told_answer: Told | None = None,
    stamp: str = "",
) -> Response[bytes]:
    spoken = words_locale(locale)
    title = form.settings.title.zh if spoken == "zh-CN" else form.settings.title.en
    stamp = stamp or stamp_form(state.key_ring, form, now=now)
    known = {name: given.values.get(name, "") for name in FIELDS}
    body = render(
        "contact.html",
        place,
        locale,
        heading=title or WORDS[spoken]["contact"],
        stamp=stamp,
        ask_phone=form.settings.ask_phone,
        questions=form.questions,
        given=known | {one.name: given.values.get(one.name, []) for one in form.questions},
        problems=problems or {},
        problem=problem,
        hits=[{"hit": one, "text": marked(one.text, known["text"])} for one in hits],
        told=told_answer,
        kept=given.files,
        kept_text=seal_files(state.key_ring, given.files, stamp) if given.files else "",
        most_files=MAX_FILES,
        file_size=size_text(MAX_FILE_BYTES),
        who=me,
        section="contact",
        languages=[
            {"locale": one, "name": WORDS[spoken]["other_language"], "url": f"{place.help}/{one}/contact"}
            for one in SPOKEN
            if one != spoken
        ],
    )
    return answer(place, spoken, body, status)


async def take_in(request: AnyRequest, state: State, place: Place, locale: str, now: Now) -> Response[bytes]:
    """Check what was sent, propose answers once, then keep the message."""
    locale = words_locale(locale)
    form = await _form_of(state, place)
    if form is None:
        return _closed(place, locale)
    sent = await request.form()
    if not is_own_page(request, place):
        return told(place, locale, "foreign", 403)
    if str(sent.get("website", "")):
        # Only a machine fills in what nobody sees. It is told nothing.
        return told(place, locale, "thanks", 200)
    return await _weigh(Sent(request, state, place, form, locale, await who_is(request, state, place)), sent, now)


class Sent(Struct, frozen=True):
    """A form that was sent: by whom, on which page."""

    request: Any
    state: Any
    place: Place
    form: Form
    locale: str
    me: Me | None

    def again(self, given: "Given", now: Now, **how: Any) -> Response[bytes]:
        """The page once more, with what was written."""
        return _page(self.state, self.place, self.form, self.locale, now, given, me=self.me, **how)


async def _weigh(page: Sent, sent: Any, now: Now) -> Response[bytes]:
    keys, stamp = page.state.key_ring, str(sent.get("stamp", ""))[:200]
    values: dict[str, Any] = {name: str(sent.get(name, "")).strip() for name in FIELDS}
    values |= {one.name: [str(text) for text in sent.getall(one.name, [])] for one in page.form.questions}
    if page.me is not None and page.me.addresses:
        values["email"] = page.me.addresses[0]
    given = Given(values, open_files(keys, str(sent.get("kept", "")), stamp))
    try:
        given.files += await _uploaded(page.state, sent, MAX_FILES - len(given.files))
    except FileRefused:
        return page.again(given, now, status=400, problem="files_problem", stamp=stamp)
    data, problems = read_form(page.form, values, page.locale)
    if data is None:
        return page.again(given, now, status=400, problem="problem", problems=problems, stamp=stamp)
    if sent.get("step") != "send":
        hits, answered = await _proposals(page, data, now)
        if hits or answered:
            return page.again(given, now, hits=hits, told_answer=answered, stamp=stamp)
    return await _keep(page, given, data, stamp, str(sent.get("answer", "")), now)


async def _uploaded(state: State, sent: Any, room: int) -> list[StoredAttachment]:
    files = [one for one in sent.getall("files", []) if isinstance(one, UploadFile) and one.filename]
    if len(files) > room:
        raise FileRefused
    return [await keep_file(state.files, one.filename, await one.read()) for one in files]


async def _proposals(page: Sent, data: FormIn, now: Now) -> tuple[list[Hit], Told | None]:
    """Articles that may answer, and what the desk's machine says where it may and is sure."""
    database: Database = page.state.database
    question = f"{data.subject}\n{data.text}".strip()
    try:
        async with database.transaction() as tx:
            await take(tx, ASKING, address_of(page.request, page.state), now=now)
        reader = reader_for(page.place.site, is_customer=False)
        hits = await find_likely(database, page.state.parts.passages, question, reader, page.locale)
        async with database.statements() as tx:
            await note_search(tx, text=question[:300], locale=page.locale, place="form", results=len(hits), now=now)
    except LimitReached:
        # Whoever asks that often gets no proposals; their message is taken all the same.
        return [], None
    answered = await answer_to(page.state, page.place, question, "form", now=now)
    if answered is not None:
        hits = [one for one in hits if one.article_id != answered.answer.article_id]
    return hits, answered


async def _keep(page: Sent, given: Given, data: FormIn, stamp: str, answer: str, now: Now) -> Response[bytes]:
    nonce = read_stamp(page.state.key_ring, page.form, stamp, now=now)
    if nonce is None:
        return page.again(given, now, status=400, problem="proof_problem")
    try:
        receipt = await accept_form(
            page.state.database,
            page.state.door,
            page.form.stored,
            data,
            Filling(page.form.settings.type_id, data.fields),
            key=f"page:{nonce}",
            raw=msgspec.json.encode(data),
            address=address_of(page.request, page.state),
            now=now,
            sender=sender_of(page.me) if page.me is not None else None,
            attachments=given.files,
        )
    except LimitReached as limit:
        return limited(page.place, page.locale, limit.retry_after_seconds)
    except KeyReused:
        # Back in the browser, another text under the old stamp: a new stamp makes it a new message.
        return page.again(given, now, status=400, problem="proof_problem")
    if answer:
        # Whoever writes all the same was not helped by what they read.
        await note_word(page.state, answer, helped=False, now=now)
    return _thank(page.place, page.form, page.locale, receipt.reference, page.me)


def _thank(place: Place, form: Form, locale: str, reference: str, me: Me | None) -> Response[bytes]:
    words = WORDS[words_locale(locale)]
    thanks = form.settings.thanks.zh if locale == "zh-CN" else form.settings.thanks.en
    links = []
    if place.site.has_portal and me is not None and reference.startswith("#"):
        links.append(Link(words["my_tickets"], f"{place.portal}/tickets/{reference[1:]}"))
    elif place.site.has_portal:
        links.append(Link(words["follow"], f"{place.portal}/sign-in?lang={locale}"))
    links.append(Link(words["home"], f"{place.help}/{locale}"))
    texts = [thanks or words["keep"]]
    return told(place, locale, "thanks", 200, *texts, links=links, reference=reference, section="contact")


def seal_files(keys: KeyRing, files: Sequence[StoredAttachment], stamp: str) -> str:
    """Files that wait within a page for its second step; bound to that showing of it."""
    payload = msgspec.json.encode(files)
    signature = keys.sign(PURPOSE, stamp.encode() + payload, length=SIGNATURE_BYTES)
    return base64.urlsafe_b64encode(signature + payload).decode()


def open_files(keys: KeyRing, text: str, stamp: str) -> list[StoredAttachment]:
    """The files that a page held; none where it is not ours, or of another showing."""
    if not text or len(text) > LONGEST_FILES:
        return []
    try:
        whole = base64.urlsafe_b64decode(text.encode("ascii"))
        signature, payload = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
        if not keys.verify(PURPOSE, stamp.encode() + payload, signature):
            return []
        return msgspec.json.decode(payload, type=list[StoredAttachment])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return []
