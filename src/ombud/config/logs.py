"""The log of a process: what it says of personal data is taken out before it is written."""

import logging

from ombud.intelligence.personal_data.services import redact

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# A text of megabytes in an error is no help to anybody, and takes long to look through.
MOST_SIGNS = 20_000


class DiscreetFormatter(logging.Formatter):
    """Writes a record with placeholders such as [PHONE_1] where personal data stands, in tracebacks, too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, of a record; its time and its names stay as they are."""
        head, message = self._head(record), super().format(record)
        return head + redact(message[len(head) : len(head) + MOST_SIGNS]).text

    def _head(self, record: logging.LogRecord) -> str:
        record.asctime = self.formatTime(record, self.datefmt)
        return f"{record.asctime} {record.levelname} {record.name} "


def begin_logging(level: int = logging.INFO) -> None:
    """Have everything logged to the error stream, without personal data."""
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in ("httpx", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
