"""Endpoints of forms: a page, and the same as JSON."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery

from ombud.channels.forms import pages, services
from ombud.channels.forms.schemas import MAX_BODY_BYTES, FormIn, FormReceipt
from ombud.channels.forms.services import FIELDS, Form, load_form, read_form, read_stamp, stamp_form
from ombud.channels.forms.words import WORDS
from ombud.channels.queries import find_public_channel
from ombud.channels.questions import answers, with_dropped
from ombud.shared.clients import client_ip, limit_address
from ombud.shared.errors import Invalid, LimitReached
from ombud.shared.http import Now, anybody
from ombud.shared.public_pages import pick_locale
from ombud.tickets.services.intake.filling import Filling

MIN_KEY, MAX_KEY = 8, 200


@dataclass
class FormOperation(Operation):
    """The documentation of a body that comes in two forms."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        shape = Schema(
            type=OpenAPIType.OBJECT,
            required=["name", "email", "text"],
            properties={**dict.fromkeys((*FIELDS, "locale"), text), "fields": Schema(type=OpenAPIType.OBJECT)},
        )
        content = {
            kind: OpenAPIMediaType(schema=shape) for kind in ("application/json", "application/x-www-form-urlencoded")
        }
        self.request_body = RequestBody(content=content, required=True)


async def _load(state: State, public_key: str) -> Form:
    async with state.database.transaction() as tx:
        return await load_form(tx, await find_public_channel(tx, "form", public_key[:100]))


def _show(form: Form, state: State, locale: str, now: Now, given: dict[str, Any], **how: Any) -> Response[str]:
    return pages.render(
        "form.html",
        locale,
        how.get("status", 200),
        brand=form.brand,
        title=_text(form.settings.title, locale) or WORDS[locale]["title"],
        proof=stamp_form(state.key_ring, form, now=now),
        ask_phone=form.settings.ask_phone,
        questions=form.questions,
        given={name: given.get(name, "") for name in FIELDS}
        | {one.name: given.get(one.name, []) for one in form.questions},
        problems=how.get("problems", {}),
        problem=how.get("problem", ""),
    )


def _text(both: Any, locale: str) -> str:
    text: str = both.zh if locale == "zh-CN" else both.en
    return text


def _thank(form: Form, locale: str, reference: str) -> Response[str]:
    title = WORDS[locale]["thanks"]
    thanks = _text(form.settings.thanks, locale)
    return pages.render("thanks.html", locale, 201, brand=form.brand, title=title, thanks=thanks, reference=reference)


@get("/{public_key:str}", guards=[anybody], operation_id="get_form", summary="A form's page")
async def get_form(
    request: Request[Any, Any, Any], state: State, now: Now, public_key: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """The form as a page that works without scripts; ``lang`` chooses between en and zh-CN."""
    form = await _load(state, public_key)
    locale = pick_locale(lang, request.headers.get("accept-language", ""), form.settings.locale_default)
    return _show(form, state, locale, now, {})


@post(
    "/{public_key:str}",
    guards=[anybody],
    operation_id="send_form",
    summary="Send a form",
    operation_class=FormOperation,
    request_max_body_size=MAX_BODY_BYTES,
    status_code=201,
)
async def post_form(
    request: Request[Any, Any, Any], state: State, now: Now, public_key: FromPath[str]
) -> Response[str] | Response[FormReceipt]:
    """Send a form: from its page, or as JSON with an ``Idempotency-Key``, under which it is kept once.

    ``fields`` answers the form's questions by the keys of their fields: 422 ``bad_fields`` names what does not fit.
    429 with ``Retry-After`` after too many from one address.
    """
    form = await _load(state, public_key)
    address = limit_address(client_ip(request, state.settings))
    if request.content_type[0] == "application/json":
        return await _take_json(request, state, form, address, now)
    return await _take_page(request, state, form, address, now)


async def _take_json(
    request: Request[Any, Any, Any], state: State, form: Form, address: str, now: Now
) -> Response[FormReceipt]:
    key = request.headers.get("idempotency-key", "")
    if not MIN_KEY <= len(key) <= MAX_KEY:
        raise Invalid("Send an Idempotency-Key of 8 to 200 characters.", fields={"Idempotency-Key": "required"})
    raw = await request.body()
    try:
        data = msgspec.json.decode(raw, type=FormIn)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise Invalid(str(problem)) from problem
    filling = Filling(form.settings.type_id, answers(form.questions, data.fields))
    receipt = await services.accept_form(
        state.database, state.door, form.stored, data, filling, key=f"key:{key}", raw=raw, address=address, now=now
    )
    return Response(receipt, status_code=201)


async def _take_page(
    request: Request[Any, Any, Any], state: State, form: Form, address: str, now: Now
) -> Response[str]:
    sent = await request.form()
    given: dict[str, Any] = {name: str(sent.get(name, "")).strip() for name in (*FIELDS, "locale", "proof", "website")}
    given |= {one.name: [str(text) for text in sent.getall(one.name, [])] for one in form.questions}
    locale = pick_locale(given["locale"], request.headers.get("accept-language", ""), form.settings.locale_default)
    if given["website"]:
        # Only a machine fills in what nobody sees. It is told nothing.
        return _thank(form, locale, "")
    data, problems = read_form(form, given, locale)
    if data is None:
        return _show(form, state, locale, now, given, status=400, problems=problems, problem="problem")
    data.text = with_dropped(data.text, form.dropped, lambda name: list(map(str, sent.getall(name, []))), locale)
    nonce = read_stamp(state.key_ring, form, given["proof"], now=now)
    if nonce is None:
        return _show(form, state, locale, now, given, status=400, problem="proof_problem")
    try:
        receipt = await services.accept_form(
            state.database,
            state.door,
            form.stored,
            data,
            Filling(form.settings.type_id, data.fields),
            key=f"page:{nonce}",
            raw=msgspec.json.encode(data),
            address=address,
            now=now,
        )
    except LimitReached as limit:
        page = _show(form, state, locale, now, given, status=429, problem="limit")
        page.headers["Retry-After"] = str(limit.retry_after_seconds)
        return page
    except services.KeyReused:
        # Back in the browser, another text under the old stamp: a new stamp makes it a new message.
        return _show(form, state, locale, now, given, status=400, problem="proof_problem")
    return _thank(form, locale, receipt.reference)


routers = [Router("/forms", route_handlers=[get_form, post_form], tags=["forms"])]
