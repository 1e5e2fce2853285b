"""The HTTP interface: a WSGI application that speaks JSON."""

import json
import logging
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from ledger import logs
from ledger.auth import Authenticator, Permission, Principal, authorize
from ledger.errors import (
    AuthenticationError,
    AuthorizationError,
    LedgerError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    ValidationError,
)
from ledger.journal import Entry, Posting, parse_account, parse_date, parse_entry, parse_reference
from ledger.money import Money, format_money
from ledger.store import Store

MAX_BODY: Final = 64 * 1024

_LENGTH: Final = re.compile(r"[0-9]{1,9}")

type Document = dict[str, object]
type Answer = tuple[HTTPStatus, Document]


class Application:
    """Answers requests: authenticate, authorize, validate, then act."""

    def __init__(
        self, store: Store, authenticator: Authenticator, today: Callable[[], date]
    ) -> None:
        self._store = store
        self._authenticator = authenticator
        self._today = today

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        request_id = secrets.token_hex(8)
        status, document = self._answer(environ, request_id)
        body = json.dumps(document, sort_keys=True).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Request-Id", request_id),
        ]
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", "Bearer"))
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: WSGIEnvironment, request_id: str) -> Answer:
        try:
            return self._route(environ, request_id)
        except (AuthenticationError, AuthorizationError) as error:
            logs.event(logging.WARNING, error.code, request_id=request_id)
            return _failure(error)
        except LedgerError as error:
            logs.event(logging.INFO, error.code, request_id=request_id)
            return _failure(error)
        except sqlite3.Error as error:
            logs.event(
                logging.ERROR, "storage_failed", request_id=request_id, kind=type(error).__name__
            )
            document: Document = {
                "error": "unavailable",
                "message": "the ledger cannot be reached",
                "request_id": request_id,
            }
            return HTTPStatus.SERVICE_UNAVAILABLE, document

    def _route(self, environ: WSGIEnvironment, request_id: str) -> Answer:
        method: str = environ["REQUEST_METHOD"]
        parts = environ.get("PATH_INFO", "").split("/")[1:]
        if parts == ["v1", "health"]:
            _expect(method, "GET")
            return HTTPStatus.OK, {"status": "up"}
        principal = self._authenticator.authenticate(environ.get("HTTP_AUTHORIZATION"))
        match parts:
            case ["v1", "entries"]:
                _expect(method, "POST")
                return self._post(principal, environ, request_id)
            case ["v1", "entries", reference]:
                _expect(method, "GET")
                authorize(principal, Permission.READ)
                return HTTPStatus.OK, _entry(self._store.entry(parse_reference(reference)))
            case ["v1", "accounts", account, "balance"]:
                _expect(method, "GET")
                authorize(principal, Permission.READ)
                return self._balance(parse_account(account), environ.get("QUERY_STRING", ""))
            case ["v1", "trial-balance"]:
                _expect(method, "GET")
                authorize(principal, Permission.READ)
                lines = [_posting(line) for line in self._store.trial_balance()]
                return HTTPStatus.OK, {"accounts": lines}
            case _:
                raise NotFoundError("there is no such resource")

    def _post(self, principal: Principal, environ: WSGIEnvironment, request_id: str) -> Answer:
        authorize(principal, Permission.POST)
        entry = parse_entry(_body(environ))
        if entry.occurred_on > self._today():
            raise ValidationError("date lies in the future")
        self._store.post(entry, principal.name)
        logs.event(
            logging.INFO,
            "entry_posted",
            request_id=request_id,
            reference=entry.reference,
            recorded_by=principal.name,
        )
        return HTTPStatus.CREATED, _entry(entry)

    def _balance(self, account: str, query: str) -> Answer:
        values = parse_qs(query, keep_blank_values=True)
        if not set(values) <= {"as_of"}:
            raise ValidationError("the only parameter is as_of")
        as_of = parse_date(values["as_of"][-1]) if values else self._today()
        amounts = [_money(amount) for amount in self._store.balance(account, as_of)]
        document: Document = {
            "account": account,
            "as_of": as_of.isoformat(),
            "balances": amounts,
        }
        return HTTPStatus.OK, document


def _expect(method: str, allowed: str) -> None:
    if method != allowed:
        raise MethodNotAllowedError(f"this resource answers to {allowed} only")


def _body(environ: WSGIEnvironment) -> object:
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise LedgerError("the body must be application/json")
    length: str = environ.get("CONTENT_LENGTH", "")
    if _LENGTH.fullmatch(length) is None:
        raise LedgerError("the length of the body is not stated")
    if int(length) > MAX_BODY:
        raise PayloadTooLargeError(f"the body is over {MAX_BODY} bytes")
    raw: bytes = environ["wsgi.input"].read(int(length))
    try:
        document: object = json.loads(raw, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise LedgerError("the body is not valid JSON") from None
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name occurs twice")
    return document


def _failure(error: LedgerError) -> Answer:
    return HTTPStatus(error.status), {"error": error.code, "message": error.message}


def _money(money: Money) -> Document:
    return {"amount": format_money(money), "currency": money.currency}


def _posting(posting: Posting) -> Document:
    return {"account": posting.account, **_money(posting.amount)}


def _entry(entry: Entry) -> Document:
    return {
        "reference": entry.reference,
        "occurred_on": entry.occurred_on.isoformat(),
        "description": entry.description,
        "postings": [_posting(posting) for posting in entry.postings],
    }
