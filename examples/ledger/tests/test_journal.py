from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ValidationError
from ledger.journal import (
    Entry,
    Posting,
    check_balanced,
    parse_account,
    parse_date,
    parse_entry,
    parse_reference,
)
from ledger.money import MAX_MINOR, Money
from samples import line, sale


def refusal(body: object) -> str:
    with pytest.raises(ValidationError) as caught:
        parse_entry(body)
    return caught.value.message


@pytest.mark.input_validation
def test_reads_a_complete_entry() -> None:
    assert parse_entry(sale(description="  Invoice 1 ")) == Entry(
        reference="INV-2026.001",
        occurred_on=date(2026, 6, 1),
        description="Invoice 1",
        postings=(
            Posting("assets:bank", Money("EUR", 12000)),
            Posting("income:sales", Money("EUR", -12000)),
        ),
    )


@pytest.mark.input_validation
@pytest.mark.parametrize("body", [None, [], "entry", 1])
def test_refuses_a_document_that_is_no_object(body: object) -> None:
    assert refusal(body) == "entry is not an object"


@pytest.mark.input_validation
@pytest.mark.parametrize("body", [{}, sale(approved=True), {**sale(), "": ""}])
def test_refuses_missing_and_unknown_fields(body: object) -> None:
    assert refusal(body) == (
        "entry must have exactly: description, occurred_on, postings, reference"
    )


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"postings": {}}, "postings is not a list"),
        ({"postings": []}, "postings must have between 2 and 100 lines"),
        ({"postings": [line("a", "1")]}, "postings must have between 2 and 100 lines"),
        ({"postings": [line("a", "1")] * 101}, "postings must have between 2 and 100 lines"),
        ({"postings": [None, None]}, "posting is not an object"),
        ({"postings": [{}, {}]}, "posting must have exactly: account, amount, currency"),
        ({"postings": [{**line("a", "1"), "amount": 1.5}] * 2}, "amount is not a text"),
        ({"postings": [{**line("a", "1"), "currency": None}] * 2}, "currency is not a text"),
        ({"postings": [{**line("a", "1"), "account": 7}] * 2}, "account is not a text"),
        ({"postings": [line("a", "0.00")] * 2}, "amount is zero"),
        ({"reference": ""}, "reference is not a valid reference"),
        ({"reference": 7}, "reference is not a text"),
        ({"occurred_on": "01.06.2026"}, "date is not written as YYYY-MM-DD"),
        ({"occurred_on": "2026-02-30"}, "date does not exist"),
        ({"occurred_on": None}, "date is not a text"),
        ({"description": " "}, "description must have between 1 and 200 characters"),
        ({"description": "x" * 201}, "description must have between 1 and 200 characters"),
        ({"description": "a\nb"}, "description has characters that cannot be printed"),
        ({"description": 7}, "description is not a text"),
    ],
)
def test_refuses_a_field_that_is_not_acceptable(changes: dict[str, object], message: str) -> None:
    assert refusal(sale(**changes)) == message


@pytest.mark.parametrize("description", ["x", "x" * 200, "Überweisung"])
def test_accepts_a_description_up_to_its_limits(description: str) -> None:
    assert parse_entry(sale(description=description)).description == description


def test_accepts_as_many_postings_as_the_limit() -> None:
    lines = [line("a", "1"), line("b", "-1")] * 50
    assert len(parse_entry(sale(postings=lines)).postings) == 100


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            [line("a", "1.00"), line("b", "-0.99")],
            "postings are out of balance by 0.01 EUR",
        ),
        (
            [line("a", "1.00", "EUR"), line("b", "-1.00", "USD")],
            "postings are out of balance by 1.00 EUR",
        ),
        (
            [line("a", "1", "USD"), line("b", "-1", "USD"), line("c", "-2", "JPY")],
            "postings are out of balance by -2 JPY",
        ),
    ],
)
def test_refuses_postings_out_of_balance(lines: list[object], message: str) -> None:
    assert refusal(sale(postings=lines)) == message


@given(
    st.lists(
        st.tuples(st.sampled_from(["EUR", "JPY", "USD"]), st.integers(-MAX_MINOR, MAX_MINOR)),
        max_size=8,
    )
)
def test_an_entry_and_its_mirror_always_balance(amounts: list[tuple[str, int]]) -> None:
    there = [Posting("a", Money(currency, minor)) for currency, minor in amounts]
    back = [Posting("b", Money(currency, -minor)) for currency, minor in amounts]
    check_balanced(there + back)


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.integers(-MAX_MINOR, MAX_MINOR))
def test_two_postings_balance_only_when_they_cancel(one: int, other: int) -> None:
    postings = [Posting("a", Money("EUR", one)), Posting("b", Money("EUR", other))]
    if one + other == 0:
        check_balanced(postings)
    else:
        with pytest.raises(ValidationError, match="out of balance"):
            check_balanced(postings)


@pytest.mark.input_validation
@pytest.mark.parametrize("name", ["a", "assets:bank", "a_1:2:3:4:5", "x" * 32])
def test_accepts_an_account_name(name: str) -> None:
    assert parse_account(name) == name


@pytest.mark.input_validation
@pytest.mark.parametrize(
    "name", ["", "A", "1a", "a:", "a b", "a\n", "a:b:c:d:e:f", "x" * 33, "a';--", "../a"]
)
def test_refuses_what_is_no_account_name(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_account(name)
    assert caught.value.message == "account is not a valid account name"


def test_refuses_an_account_that_is_no_text() -> None:
    with pytest.raises(ValidationError) as caught:
        parse_account(None)
    assert caught.value.message == "account is not a text"


@pytest.mark.input_validation
@pytest.mark.parametrize("name", [".a", "a/b", "a b", "a\n", "x" * 65])
def test_refuses_what_is_no_reference(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_reference(name)
    assert caught.value.message == "reference is not a valid reference"


@given(st.dates())
def test_reads_back_any_date(day: date) -> None:
    assert parse_date(day.isoformat()) == day
