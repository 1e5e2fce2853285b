import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import KEYS, Client
from ledger.api import MAX_BODY, _unique
from ledger.store import Store
from samples import line, sale

ENTRY = "/v1/entries/INV-2026.001"
BALANCE = "/v1/accounts/assets:bank/balance"
TRIAL = "/v1/trial-balance"


def recorded(events: pytest.LogCaptureFixture) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (record.levelname, record.getMessage(), record.__dict__["fields"])
        for record in events.records
    ]


def test_health_needs_no_key(client: Client) -> None:
    reply = client.send("GET", "/v1/health", caller=None)
    assert (reply.status, reply.document) == ("200 OK", {"status": "up"})


def test_posts_an_entry_and_shows_it(client: Client) -> None:
    posted = client.post(sale())
    assert posted.status == "201 Created"
    assert posted.document == {
        "reference": "INV-2026.001",
        "occurred_on": "2026-06-01",
        "description": "Invoice 1",
        "postings": [line("assets:bank", "120.00"), line("income:sales", "-120.00")],
    }
    shown = client.send("GET", ENTRY)
    assert shown.status == "200 OK"
    assert shown.document == posted.document


def test_an_entry_is_recorded_in_the_log(client: Client, events: pytest.LogCaptureFixture) -> None:
    reply = client.post(sale())
    fields = {
        "request_id": reply.headers["X-Request-Id"],
        "reference": "INV-2026.001",
        "recorded_by": "cashier",
    }
    assert recorded(events) == [("INFO", "entry_posted", fields)]


def test_shows_the_balance_of_an_account(client: Client) -> None:
    client.post(sale())
    today = client.send("GET", BALANCE)
    assert today.status == "200 OK"
    assert today.document == {
        "account": "assets:bank",
        "as_of": "2026-06-30",
        "balances": [{"amount": "120.00", "currency": "EUR"}],
    }
    before = client.send("GET", BALANCE, query="as_of=2026-05-31")
    assert before.document == {
        "account": "assets:bank",
        "as_of": "2026-05-31",
        "balances": [],
    }


def test_shows_the_trial_balance(client: Client) -> None:
    client.post(sale())
    reply = client.send("GET", TRIAL)
    assert reply.status == "200 OK"
    assert reply.document == {
        "accounts": [line("assets:bank", "120.00"), line("income:sales", "-120.00")]
    }


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")
def test_a_query_may_be_left_out_and_a_path_empty(client: Client) -> None:
    assert client.send("GET", BALANCE, changes={"QUERY_STRING": None}).status == "200 OK"
    lost = client.send("GET", "", changes={"SCRIPT_NAME": "/ledger"})
    assert lost.status == "404 Not Found"


