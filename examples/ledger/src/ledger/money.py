"""Amounts of money as whole numbers of minor units. No floating point anywhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.errors import ValidationError

EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(
    {"CHF": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3, "USD": 2}
)
MAX_MINOR: Final = 10**15

_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """So many minor units of one currency."""

    currency: str
    minor: int


def exponent(currency: str) -> int:
    """Return how many decimal places the currency has."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise ValidationError("currency is not supported") from None


def parse_money(text: str, currency: str) -> Money:
    """Read a decimal amount such as ``-12.50`` exactly, or refuse it."""
    places = exponent(currency)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValidationError("amount is not a decimal number")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if len(fraction) > places:
        raise ValidationError(f"amount has more than {places} decimal places")
    minor = int(whole + fraction.ljust(places, "0"))
    if minor > MAX_MINOR:
        raise ValidationError("amount is out of range")
    return Money(currency, -minor if sign else minor)


def format_money(money: Money) -> str:
    """Write an amount with all decimal places of its currency."""
    places = exponent(money.currency)
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    sign = "-" if money.minor < 0 else ""
    if places == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
