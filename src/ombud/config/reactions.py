"""Who hears which event: one line each. Effects and cursor of a reader commit together."""

from ombud.assistance.answering.reactions import ANSWERING
from ombud.assistance.classification.reactions import CLASSIFICATION
from ombud.assistance.upkeep.reactions import UPKEEP
from ombud.automation.rules.reactions import RULES
from ombud.automation.webhooks.reactions import WEBHOOKS
from ombud.channels.email.acknowledgement import acknowledgements
from ombud.channels.first_answers import FIRST_ANSWERS
from ombud.knowledge.retrieval.reactions import PASSAGES
from ombud.portal.help_centre.reactions import HELP
from ombud.processes.reactions import PROCESSES
from ombud.quality.personal_data.reactions import PERSONAL_DATA
from ombud.quality.risks.reactions import RISKS
from ombud.routing.engine.reactions import ROUTING
from ombud.routing.floor.reactions import FLOOR
from ombud.routing.strain.reactions import STRAIN
from ombud.routing.waiting.reactions import WAITING
from ombud.routing.waiting.services.mails import tell_mail
from ombud.service_levels.promises.reactions import PROMISES
from ombud.service_levels.reactions import CLOCKS
from ombud.shared.readers import Reader
from ombud.teamwork.reactions import TEAMWORK
from ombud.tickets.search.reactions import SEARCH
from ombud.tickets.services.together.notices import FOLLOWERS

READERS: list[Reader] = [
    WEBHOOKS,
    RULES,
    SEARCH,
    acknowledgements(tell_mail),
    FIRST_ANSWERS,
    FOLLOWERS,
    CLOCKS,
    PROMISES,
    TEAMWORK,
    PROCESSES,
    STRAIN,
    ROUTING,
    WAITING,
    FLOOR,
    RISKS,
    PERSONAL_DATA,
    ANSWERING,
    UPKEEP,
    PASSAGES,
    HELP,
    CLASSIFICATION,
]
