import sqlite3
import stat
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ConflictError, NotFoundError
from ledger.journal import Entry, Posting, parse_entry
from ledger.money import Money
from ledger.store import Store
from samples import line, sale

SALE = parse_entry(sale())


def test_returns_what_was_posted(store: Store) -> None:
    store.post(SALE, "cashier")
    assert store.entry("INV-2026.001") == SALE


def test_keeps_who_recorded_an_entry(store: Store, tmp_path: Path) -> None:
    store.post(SALE, "cashier")
    reader = sqlite3.connect(tmp_path / "journal.sqlite3")
    rows = reader.execute("SELECT reference, recorded_by FROM entry").fetchall()
    lines = reader.execute("SELECT line FROM posting ORDER BY line").fetchall()
    reader.close()
    assert rows == [("INV-2026.001", "cashier")]
    assert lines == [(1,), (2,)]


@pytest.mark.error_handling
def test_names_an_entry_that_does_not_exist(store: Store) -> None:
    with pytest.raises(NotFoundError) as caught:
        store.entry("nothing")
    assert caught.value.message == "there is no entry with this reference"


@pytest.mark.data_protection
def test_refuses_a_second_entry_under_a_reference(store: Store) -> None:
    store.post(SALE, "cashier")
    other = parse_entry(sale(description="Replaced"))
    with pytest.raises(ConflictError) as caught:
        store.post(other, "cashier")
    assert caught.value.message == "an entry with this reference exists"
    assert store.entry("INV-2026.001") == SALE


@pytest.mark.error_handling
def test_writes_nothing_of_an_entry_that_fails_half_way(store: Store) -> None:
    broken = Entry(
        "B-1",
        date(2026, 6, 1),
        "Half",
        (Posting("a", Money("EUR", 5)), Posting("b", Money("EUR", 0))),
    )
    with pytest.raises(sqlite3.IntegrityError):
        store.post(broken, "cashier")
    assert store.trial_balance() == []
    with pytest.raises(NotFoundError):
        store.entry("B-1")


@pytest.mark.data_protection
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET description = 'changed'",
        "DELETE FROM entry",
        "UPDATE posting SET minor = 1",
        "DELETE FROM posting",
    ],
)
def test_the_journal_cannot_be_rewritten(store: Store, tmp_path: Path, statement: str) -> None:
    store.post(SALE, "cashier")
    intruder = sqlite3.connect(tmp_path / "journal.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        intruder.execute(statement)
    intruder.close()
    assert store.entry("INV-2026.001") == SALE


@pytest.mark.data_protection
def test_only_the_owner_can_read_the_database_file(store: Store, tmp_path: Path) -> None:
    store.post(SALE, "cashier")
    mode = (tmp_path / "journal.sqlite3").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.input_validation
def test_values_are_never_read_as_sql(store: Store) -> None:
    hostile = "'); DROP TABLE posting; --"
    store.post(parse_entry(sale(description=hostile)), hostile)
    assert store.entry("INV-2026.001").description == hostile
    assert store.balance(hostile, date(2026, 6, 1)) == []


def test_a_posting_needs_its_entry(store: Store) -> None:
    [enabled] = store._connection.execute("PRAGMA foreign_keys").fetchone()
    assert enabled == 1


def test_balances_an_account_up_to_and_including_a_day(store: Store) -> None:
    store.post(SALE, "cashier")
    refund = [line("assets:bank", "-20.00"), line("income:sales", "20.00")]
    store.post(
        parse_entry(sale(reference="R-1", occurred_on="2026-06-03", postings=refund)), "cashier"
    )
    tip = [line("assets:bank", "300", "JPY"), line("income:tips", "-300", "JPY")]
    store.post(parse_entry(sale(reference="T-1", postings=tip)), "cashier")
    assert store.balance("assets:bank", date(2026, 5, 31)) == []
    assert store.balance("assets:bank", date(2026, 6, 2)) == [
        Money("EUR", 12000),
        Money("JPY", 300),
    ]
    assert store.balance("assets:bank", date(2026, 6, 3)) == [
        Money("EUR", 10000),
        Money("JPY", 300),
    ]


def test_the_journal_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    with Store(path) as first:
        first.post(SALE, "cashier")
    with Store(path) as second:
        assert second.trial_balance() == [
            Posting("assets:bank", Money("EUR", 12000)),
            Posting("income:sales", Money("EUR", -12000)),
        ]


def test_a_closed_store_answers_no_more(tmp_path: Path) -> None:
    with Store(tmp_path / "closed.sqlite3") as opened:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.trial_balance()


accounts = st.sampled_from(["assets:bank", "assets:till", "income:sales", "expenses:rent"])


@given(st.lists(st.tuples(accounts, accounts, st.integers(1, 10**6)), max_size=12))
def test_the_trial_balance_always_sums_to_zero(moves: list[tuple[str, str, int]]) -> None:
    with TemporaryDirectory() as folder, Store(Path(folder) / "journal.sqlite3") as store:
        for number, (source, target, minor) in enumerate(moves):
            postings = (
                Posting(target, Money("EUR", minor)),
                Posting(source, Money("EUR", -minor)),
            )
            store.post(Entry(f"M-{number}", date(2026, 1, 1), "Move", postings), "cashier")
        lines = store.trial_balance()
        assert sum(posting.amount.minor for posting in lines) == 0
        assert lines == sorted(lines, key=lambda posting: posting.account)
