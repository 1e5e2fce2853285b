import json
import logging
import os
import runpy
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from threading import Thread
from wsgiref.simple_server import WSGIServer, make_server

import pytest

import ledger
from conftest import KEYS, PEPPER
from ledger import logs, server
from ledger.api import Application
from ledger.auth import key_digest
from samples import sale


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "LEDGER_DATABASE": str(tmp_path / "served.sqlite3"),
        "LEDGER_PEPPER": PEPPER.hex(),
        "LEDGER_CREDENTIALS": f"cashier:poster:{key_digest(PEPPER, KEYS['cashier']).hex()}",
        "LEDGER_HOST": "127.0.0.1",
        "LEDGER_PORT": "9001",
    }


def ask(port: int, method: str, path: str, body: str | None = None) -> tuple[int, object]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {
        "Authorization": f"Bearer cashier.{KEYS['cashier']}",
        "Content-Type": "application/json",
    }
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    document: object = json.loads(response.read())
    connection.close()
    return response.status, document


@pytest.mark.usefixtures("_logger_restored")
def test_serves_requests_until_it_is_stopped(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    ready: Queue[WSGIServer] = Queue()
    status: Queue[int] = Queue()

    def on_a_free_port(host: str, port: int, application: Application) -> WSGIServer:
        asked.append((host, port))
        made = make_server(host, 0, application)
        ready.put(made)
        return made

    monkeypatch.setattr(server, "make_server", on_a_free_port)
    thread = Thread(target=lambda: status.put(server.run(environ)), daemon=True)
    thread.start()
    running = ready.get(timeout=10)
    try:
        posted = ask(running.server_port, "POST", "/v1/entries", json.dumps(sale()))
        balance = ask(running.server_port, "GET", "/v1/accounts/assets:bank/balance")
    finally:
        running.shutdown()
        thread.join(10)
    assert asked == [("127.0.0.1", 9001)]
    assert posted[0] == 201
    assert balance == (
        200,
        {
            "account": "assets:bank",
            "as_of": server.today().isoformat(),
            "balances": [{"amount": "120.00", "currency": "EUR"}],
        },
    )
    assert status.get(timeout=10) == 0
    assert isinstance(logs.LOGGER.handlers[0].formatter, logs.JsonFormatter)
    assert logs.LOGGER.level == logging.INFO


@pytest.mark.error_handling
def test_says_which_setting_is_wrong_and_does_not_start(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert server.run(environ | {"LEDGER_PORT": "none"}) == 2
    assert capsys.readouterr().err == "ledger: LEDGER_PORT is not a port number\n"
    assert not Path(environ["LEDGER_DATABASE"]).exists()


@pytest.mark.error_handling
def test_the_module_exits_with_the_status_of_the_service(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEDGER_PEPPER", raising=False)
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("ledger", run_name="__main__")
    assert caught.value.code == 2
    assert capsys.readouterr().err == "ledger: LEDGER_PEPPER is not set\n"


@pytest.mark.parametrize("passed", [True, False])
def test_main_uses_the_environment_of_the_process(
    monkeypatch: pytest.MonkeyPatch, passed: bool
) -> None:
    seen: list[object] = []

    def keep(environ: object) -> int:
        seen.append(environ)
        return 0 if passed else 3

    monkeypatch.setattr(server, "run", keep)
    assert server.main() == (0 if passed else 3)
    assert seen == [os.environ]


@pytest.mark.parametrize("zone", ["UTC", "AHEAD-12", "BEHIND+12"])
def test_today_is_the_date_in_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    with monkeypatch.context() as local:
        local.setenv("TZ", zone)
        time.tzset()
        before = datetime.now(UTC).date()
        shown = server.today()
        after = datetime.now(UTC).date()
    time.tzset()
    assert before <= shown <= after


def test_has_the_version_of_the_release() -> None:
    assert ledger.__version__ == "1.0.0"
