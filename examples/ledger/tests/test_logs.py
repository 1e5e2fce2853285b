import json
import logging
import sys

import pytest

from ledger import logs


@pytest.mark.usefixtures("_logger_restored")
def test_writes_one_line_of_json_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.event(logging.WARNING, "forbidden", request_id="r1", attempt=2)
    logs.event(logging.DEBUG, "too_small_to_write")
    [line] = capsys.readouterr().err.splitlines()
    document = json.loads(line)
    assert document.pop("time").endswith("+00:00")
    assert document == {
        "level": "warning",
        "event": "forbidden",
        "request_id": "r1",
        "attempt": 2,
    }


@pytest.mark.usefixtures("_logger_restored")
def test_events_go_to_standard_error_once() -> None:
    logs.configure()
    logs.configure()
    [handler] = logs.LOGGER.handlers
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
    assert isinstance(handler.formatter, logs.JsonFormatter)
    assert logs.LOGGER.level == logging.INFO
    assert logs.LOGGER.propagate is False


def test_time_is_utc_in_milliseconds_and_keys_are_sorted() -> None:
    record = logging.LogRecord("ledger", logging.INFO, "", 0, "started", None, None)
    record.created = 1_780_000_000.25
    assert logs.JsonFormatter().format(record) == (
        '{"event": "started", "level": "info", "time": "2026-05-28T20:26:40.250+00:00"}'
    )


@pytest.mark.data_protection
@pytest.mark.parametrize("field", [*sorted(logs.SENSITIVE), "Authorization", "TOKEN"])
def test_a_sensitive_field_is_replaced(events: pytest.LogCaptureFixture, field: str) -> None:
    logs.event(logging.INFO, "checked", **{field: "do-not-write"})
    [record] = events.records
    assert record.__dict__["fields"] == {field: "[redacted]"}
    assert "do-not-write" not in logs.JsonFormatter().format(record)


@pytest.mark.data_protection
def test_other_fields_are_kept(events: pytest.LogCaptureFixture) -> None:
    logs.event(logging.INFO, "checked", reference="INV-1")
    [record] = events.records
    assert (record.levelno, record.getMessage()) == (logging.INFO, "checked")
    assert record.__dict__["fields"] == {"reference": "INV-1"}