@pytest.mark.authentication
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/entries"), ("GET", ENTRY), ("GET", BALANCE), ("GET", TRIAL), ("GET", "/x")],
)
def test_nothing_is_shown_or_done_without_a_key(
    client: Client, events: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    body = json.dumps(sale()).encode() if method == "POST" else b""
    reply = client.send(method, path, caller=None, body=body)
    assert reply.status == "401 Unauthorized"
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.document == {"error": "unauthenticated", "message": "a valid key is required"}
    assert client.store.trial_balance() == []
    fields = {"request_id": reply.headers["X-Request-Id"]}
    assert recorded(events) == [("WARNING", "unauthenticated", fields)]


@pytest.mark.authentication
@pytest.mark.parametrize("caller", ["auditor", "cashier"])
def test_a_caller_with_a_key_is_answered(client: Client, caller: str) -> None:
    reply = client.send("GET", TRIAL, caller=caller)
    assert reply.status == "200 OK"
    assert "WWW-Authenticate" not in reply.headers


@pytest.mark.authorization
def test_a_reader_can_read_everything(client: Client) -> None:
    client.post(sale())
    for path in (ENTRY, BALANCE, TRIAL):
        assert client.send("GET", path, caller="auditor").status == "200 OK"


@pytest.mark.authorization
def test_a_reader_cannot_post(client: Client, events: pytest.LogCaptureFixture) -> None:
    reply = client.post(sale(), caller="auditor")
    assert reply.status == "403 Forbidden"
    assert reply.document == {"error": "forbidden", "message": "the role reader may not post"}
    assert client.store.trial_balance() == []
    fields = {"request_id": reply.headers["X-Request-Id"]}
    assert recorded(events) == [("WARNING", "forbidden", fields)]


@pytest.mark.authorization
def test_permission_is_checked_before_the_body_is_read(client: Client) -> None:
    reply = client.send("POST", "/v1/entries", caller="auditor", body=b"not json")
    assert reply.status == "403 Forbidden"


@pytest.mark.input_validation
def test_refuses_an_entry_of_tomorrow(client: Client) -> None:
    assert client.post(sale(occurred_on="2026-06-30")).status == "201 Created"
    reply = client.post(sale(reference="F-1", occurred_on="2026-07-01"))
    assert reply.status == "422 Unprocessable Content"
    assert reply.document == {
        "error": "invalid_content",
        "message": "date lies in the future",
    }


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("body", "changes", "status", "message"),
    [
        (b"{", {}, "400 Bad Request", "the body is not valid JSON"),
        (b"\xff", {}, "400 Bad Request", "the body is not valid JSON"),
        (b"[" * 60000, {}, "400 Bad Request", "the body is not valid JSON"),
        (b'{"a": 1, "a": 2}', {}, "400 Bad Request", "the body is not valid JSON"),
        (
            b"{}",
            {"CONTENT_TYPE": "text/plain"},
            "400 Bad Request",
            "the body must be application/json",
        ),
        (
            b"{}",
            {"CONTENT_TYPE": None},
            "400 Bad Request",
            "the body must be application/json",
        ),
        (
            b"{}",
            {"CONTENT_LENGTH": None},
            "400 Bad Request",
            "the length of the body is not stated",
        ),
        (
            b"{}",
            {"CONTENT_LENGTH": "9" * 10},
            "400 Bad Request",
            "the length of the body is not stated",
        ),
        (
            b" " * (MAX_BODY + 1),
            {},
            "413 Content Too Large",
            "the body is over 65536 bytes",
        ),
        (b"[]", {}, "422 Unprocessable Content", "entry is not an object"),
    ],
)
def test_refuses_a_body_it_cannot_read(
    client: Client, body: bytes, changes: dict[str, str | None], status: str, message: str
) -> None:
    reply = client.send("POST", "/v1/entries", body=body, changes=changes)
    assert (reply.status, reply.document["message"]) == (status, message)


@pytest.mark.input_validation
def test_reads_a_body_up_to_the_limit(client: Client) -> None:
    body = json.dumps(sale()).encode().ljust(MAX_BODY)
    changes: dict[str, str | None] = {"CONTENT_TYPE": " Application/JSON ; charset=utf-8;x=y"}
    assert client.send("POST", "/v1/entries", body=body, changes=changes).status == "201 Created"


@pytest.mark.input_validation
@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/v1/accounts/Bank/balance", "", "account is not a valid account name"),
        (BALANCE, "as_of=yesterday", "date is not written as YYYY-MM-DD"),
        (BALANCE, "as_of=", "date is not written as YYYY-MM-DD"),
        (BALANCE, "until=2026-06-01", "the only parameter is as_of"),
        (BALANCE, "as_of=2026-06-01&x=", "the only parameter is as_of"),
        ("/v1/entries/a b", "", "reference is not a valid reference"),
    ],
)
def test_refuses_a_question_it_does_not_understand(
    client: Client, path: str, query: str, message: str
) -> None:
    reply = client.send("GET", path, query=query)
    assert reply.status == "422 Unprocessable Content"
    assert reply.document == {"error": "invalid_content", "message": message}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )
)
@pytest.mark.input_validation
def test_a_document_with_unique_names_is_read_whole(document: object) -> None:
    text = json.dumps(document)
    assert json.loads(text, object_pairs_hook=_unique) == document


