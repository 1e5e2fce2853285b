import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from types import TracebackType
from wsgiref.types import WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from hypothesis import settings

from ledger.api import Application
from ledger.auth import Authenticator, Credential, Role, key_digest
from ledger.logs import LOGGER
from ledger.store import Store

settings.register_profile("suite", database=None, deadline=None, derandomize=True, max_examples=60)
settings.load_profile("suite")

SECURITY = (
    "input_validation",
    "authentication",
    "authorization",
    "data_protection",
    "error_handling",
)
type ErrorInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

PEPPER = bytes(range(32))
KEYS = {"auditor": "an-auditor-reads", "cashier": "a-cashier-posts"}
ROLES = {"auditor": Role.READER, "cashier": Role.POSTER}
TODAY = date(2026, 6, 30)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the security category of each test into the JUnit report."""
    for item in items:
        for name in SECURITY:
            if item.get_closest_marker(name):
                item.user_properties.append(("security", name))


@dataclass
class Reply:
    """What the service answered."""

    status: str
    headers: dict[str, str]
    raw: bytes

    @property
    def document(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.raw)
        return document


@dataclass
class Client:
    """Sends requests to the application, through the checks of the WSGI standard."""

    application: Application
    store: Store

    def send(
        self,
        method: str,
        path: str,
        *,
        caller: str | None = "cashier",
        body: bytes = b"",
        query: str = "",
        changes: dict[str, str | None] | None = None,
    ) -> Reply:
        environ: WSGIEnvironment = {}
        setup_testing_defaults(environ)
        environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        if caller is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {caller}.{KEYS[caller]}"
        for name, value in (changes or {}).items():
            if value is None:
                environ.pop(name, None)
            else:
                environ[name] = value
        answer: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], error: ErrorInfo | None = None, /
        ) -> Callable[[bytes], object]:
            assert error is None
            answer.append((status, headers))
            return BytesIO().write

        result = validator(self.application)(environ, start_response)
        raw = b"".join(result)
        close = getattr(result, "close", None)
        assert close is not None
        close()
        [(status, headers)] = answer
        return Reply(status, dict(headers), raw)

    def post(self, document: object, *, caller: str | None = "cashier") -> Reply:
        return self.send("POST", "/v1/entries", caller=caller, body=json.dumps(document).encode())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "journal.sqlite3") as opened:
        yield opened


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator(
        PEPPER,
        [Credential(name, ROLES[name], key_digest(PEPPER, key)) for name, key in KEYS.items()],
    )


@pytest.fixture
def client(store: Store, authenticator: Authenticator) -> Client:
    return Client(Application(store, authenticator, lambda: TODAY), store)


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="ledger")
    return caplog


@pytest.fixture
def _logger_restored() -> Iterator[None]:
    before = (list(LOGGER.handlers), LOGGER.level, LOGGER.propagate)
    yield
    LOGGER.handlers, level, LOGGER.propagate = before
    LOGGER.setLevel(level)
