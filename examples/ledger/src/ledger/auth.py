"""Who is calling, and what they may do.

A caller presents ``Authorization: Bearer NAME.KEY``. The service holds no key: only
HMAC-SHA-256 digests of keys under a pepper, compared in constant time.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ledger.errors import AuthenticationError, AuthorizationError


class Role(StrEnum):
    """The roles a caller can hold."""

    READER = "reader"
    POSTER = "poster"


class Permission(StrEnum):
    """The acts that need a permission."""

    READ = "read"
    POST = "post"


GRANTS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.READER: frozenset({Permission.READ}),
        Role.POSTER: frozenset({Permission.READ, Permission.POST}),
    }
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A known caller: name, role and the digest of their key."""

    name: str
    role: Role
    digest: bytes


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller who has proved who they are."""

    name: str
    role: Role


def key_digest(pepper: bytes, key: str) -> bytes:
    """Return the digest under which a key is kept."""
    return hmac.digest(pepper, key.encode(), "sha256")


class Authenticator:
    """Checks presented keys against the known credentials."""

    def __init__(self, pepper: bytes, credentials: Iterable[Credential]) -> None:
        self._pepper = pepper
        self._credentials = {credential.name: credential for credential in credentials}
        self._nobody = Credential("", Role.READER, bytes(32))

    def authenticate(self, header: str | None) -> Principal:
        """Return the caller behind the header; every failure reads the same to them."""
        scheme, _, presented = (header or "").partition(" ")
        name, _, key = presented.partition(".")
        credential = self._credentials.get(name, self._nobody)
        genuine = hmac.compare_digest(key_digest(self._pepper, key), credential.digest)
        if scheme != "Bearer" or not genuine:
            raise AuthenticationError("a valid key is required")
        return Principal(credential.name, credential.role)


def authorize(principal: Principal, permission: Permission) -> None:
    """Refuse an act that the caller's role does not grant."""
    if permission not in GRANTS[principal.role]:
        raise AuthorizationError(f"the role {principal.role} may not {permission}")
