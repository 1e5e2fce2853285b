import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ValidationError
from ledger.money import EXPONENTS, MAX_MINOR, Money, exponent, format_money, parse_money

amounts = st.builds(Money, st.sampled_from(sorted(EXPONENTS)), st.integers(-MAX_MINOR, MAX_MINOR))


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("-0.01", "USD", -1),
        ("007", "CHF", 700),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("10000000000000.00", "GBP", MAX_MINOR),
    ],
)
def test_accepts_a_decimal_amount(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(currency, minor)


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("text", "currency", "message"),
    [
        ("", "EUR", "amount is not a decimal number"),
        ("twelve", "EUR", "amount is not a decimal number"),
        ("1,50", "EUR", "amount is not a decimal number"),
        ("1e3", "EUR", "amount is not a decimal number"),
        ("+1", "EUR", "amount is not a decimal number"),
        ("1.", "EUR", "amount is not a decimal number"),
        ("\u0661", "EUR", "amount is not a decimal number"),
        ("1.50\n", "EUR", "amount is not a decimal number"),
        ("NaN", "EUR", "amount is not a decimal number"),
        ("1.234", "EUR", "amount has more than 2 decimal places"),
        ("1.5", "JPY", "amount has more than 0 decimal places"),
        ("10000000000000.01", "GBP", "amount is out of range"),
        ("1.00", "XXX", "currency is not supported"),
        ("1.00", "eur", "currency is not supported"),
    ],
)
def test_refuses_anything_else(text: str, currency: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_money(text, currency)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250, "EUR", "12.50"),
        (-1, "USD", "-0.01"),
        (0, "CHF", "0.00"),
        (99, "GBP", "0.99"),
        (-1234, "KWD", "-1.234"),
        (500, "JPY", "500"),
        (-5, "JPY", "-5"),
    ],
)
def test_writes_every_decimal_place(minor: int, currency: str, text: str) -> None:
    assert format_money(Money(currency, minor)) == text


@given(amounts)
def test_what_is_written_is_read_back(amount: Money) -> None:
    assert parse_money(format_money(amount), amount.currency) == amount


@pytest.mark.input_validation
@given(st.text(max_size=20), st.sampled_from(sorted(EXPONENTS)))
def test_any_text_is_an_amount_or_is_refused(text: str, currency: str) -> None:
    try:
        amount = parse_money(text, currency)
    except ValidationError:
        return
    assert abs(amount.minor) <= MAX_MINOR


def test_knows_the_decimal_places_of_a_currency() -> None:
    assert [exponent(currency) for currency in ("JPY", "EUR", "KWD")] == [0, 2, 3]
