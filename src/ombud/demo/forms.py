"""Custom fields, ticket types with their forms, and what the demo's tickets have in them."""

import random
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from ombud.demo.desk import Case
from ombud.demo.hours import DAY, moment
from ombud.demo.material import Material
from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field, FieldOptions
from ombud.shared.database import Transaction, execute, value
from ombud.tickets.forms import FormField, FormRule
from ombud.tickets.services.facets import ticket_facets

Named = tuple[str, str, str]
FAULTS: tuple[Named, ...] = (
    ("leak", "Leaks", "漏水"),
    ("noise", "Noise", "噪音异响"),
    ("no_power", "Does not start", "不通电"),
    ("no_function", "Does not do its work", "功能失效"),
    ("error_code", "Error code", "报错代码"),
    ("electric", "Leaks current", "漏电"),
    ("installation", "Installed wrongly", "安装不当"),
    ("look", "Damaged outside", "外观损坏"),
)
REASONS: tuple[Named, ...] = (
    ("seven_days", "Within seven days", "七日无理由"),
    ("quality", "Quality", "质量问题"),
    ("late", "Arrived late", "配送超时"),
    ("price", "Price protection", "价保补差"),
    ("wrong", "Wrong goods", "错发漏发"),
)
DEMANDS: tuple[Named, ...] = (
    ("repair", "Repair", "维修"),
    ("exchange", "Exchange", "换货"),
    ("refund", "Refund", "退款"),
    ("compensation", "Compensation", "补偿"),
    ("apology", "Apology", "道歉"),
)
SOURCES: tuple[Named, ...] = (
    ("direct", "To us", "直接投诉"),
    ("platform", "Platform", "平台投诉"),
    ("regulator", "Regulator (12315)", "监管投诉(12315)"),
    ("media", "Media", "媒体"),
)
# key, kind, English name, Chinese name, choices, what else the definition says
FIELDS: tuple[tuple[str, str, str, str, tuple[Named, ...], dict[str, Any]], ...] = (
    ("product", "tree", "Product", "产品", (), {}),
    ("order_no", "text", "Order number", "订单号", (), {"max_length": 40}),
    ("serial", "text", "Serial number", "机身编码", (), {"hint_en": "On the back.", "hint_zh": "在机身背面标签上。"}),
    ("bought_on", "date", "Bought on", "购买日期", (), {}),
    ("fault", "choice", "Fault", "故障类型", FAULTS, {}),
    ("in_warranty", "yes_no", "In warranty", "是否在保", (), {}),
    ("repair_cost", "money", "Cost of the repair", "维修费用", (), {"minimum": 0, "currency": "CNY"}),
    ("visit_on", "date", "Visit on", "上门日期", (), {}),
    ("refund_amount", "money", "Amount of the refund", "退款金额", (), {"minimum": 1, "currency": "CNY"}),
    ("refund_reason", "choice", "Reason of the refund", "退款原因", REASONS, {}),
    ("demands", "multi_choice", "Demands", "诉求", DEMANDS, {}),
    ("complaint_source", "choice", "Came by", "投诉来源", SOURCES, {}),
    ("injured", "yes_no", "Somebody was hurt", "是否有人受伤", (), {}),
    ("payer", "customer", "Who pays", "付款人", (), {}),
    ("photo", "file", "Photo of the fault", "故障照片", (), {}),
    ("findings", "long_text", "Findings", "检测结论", (), {}),
    ("floors", "number", "Floor", "楼层", (), {"minimum": -3, "maximum": 150, "decimals": 0}),
)
ELECTRIC = {"field": "fields.fault", "op": "is", "value": "electric"}
# English name, Chinese name, form (a mark tells when a field must have a value), rules, scenes of the story
TYPES: tuple[tuple[str, str, str, list[dict[str, Any]], str], ...] = (
    (
        "Repair",
        "报修",
        "product! fault? serial bought_on in_warranty repair_cost injured visit_on photo findings",
        [
            {"when": ELECTRIC, "show": ["injured"], "require": {"injured": "save"}},
            {
                "when": {"field": "fields.in_warranty", "op": "is", "value": False},
                "show": ["repair_cost"],
                "require": {"repair_cost": "solve"},
            },
        ],
        "repair noise current purifier part_price warranty vip app",
    ),
    (
        "Refund",
        "退款",
        "order_no refund_reason? refund_amount? bought_on product payer",
        [
            {
                "when": {"field": "fields.refund_amount", "op": "more", "value": 100_000},
                "require": {"refund_reason": "save"},
            }
        ],
        "refund price charge points",
    ),
    (
        "Complaint",
        "投诉",
        "product demands? complaint_source injured findings",
        [
            {
                "when": {"field": "fields.complaint_source", "op": "any_of", "value": ["regulator", "media"]},
                "require": {"demands": "save", "findings": "solve"},
            }
        ],
        "threat manual install_fault damaged",
    ),
    ("Installation", "安装", "product! floors visit_on serial", [], "install_book moving"),
    ("Delivery", "配送", "order_no! product", [], "late order_change exchange"),
    ("Question", "咨询", "product", [], "usage presale hello invoice praise project"),
)
HINTS = (
    ("漏电", "electric"),
    ("漏水", "leak"),
    ("积水", "leak"),
    ("噪", "noise"),
    ("noise", "noise"),
    ("响", "noise"),
    ("leak", "leak"),
    ("装", "installation"),
)


