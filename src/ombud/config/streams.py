"""What the hub sends: each room's loader turns events into frames, one line each."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, convert

from ombud.channels.chat.stream import visitor_frames
from ombud.customers.schemas import CustomerFrame
from ombud.customers.stream import customer_frames
from ombud.realtime.hub import Hub, Loader
from ombud.realtime.schemas import ByeFrame, EmptyFrame, Frame
from ombud.routing.engine.schemas.live import OfferFrame
from ombud.routing.engine.stream import offer_frames
from ombud.routing.floor.schemas import FloorFrame, PresenceFrame, Word
from ombud.routing.floor.stream import floor_frames
from ombud.routing.supervision.schemas import LiveFrame
from ombud.shared.bus import Bus, Signal
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.tickets.schemas import GoneFrame, LookingFrame, Notification, SharedDraftFrame, TicketFrame, TypingFrame
from ombud.tickets.stream import notification_frames, ticket_frames
from ombud.views.jobs import TOPIC as JOB_TOPIC
from ombud.views.schemas import JobFrame

Settings = Literal[
    "teams",
    "channels",
    "people",
    "brands",
    "statuses",
    "canned_replies",
    "macros",
    "ticket_templates",
    "desk",
    "checklist_templates",
    "webhooks",
    "api_keys",
    "intake",
    "saved_views",
    "fields",
    "ticket_types",
    "calendars",
    "service_policies",
    "clock_jobs",
    "processes",
    "releases",
    "skills",
    "skill_levels",
    "agent_routing",
    "team_routing",
    "requirements",
    "score_weights",
    "surge",
    "answering",
    # knowledge: notices, guidance, requests, findings
    "notices",
    "guidance_cards",
    "script_variants",
    "article_requests",
    "knowledge_findings",
    # knowledge/articles
    "knowledge",
    "knowledge_frame",
    "knowledge_imports",
    "portal",
]
# Which list a screen must load again after a change of settings.
SETTINGS_OF: dict[str, Settings] = {
    "team_changed": "teams",
    "channel_changed": "channels",
    "person_changed": "people",
    "person_invited": "people",
    "person_deactivated": "people",
    "person_reactivated": "people",
    "role_changed": "people",
    "capacity_changed": "people",
    "brand_changed": "brands",
    "status_changed": "statuses",
    "canned_reply_changed": "canned_replies",
    "macro_changed": "macros",
    "ticket_template_changed": "ticket_templates",
    "desk_changed": "desk",
    "checklist_template_changed": "checklist_templates",
    "webhook_created": "webhooks",
    "webhook_changed": "webhooks",
    "webhook_removed": "webhooks",
    "webhook_paused": "webhooks",
    "api_key_created": "api_keys",
    "api_key_revoked": "api_keys",
    "message_set_aside": "intake",
    "saved_view_changed": "saved_views",
    "field_changed": "fields",
    "ticket_type_changed": "ticket_types",
    "calendar_changed": "calendars",
    "service_policy_changed": "service_policies",
    "service_policies_applied": "clock_jobs",
    "process_changed": "processes",
    "release_changed": "releases",
    "help_site_changed": "portal",
    "surge_plan_changed": "surge",
    "surge_changed": "surge",
    "warning_level_changed": "surge",
    "skill_changed": "skills",
    "agent_levels_changed": "skill_levels",
    "agent_routing_changed": "agent_routing",
    "agent_exclusion_changed": "agent_routing",
    "team_routing_changed": "team_routing",
    "requirement_rule_changed": "requirements",
    "score_weights_changed": "score_weights",
    "answer_rule_changed": "answering",
    "answer_trial_ended": "answering",
    # knowledge: notices, guidance, requests, findings
    "notice_changed": "notices",
    "guidance_card_changed": "guidance_cards",
    "script_variants_changed": "script_variants",
    "article_request_changed": "article_requests",
    "knowledge_findings_changed": "knowledge_findings",
    # knowledge/articles
    "article_changed": "knowledge",
    "article_published": "knowledge",
    "article_archived": "knowledge",
    "article_settings_changed": "knowledge",
    "knowledge_category_changed": "knowledge_frame",
    "knowledge_block_changed": "knowledge_frame",
    "knowledge_variable_changed": "knowledge_frame",
    "knowledge_policy_changed": "knowledge_frame",
    "articles_imported": "knowledge_imports",
}


class SettingsFrame(Struct, frozen=True):
    """Which list a screen must load again."""

    what: Settings


class StreamEvents(Struct):
    """Names of the events of an agent's stream, each with its data."""

    ticket: TicketFrame
    gone: GoneFrame
    customer: CustomerFrame
    presence: PresenceFrame
    floor: FloorFrame
    whisper: Word
    live: LiveFrame
    offer: OfferFrame
    notification: Notification
    settings: SettingsFrame
    typing: TypingFrame
    looking: LookingFrame
    shared_draft: SharedDraftFrame
    job: JobFrame
    reset: EmptyFrame
    bye: ByeFrame


async def settings_frames(_: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Tell every screen which list has changed."""
    return [
        Frame("settings", SettingsFrame(SETTINGS_OF[event.kind]), event.seq, is_for_all=True)
        for event in events
        if event.kind in SETTINGS_OF
    ]


LOADERS: list[Loader] = [
    ticket_frames,
    notification_frames,
    offer_frames,
    floor_frames,
    customer_frames,
    settings_frames,
    visitor_frames,
]


def _brand(signal: Signal) -> int | None:
    brand_id = signal.payload.get("brand_id")
    return brand_id if isinstance(brand_id, int) else None


def hear_typing(bus: Bus, hub: Hub) -> None:
    """Pass typing on to those who see the ticket; it is never kept."""

    def hear(signal: Signal) -> None:
        team_id = signal.payload.get("team_id")
        if isinstance(team_id, int):
            data = convert(signal.payload, TypingFrame)
            hub.send(Frame("typing", data, team_id=team_id, brand_id=_brand(signal)))

    bus.listen("typing", hear)


def hear_together(bus: Bus, hub: Hub) -> None:
    """Pass on who looks at a ticket, and that its shared draft has another text, to those who see it."""
    shapes: dict[str, type[Struct]] = {"looking": LookingFrame, "shared_draft": SharedDraftFrame}

    def hear(signal: Signal) -> None:
        team_id = signal.payload.get("team_id")
        if isinstance(team_id, int):
            data = convert(signal.payload, shapes[signal.topic])
            hub.send(Frame(signal.topic, data, team_id=team_id, brand_id=_brand(signal)))

    for topic in shapes:
        bus.listen(topic, hear)


def hear_jobs(bus: Bus, hub: Hub) -> None:
    """Tell a person how far their jobs are; whoever comes later asks."""

    def hear(signal: Signal) -> None:
        person_id = signal.payload.get("person_id")
        if isinstance(person_id, int):
            hub.send(Frame(JOB_TOPIC, convert(signal.payload, JobFrame), person_id=person_id))

    bus.listen(JOB_TOPIC, hear)
