"""Starting the service."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from wsgiref.simple_server import make_server

from ledger import logs
from ledger.api import Application
from ledger.auth import Authenticator
from ledger.config import load
from ledger.errors import ConfigurationError
from ledger.store import Store


def today() -> date:
    """Return the current date in UTC."""
    return datetime.now(UTC).date()


def run(environ: Mapping[str, str]) -> int:
    """Serve until stopped; return the exit status of the process."""
    try:
        settings = load(environ)
    except ConfigurationError as error:
        sys.stderr.write(f"ledger: {error}\n")
        return 2
    logs.configure()
    with Store(settings.database) as store:
        authenticator = Authenticator(settings.pepper, settings.credentials)
        application = Application(store, authenticator, today)
        with make_server(settings.host, settings.port, application) as server:
            server.serve_forever()
    return 0


def main() -> int:
    """Run with the environment of the process."""
    return run(os.environ)
