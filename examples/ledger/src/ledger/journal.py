"""Journal entries: what one is made of, and when one may be posted."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.errors import ValidationError
from ledger.money import Money, format_money, parse_money

MAX_POSTINGS: Final = 100
MAX_DESCRIPTION: Final = 200

_ACCOUNT: Final = re.compile(r"[a-z][a-z0-9_]{0,31}(?::[a-z0-9_]{1,32}){0,4}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: debits are positive, credits negative."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A set of postings that balances in every currency it touches."""

    reference: str
    occurred_on: date
    description: str
    postings: tuple[Posting, ...]


def parse_account(value: object) -> str:
    """Return the account name, or refuse it."""
    text = _text(value, "account")
    if _ACCOUNT.fullmatch(text) is None:
        raise ValidationError("account is not a valid account name")
    return text


def parse_reference(value: object) -> str:
    """Return the entry reference, or refuse it."""
    text = _text(value, "reference")
    if _REFERENCE.fullmatch(text) is None:
        raise ValidationError("reference is not a valid reference")
    return text


def parse_date(value: object) -> date:
    """Return a calendar date written as YYYY-MM-DD, or refuse it."""
    text = _text(value, "date")
    if _DATE.fullmatch(text) is None:
        raise ValidationError("date is not written as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError("date does not exist") from None


def parse_entry(body: object) -> Entry:
    """Build an entry from a decoded JSON document."""
    fields = _object(body, "entry", {"reference", "occurred_on", "description", "postings"})
    lines = fields["postings"]
    if not isinstance(lines, list):
        raise ValidationError("postings is not a list")
    if not 2 <= len(lines) <= MAX_POSTINGS:
        raise ValidationError(f"postings must have between 2 and {MAX_POSTINGS} lines")
    postings = tuple(_posting(line) for line in lines)
    check_balanced(postings)
    return Entry(
        reference=parse_reference(fields["reference"]),
        occurred_on=parse_date(fields["occurred_on"]),
        description=_description(fields["description"]),
        postings=postings,
    )


def check_balanced(postings: Iterable[Posting]) -> None:
    """Refuse postings whose sum differs from zero in any currency."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.amount.currency] += posting.amount.minor
    for currency, minor in sorted(sums.items()):
        if minor != 0:
            difference = format_money(Money(currency, minor))
            raise ValidationError(f"postings are out of balance by {difference} {currency}")


def _posting(line: object) -> Posting:
    fields = _object(line, "posting", {"account", "amount", "currency"})
    amount = parse_money(_text(fields["amount"], "amount"), _text(fields["currency"], "currency"))
    if amount.minor == 0:
        raise ValidationError("amount is zero")
    return Posting(parse_account(fields["account"]), amount)


def _description(value: object) -> str:
    text = _text(value, "description").strip()
    if not 1 <= len(text) <= MAX_DESCRIPTION:
        raise ValidationError(f"description must have between 1 and {MAX_DESCRIPTION} characters")
    if not text.isprintable():
        raise ValidationError("description has characters that cannot be printed")
    return text


def _object(value: object, name: str, keys: set[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValidationError(f"{name} is not an object")
    if set(value) != keys:
        raise ValidationError(f"{name} must have exactly: {', '.join(sorted(keys))}")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValidationError(f"{name} is not a text")
    return value
