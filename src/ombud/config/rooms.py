"""Every room that has endpoints."""

from typing import Any

import ombud.accounts.api
import ombud.assistance.answering.api
import ombud.assistance.classification.api
import ombud.assistance.copilot.api
import ombud.assistance.exchanges.api
import ombud.assistance.guidance.api
import ombud.assistance.upkeep.api
import ombud.automation.rules.api
import ombud.automation.webhooks.api
import ombud.channels.api
import ombud.channels.api_channel.api
import ombud.channels.chat.api
import ombud.channels.forms.api
import ombud.customers.api
import ombud.demo.shop
import ombud.fields.api
import ombud.intelligence.models.api
import ombud.knowledge.articles.api
import ombud.knowledge.imports.api
import ombud.knowledge.notices.api
import ombud.knowledge.reports.api
import ombud.portal.api
import ombud.processes.api
import ombud.processes.confirmation.api
import ombud.quality.personal_data.api
import ombud.quality.risks.api
import ombud.realtime.api
import ombud.releases.api
import ombud.routing.engine.api
import ombud.routing.floor.api
import ombud.routing.simulation.api
import ombud.routing.skills.api
import ombud.routing.strain.api
import ombud.routing.supervision.api
import ombud.routing.surge.api
import ombud.routing.waiting.api
import ombud.service_levels.api
import ombud.service_levels.promises.api
import ombud.teamwork.api
import ombud.tickets.api
import ombud.views.api
from ombud.config import health, pages, shared_paths

ROOMS: list[Any] = [
    ombud.accounts.api,
    ombud.fields.api,
    ombud.customers.api,
    ombud.knowledge.articles.api,
    ombud.knowledge.imports.api,
    ombud.tickets.api,
    ombud.views.api,
    shared_paths,
    ombud.routing.engine.api,
    ombud.routing.floor.api,
    ombud.routing.supervision.api,
    ombud.routing.simulation.api,
    ombud.routing.surge.api,
    ombud.routing.skills.api,
    ombud.routing.waiting.api,
    ombud.routing.strain.api,
    ombud.service_levels.api,
    ombud.service_levels.promises.api,
    ombud.teamwork.api,
    ombud.processes.api,
    ombud.processes.confirmation.api,
    ombud.releases.api,
    ombud.channels.api,
    ombud.channels.chat.api,
    ombud.channels.forms.api,
    ombud.channels.api_channel.api,
    ombud.automation.webhooks.api,
    ombud.automation.rules.api,
    ombud.quality.risks.api,
    ombud.assistance.answering.api,
    ombud.knowledge.notices.api,
    ombud.knowledge.reports.api,
    ombud.assistance.guidance.api,
    ombud.assistance.upkeep.api,
    ombud.assistance.classification.api,
    ombud.quality.personal_data.api,
    ombud.intelligence.models.api,
    ombud.assistance.copilot.api,
    ombud.assistance.exchanges.api,
    ombud.realtime.api,
    ombud.portal.api,
    ombud.demo.shop,
    health,
    pages,
]
