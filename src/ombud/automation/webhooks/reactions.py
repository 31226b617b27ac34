"""The webhooks' reader of the log, for ``config/reactions.py``."""

from ombud.automation.webhooks.jobs import TOPIC
from ombud.automation.webhooks.services import queue_deliveries
from ombud.shared.readers import Reader

WEBHOOKS = Reader(name="webhooks", react=queue_deliveries, wakes=(TOPIC,))
