from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.auth import Credential, Role
from ledger.config import Settings, load
from ledger.errors import ConfigurationError

DIGEST = "ab" * 32
ENVIRONMENT = {
    "LEDGER_PEPPER": "01" * 32,
    "LEDGER_DATABASE": "journal.sqlite3",
    "LEDGER_CREDENTIALS": f"auditor:reader:{DIGEST},cashier:poster:{DIGEST}",
}


def refusal(**changes: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(ENVIRONMENT | changes)
    return str(caught.value)


def test_reads_the_settings_and_fills_in_defaults() -> None:
    assert load(ENVIRONMENT) == Settings(
        database=Path("journal.sqlite3"),
        host="127.0.0.1",
        port=8080,
        pepper=b"\x01" * 32,
        credentials=(
            Credential("auditor", Role.READER, b"\xab" * 32),
            Credential("cashier", Role.POSTER, b"\xab" * 32),
        ),
    )


def test_host_and_port_can_be_set() -> None:
    settings = load(ENVIRONMENT | {"LEDGER_HOST": "::1", "LEDGER_PORT": "9000"})
    assert (settings.host, settings.port) == ("::1", 9000)


@pytest.mark.input_validation
@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_names_a_setting_that_is_missing(name: str) -> None:
    assert refusal(**{name: ""}) == f"{name} is not set"
    rest = {key: value for key, value in ENVIRONMENT.items() if key != name}
    with pytest.raises(ConfigurationError) as caught:
        load(rest)
    assert str(caught.value) == f"{name} is not set"


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LEDGER_PEPPER", "xyz", "LEDGER_PEPPER is not hexadecimal"),
        ("LEDGER_PEPPER", "01" * 31, "LEDGER_PEPPER must have at least 32 bytes"),
        ("LEDGER_CREDENTIALS", "x", "LEDGER_CREDENTIALS must be a list of NAME:ROLE:DIGEST"),
        (
            "LEDGER_CREDENTIALS",
            f"a:reader:{DIGEST}:more",
            "LEDGER_CREDENTIALS must be a list of NAME:ROLE:DIGEST",
        ),
        (
            "LEDGER_CREDENTIALS",
            f"a.b:reader:{DIGEST}",
            "LEDGER_CREDENTIALS must be a list of NAME:ROLE:DIGEST",
        ),
        (
            "LEDGER_CREDENTIALS",
            f"a:owner:{DIGEST}",
            "LEDGER_CREDENTIALS has an unknown role",
        ),
        ("LEDGER_CREDENTIALS", "a:reader:zz", "LEDGER_CREDENTIALS is not hexadecimal"),
        ("LEDGER_CREDENTIALS", "a:reader:ab", "LEDGER_CREDENTIALS needs digests of 32 bytes"),
        (
            "LEDGER_CREDENTIALS",
            f"a:reader:{DIGEST},a:poster:{DIGEST}",
            "LEDGER_CREDENTIALS names a caller twice",
        ),
    ],
)
def test_refuses_a_setting_it_cannot_use(name: str, value: str, message: str) -> None:
    assert refusal(**{name: value}) == message


@pytest.mark.parametrize("port", ["1", "65535"])
def test_accepts_every_port(port: str) -> None:
    assert load(ENVIRONMENT | {"LEDGER_PORT": port}).port == int(port)


@pytest.mark.input_validation
@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "80a", "\u0668\u0660", "9" * 5000])
def test_refuses_what_is_no_port(port: str) -> None:
    assert refusal(LEDGER_PORT=port) == "LEDGER_PORT is not a port number"


@pytest.mark.data_protection
@given(st.text(st.characters(categories=["Lu"]), min_size=12))
def test_never_shows_the_value_of_a_setting(value: str) -> None:
    for name in ("LEDGER_PEPPER", "LEDGER_CREDENTIALS"):
        assert value not in refusal(**{name: value})


@pytest.mark.parametrize("length", [32, 33])
def test_accepts_a_pepper_of_enough_bytes(length: int) -> None:
    assert len(load(ENVIRONMENT | {"LEDGER_PEPPER": "01" * length}).pepper) == length
