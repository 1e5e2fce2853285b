"""Settings, read once from the environment and checked before anything starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.auth import Credential, Role
from ledger.errors import ConfigurationError

PEPPER_BYTES: Final = 32
DIGEST_BYTES: Final = 32

_PORT: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the process needs to know at start."""

    database: Path
    host: str
    port: int
    pepper: bytes
    credentials: tuple[Credential, ...]


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings; a missing or unusable one is named, its value never shown."""
    pepper = _hexadecimal(_required(environ, "LEDGER_PEPPER"), "LEDGER_PEPPER")
    if len(pepper) < PEPPER_BYTES:
        raise ConfigurationError(f"LEDGER_PEPPER must have at least {PEPPER_BYTES} bytes")
    return Settings(
        database=Path(_required(environ, "LEDGER_DATABASE")),
        host=environ.get("LEDGER_HOST", "127.0.0.1"),
        port=_port(environ.get("LEDGER_PORT", "8080")),
        pepper=pepper,
        credentials=_credentials(_required(environ, "LEDGER_CREDENTIALS")),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value


def _port(text: str) -> int:
    if _PORT.fullmatch(text) is None or not 1 <= int(text) <= 65535:
        raise ConfigurationError("LEDGER_PORT is not a port number")
    return int(text)


def _hexadecimal(text: str, name: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ConfigurationError(f"{name} is not hexadecimal") from None


def _credentials(text: str) -> tuple[Credential, ...]:
    credentials = tuple(_credential(part) for part in text.split(","))
    if len({credential.name for credential in credentials}) != len(credentials):
        raise ConfigurationError("LEDGER_CREDENTIALS names a caller twice")
    return credentials


def _credential(part: str) -> Credential:
    fields = part.split(":")
    if len(fields) != 3 or not fields[0].isidentifier():
        raise ConfigurationError("LEDGER_CREDENTIALS must be a list of NAME:ROLE:DIGEST")
    name, role, digest = fields
    if role not in set(Role):
        raise ConfigurationError("LEDGER_CREDENTIALS has an unknown role")
    value = _hexadecimal(digest, "LEDGER_CREDENTIALS")
    if len(value) != DIGEST_BYTES:
        raise ConfigurationError(f"LEDGER_CREDENTIALS needs digests of {DIGEST_BYTES} bytes")
    return Credential(name, Role(role), value)
