"""Endpoints of risk alerts, and of doubts about one's own language."""

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from ombud.intelligence.risk.schemas import Kind
from ombud.quality.risks import services
from ombud.quality.risks.schemas import (
    LanguageDoubts,
    LanguageIn,
    RiskAlert,
    RiskAlerts,
    RiskDecisionIn,
    RiskRecipientsIn,
    RiskSettings,
    ThirdContactIn,
)
from ombud.shared.http import By, Now, Reading, Tx, may

TICKET = "/tickets/{ticket_id:int}"


@get(f"{TICKET}/risks", guards=[may("tickets.read")])
async def get_risks(reading: Reading, actor: By, ticket_id: FromPath[int]) -> RiskAlerts:
    """What a ticket's messages show of risks, each with its words."""
    return await services.show_alerts(reading, ticket_id, by=actor)


@put(f"{TICKET}/risks/{{alert_id:int}}/decision", guards=[may("tickets.write")])
async def put_risk_decision(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], alert_id: FromPath[int], data: JSONBody[RiskDecisionIn]
) -> RiskAlert:
    """Confirm an alert or call it a false alarm; words that three people called false alarm no more."""
    return await services.decide_alert(tx, ticket_id, alert_id, data, by=actor, now=now)


@post(f"{TICKET}/language-doubts", guards=[may("tickets.reply")], status_code=HTTP_200_OK)
async def post_language_doubts(
    reading: Reading, actor: By, ticket_id: FromPath[int], data: JSONBody[LanguageIn]
) -> LanguageDoubts:
    """Words of a reply that do not become us. Nothing is saved, and it can be sent all the same."""
    return await services.doubt_language(reading, ticket_id, data.text, by=actor)


@get("/risk-settings", guards=[may("teamwork.lead")])
async def get_risk_settings(reading: Reading) -> RiskSettings:
    """Who hears of which risk, and which words alarm no more."""
    return await services.show_settings(reading)


@put("/risk-settings/recipients/{kind:str}", guards=[may("teamwork.lead")])
async def put_risk_recipients(
    tx: Tx, actor: By, now: Now, kind: FromPath[Kind], data: JSONBody[RiskRecipientsIn]
) -> RiskSettings:
    """Say who hears of a kind of risk."""
    return await services.change_recipients(tx, kind, data, by=actor, now=now)


@put("/risk-settings/third-contact", guards=[may("teamwork.lead")])
async def put_third_contact(tx: Tx, actor: By, now: Now, data: JSONBody[ThirdContactIn]) -> RiskSettings:
    """Say how many days back contacts for the same thing are counted; 0 switches the alert off."""
    return await services.change_third_contact(tx, data, by=actor, now=now)


@delete("/risk-settings/silences/{silence_id:int}", guards=[may("teamwork.lead")], status_code=HTTP_200_OK)
async def delete_silence(tx: Tx, actor: By, now: Now, silence_id: FromPath[int]) -> RiskSettings:
    """Let words alarm again that people had called false."""
    return await services.end_silence(tx, silence_id, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_risks, put_risk_decision, post_language_doubts),
            *(get_risk_settings, put_risk_recipients, put_third_contact, delete_silence),
        ],
        tags=["risks"],
    )
]