class Forms(Struct):
    """What was defined, as tickets need it."""

    fields: list[Field]
    types: dict[str, int]
    forms: dict[str, set[str]]

    def values_of(self, case: Case, customer: int, rng: random.Random) -> tuple[int | None, dict[str, Any]]:
        """The type of a case, and what its form holds by now; most, never all of it."""
        type_id = self.types.get(case.story.scene)
        if type_id is None:
            return None, {}
        known = _known(case, customer, rng)
        form = self.forms[case.story.scene]
        return type_id, {key: known[key] for key in known if key in form}

    def facets(self, tags: list[str], type_id: int | None, values: dict[str, Any]) -> list[str]:
        """What lists find the ticket by."""
        return ticket_facets(tags, type_id, self.fields, values)


def _known(case: Case, customer: int, rng: random.Random) -> dict[str, Any]:
    story, bought = case.story, case.story.purchase
    is_done = not case.is_open
    found: dict[str, Any] = {"product": f"{bought.kind.key}/{bought.model}", "bought_on": _day(bought.bought_at)}
    found["order_no"] = bought.order
    if rng.random() < 0.7:  # noqa: PLR2004
        found["serial"] = bought.serial
    text = " ".join([story.subject, *(beat.text for beat in case.beats[:1])]).lower()
    hint = next((fault for word, fault in HINTS if word in text), None)
    found["fault"] = hint or rng.choice(("no_function", "error_code", "no_power"))
    found["in_warranty"] = story.opened - bought.bought_at < 365 * DAY
    if not found["in_warranty"] and is_done:
        found["repair_cost"] = {"amount_cents": rng.randrange(60, 800) * 100, "currency": "CNY"}
    if found["fault"] == "electric":
        found["injured"] = rng.random() < 0.1  # noqa: PLR2004
    if is_done or rng.random() < 0.4:  # noqa: PLR2004
        found["visit_on"] = _day(story.opened + rng.randrange(1, 6) * DAY)
        found["refund_reason"] = rng.choice(REASONS)[0]
        found["refund_amount"] = {"amount_cents": bought.price * 100, "currency": "CNY"}
        found["demands"] = sorted({rng.choice(DEMANDS)[0], rng.choice(DEMANDS)[0]})
    found["complaint_source"] = rng.choices(SOURCES, (80, 12, 6, 2))[0][0]
    if found["complaint_source"] in {"regulator", "media"}:
        found.setdefault("demands", ["refund"])
    found["floors"] = rng.randrange(1, 33)
    if rng.random() < 0.1:  # noqa: PLR2004
        found["payer"] = customer
    return found


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


async def define_forms(tx: Transaction, material: Material, now: float) -> Forms:
    """Write the fields and the types of the demo desk."""
    since = moment(now - 120 * DAY)
    for place, (key, kind, en, zh, choices, more) in enumerate(FIELDS, 1):
        offered = _products(material) if key == "product" else [choice_of(*one) for one in choices]
        options = msgspec.convert({**more, "choices": offered}, FieldOptions)
        await write_field(tx, "ticket", (key, kind, en, zh), options, place * 10, since)
    types: dict[str, int] = {}
    forms: dict[str, set[str]] = {}
    for place, (en, zh, marked, rules, scenes) in enumerate(TYPES, 1):
        form = [_form_field(one) for one in marked.split()]
        sql = """
            insert into ticket_type (name_en, name_zh, form, rules, position, created_at)
            values (%(en)s, %(zh)s, %(form)s::jsonb, %(rules)s::jsonb, %(place)s, %(at)s) returning id"""
        params = {"en": en, "zh": zh, "place": place * 10, "at": since}
        written = msgspec.json.encode(msgspec.convert(rules, list[FormRule])).decode()
        params |= {"form": msgspec.json.encode(form).decode(), "rules": written}
        type_id = await value(tx, int, sql, params) or 0
        types |= dict.fromkeys(scenes.split(), type_id)
        keys = {one.key for one in form}
        forms |= dict.fromkeys(scenes.split(), keys)
    return Forms(await list_fields(tx, "ticket"), types, forms)


async def write_field(
    tx: Transaction, subject: str, names: tuple[str, str, str, str], options: FieldOptions, place: int, at: datetime
) -> None:
    """Write one definition; ``names`` are key, kind, English and Chinese name."""
    sql = """
        insert into field (subject, key, kind, name_en, name_zh, options, position, created_at)
        values (%(subject)s, %(key)s, %(kind)s, %(en)s, %(zh)s, %(options)s::jsonb, %(place)s, %(at)s)"""
    params: dict[str, object] = dict(zip(("key", "kind", "en", "zh"), names, strict=True))
    params |= {"subject": subject, "place": place, "at": at, "options": msgspec.json.encode(options).decode()}
    await execute(tx, sql, params)


def _form_field(marked: str) -> FormField:
    key = marked.rstrip("!?")
    return FormField(key, "save" if marked.endswith("!") else "solve" if marked.endswith("?") else "never")


def choice_of(key: str, en: str, zh: str) -> dict[str, str]:
    """A choice as definitions keep it."""
    return {"value": key, "name_en": en, "name_zh": zh}


def _products(material: Material) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for kind in material.products:
        found.append(choice_of(kind.key, kind.en.capitalize(), kind.zh))
        found += [choice_of(f"{kind.key}/{model}", model, model) for model in kind.models]
    return found
