import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import KEYS, PEPPER
from ledger.auth import (
    GRANTS,
    Authenticator,
    Credential,
    Permission,
    Principal,
    Role,
    authorize,
    key_digest,
)
from ledger.errors import AuthenticationError, AuthorizationError


def only_the_auditor() -> Authenticator:
    known = Credential("auditor", Role.READER, key_digest(PEPPER, KEYS["auditor"]))
    return Authenticator(PEPPER, [known])


@pytest.mark.authentication
def test_lets_in_a_caller_with_the_right_key(authenticator: Authenticator) -> None:
    principal = authenticator.authenticate(f"Bearer cashier.{KEYS['cashier']}")
    assert principal == Principal("cashier", Role.POSTER)


@pytest.mark.authentication
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer .",
        "Bearer cashier",
        "Bearer cashier.",
        "Bearer cashier.wrong",
        f"Bearer cashier.{KEYS['auditor']}",
        f"Bearer cashier.{KEYS['cashier']} ",
        f"Bearer stranger.{KEYS['cashier']}",
        f"Basic cashier.{KEYS['cashier']}",
        f"bearer cashier.{KEYS['cashier']}",
        f"cashier.{KEYS['cashier']}",
    ],
)
def test_keeps_out_everyone_else(authenticator: Authenticator, header: str | None) -> None:
    with pytest.raises(AuthenticationError) as caught:
        authenticator.authenticate(header)
    assert caught.value.message == "a valid key is required"


@pytest.mark.authentication
def test_a_key_may_hold_dots_spaces_and_letters_of_any_alphabet() -> None:
    key = "cl\u00e9.with dots"
    guard = Authenticator(PEPPER, [Credential("one", Role.READER, key_digest(PEPPER, key))])
    assert guard.authenticate(f"Bearer one.{key}").name == "one"


@pytest.mark.authentication
@given(st.text(st.characters(codec="utf-8")).filter(lambda key: key != KEYS["auditor"]))
def test_no_other_key_opens(key: str) -> None:
    with pytest.raises(AuthenticationError):
        only_the_auditor().authenticate(f"Bearer auditor.{key}")


@pytest.mark.authentication
def test_an_unknown_caller_is_compared_like_a_known_one() -> None:
    guard = only_the_auditor()
    assert len(key_digest(PEPPER, "any")) == 32
    assert guard._nobody == Credential("", Role.READER, bytes(32))


@pytest.mark.data_protection
def test_a_digest_depends_on_the_pepper_and_hides_the_key() -> None:
    digest = key_digest(PEPPER, "a key")
    expected = "17d6d26e31770adc7bf36c6b835ceb9c6040d877976a09f0bd2d532f395767b1"
    assert digest.hex() == expected
    assert digest != key_digest(bytes(32), "a key")
    assert b"a key" not in digest


@pytest.mark.authorization
@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.READER, Permission.READ),
        (Role.POSTER, Permission.READ),
        (Role.POSTER, Permission.POST),
    ],
)
def test_a_role_may_do_what_it_grants(role: Role, permission: Permission) -> None:
    authorize(Principal("someone", role), permission)


@pytest.mark.authorization
def test_a_reader_may_not_post() -> None:
    with pytest.raises(AuthorizationError) as caught:
        authorize(Principal("someone", Role.READER), Permission.POST)
    assert caught.value.message == "the role reader may not post"


@pytest.mark.authorization
def test_every_role_is_granted_something_and_nothing_unknown() -> None:
    assert set(GRANTS) == set(Role)
    assert all(granted and granted <= set(Permission) for granted in GRANTS.values())
