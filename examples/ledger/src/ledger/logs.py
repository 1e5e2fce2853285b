"""Structured logs: one JSON object a line, with sensitive fields replaced."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

LOGGER: Final = logging.getLogger("ledger")
REDACTED: Final = "[redacted]"
SENSITIVE: Final = frozenset({"authorization", "credentials", "key", "pepper", "token"})


class JsonFormatter(logging.Formatter):
    """Formats a record of :func:`event` as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a JSON document without line breaks."""
        document: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        document.update(getattr(record, "fields", {}))
        return json.dumps(document, sort_keys=True)


def configure() -> None:
    """Send the service's events to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def event(level: int, name: str, **fields: object) -> None:
    """Record that something happened; sensitive fields never leave this function."""
    kept = {
        field: REDACTED if field.lower() in SENSITIVE else value for field, value in fields.items()
    }
    LOGGER.log(level, name, extra={"fields": kept})