def test_a_repeated_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a name occurs twice$"):
        _unique([("a", 1), ("a", 1)])


@pytest.mark.error_handling
@pytest.mark.parametrize("path", ["/", "/v1", "/v2/health", "/v1/entries/a/b", "/v1/accounts/a"])
def test_an_unknown_resource_is_not_found(
    client: Client, events: pytest.LogCaptureFixture, path: str
) -> None:
    reply = client.send("GET", path)
    assert reply.status == "404 Not Found"
    assert reply.document == {"error": "not_found", "message": "there is no such resource"}
    fields = {"request_id": reply.headers["X-Request-Id"]}
    assert recorded(events) == [("INFO", "not_found", fields)]


@pytest.mark.error_handling
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v1/health", "GET"),
        ("GET", "/v1/entries", "POST"),
        ("DELETE", ENTRY, "GET"),
        ("POST", BALANCE, "GET"),
        ("POST", TRIAL, "GET"),
    ],
)
def test_a_method_that_is_not_served_is_refused(
    client: Client, method: str, path: str, allowed: str
) -> None:
    reply = client.send(method, path)
    assert reply.status == "405 Method Not Allowed"
    assert reply.document == {
        "error": "method_not_allowed",
        "message": f"this resource answers to {allowed} only",
    }


@pytest.mark.error_handling
def test_a_repeated_reference_is_a_conflict(client: Client) -> None:
    client.post(sale())
    reply = client.post(sale())
    assert reply.status == "409 Conflict"
    assert reply.document == {
        "error": "conflict",
        "message": "an entry with this reference exists",
    }


@pytest.mark.error_handling
def test_after_a_refusal_the_service_goes_on(client: Client) -> None:
    assert client.post(sale(postings=[])).status == "422 Unprocessable Content"
    assert client.post(sale()).status == "201 Created"


@pytest.mark.error_handling
def test_a_failing_database_is_reported_without_detail(
    client: Client, events: pytest.LogCaptureFixture
) -> None:
    client.store.close()
    reply = client.send("GET", TRIAL)
    request_id = reply.headers["X-Request-Id"]
    assert reply.status == "503 Service Unavailable"
    assert reply.document == {
        "error": "unavailable",
        "message": "the ledger cannot be reached",
        "request_id": request_id,
    }
    fields = {"request_id": request_id, "kind": "ProgrammingError"}
    assert recorded(events) == [("ERROR", "storage_failed", fields)]


@pytest.mark.error_handling
def test_an_unexpected_error_reaches_the_server(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Store) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Store, "trial_balance", fail)
    with pytest.raises(ZeroDivisionError):
        client.send("GET", TRIAL)


@pytest.mark.data_protection
def test_answers_are_marked_as_private_json(client: Client) -> None:
    reply = client.send("GET", TRIAL)
    request_id = reply.headers.pop("X-Request-Id")
    assert len(bytes.fromhex(request_id)) == 8
    assert reply.headers == {
        "Content-Type": "application/json",
        "Content-Length": str(len(reply.raw)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.data_protection
def test_keys_reach_neither_the_log_nor_the_answer(
    client: Client, events: pytest.LogCaptureFixture
) -> None:
    replies = [
        client.post(sale()),
        client.post(sale(), caller="auditor"),
        client.send("GET", TRIAL, changes={"HTTP_AUTHORIZATION": "Bearer cashier.guessed"}),
    ]
    written = str(recorded(events)) + str([(reply.headers, reply.raw) for reply in replies])
    assert len(events.records) == 3
    assert not [key for key in (*KEYS.values(), "guessed") if key in written]


def test_names_in_an_answer_are_sorted(client: Client) -> None:
    assert client.send("GET", "/none").raw.startswith(b'{"error": ')
    keys = list(client.post(sale()).document)
    assert keys == sorted(keys)


def test_every_request_has_its_own_name(client: Client) -> None:
    names = {client.send("GET", "/v1/health").headers["X-Request-Id"] for _ in range(5)}
    assert len(names) == 5
