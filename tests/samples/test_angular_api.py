"""The API of the AngularJS sample, as a process, with tokens that the test signs."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.samples.program import sample
from tests.support.ports import free_port

ISSUER = "https://login.example/"
APPLICATION = ("the_application", "a-secret-of-the-application-0123456789")
PAYROLL = ("the_payroll", "a-secret-of-the-payroll-api-0123456789")
DAY = {"date": "2026-11-20", "project": "Bridge", "hours": 7.5}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def page(port: int) -> Iterator[str]:
    """The address of the page, with the API beside it."""
    settings = {
        "ISSUER_BASE_URL": ISSUER,
        "CLIENT_ID": APPLICATION[0],
        "CLIENT_SECRET": APPLICATION[1],
        "PAYROLL_CLIENT_ID": PAYROLL[0],
        "PAYROLL_CLIENT_SECRET": PAYROLL[1],
        "PORT": str(free_port()),
        "API_PORT": str(port),
    }
    with sample("angular", settings) as address:
        yield address


@pytest.fixture
def api(page: str, port: int) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://localhost:{port}", trust_env=False) as client:
        yield client


def token(sub: str = "auth0|ada", client: tuple[str, str] = APPLICATION, **changed: Any) -> dict[str, str]:
    """The header of a call with a token of `client`, signed with its secret."""
    client_id, secret = client
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": client_id, "sub": sub, "iat": now, "exp": now + 60, **changed}
    return bearer(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret)))


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def test_add_and_list(api: httpx2.Client) -> None:
    """What is added is listed, with the address that the token tells."""
    ada = token("auth0|one", email="one@example.com")
    added = api.post("/timesheets", json=DAY, headers=ada)
    assert (added.status_code, added.json()) == (201, {**DAY, "id": 1, "email": "one@example.com"})
    assert api.get("/timesheets", headers=ada).json() == [added.json()]


def test_newest_first(api: httpx2.Client) -> None:
    """The list starts with the newest day, and on one day with what came last."""
    for day, project in (("2026-11-19", "a"), ("2026-11-21", "b"), ("2026-11-21", "c")):
        api.post("/timesheets", json={**DAY, "date": day, "project": project}, headers=token("auth0|sorts"))
    listed = api.get("/timesheets", headers=token("auth0|sorts")).json()
    assert [one["project"] for one in listed] == ["c", "b", "a"]


def test_own_only(api: httpx2.Client) -> None:
    """The list holds the timesheets of the token's subject only, whatever the body said."""
    forged = {**DAY, "owner": "auth0|victim", "sub": "auth0|victim", "email": "victim@example.com"}
    added = api.post("/timesheets", json=forged, headers=token("auth0|forger"))
    assert added.json()["email"] is None
    assert api.get("/timesheets", headers=token("auth0|victim")).json() == []


BAD_TOKENS: dict[str, tuple[Callable[[], dict[str, str]], str]] = {
    "none": (dict, "No authorization token was found"),
    "expired": (lambda: token(exp=int(time.time()) - 60), "jwt expired"),
    "of another secret": (lambda: token(client=(APPLICATION[0], PAYROLL[1])), "invalid signature"),
    "for another API": (lambda: token(client=PAYROLL), "invalid signature"),
    "for another audience": (lambda: token(aud=PAYROLL[0]), "jwt audience invalid"),
    "of another issuer": (lambda: token(iss="https://evil.example/"), "jwt issuer invalid"),
    "unsigned": (lambda: bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."), "jwt signature is required"),
    "no token at all": (lambda: bearer("abc"), "jwt malformed"),
    "other scheme": (lambda: {"Authorization": "Basic eDp5"}, "Format is Authorization"),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bad_token(api: httpx2.Client, method: str, kind: str) -> None:
    """A call without a good token gets 401, the message of the requirement, and a reason."""
    header, reason = BAD_TOKENS[kind]
    answer = api.request(method, "/timesheets", json=DAY, headers=header())
    body = answer.json()
    assert (answer.status_code, body["message"]) == (401, "Missing or invalid token")
    assert reason in body["error_description"]
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_payroll_refuses_the_token_of_the_application(api: httpx2.Client) -> None:
    """An API with a secret of its own does not believe a token that another secret signed."""
    answer = api.get("/payroll", headers=token())
    assert (answer.status_code, answer.json()["error_description"]) == (401, "invalid signature")


def test_payroll(api: httpx2.Client) -> None:
    """With a token that its own secret signed, payroll sums up the hours of the subject."""
    for hours in (7.5, 0.25):
        api.post("/timesheets", json={**DAY, "hours": hours}, headers=token("auth0|paid"))
    assert api.get("/payroll", headers=token("auth0|paid", PAYROLL)).json() == {"hours": 7.75}


@pytest.mark.parametrize(
    "change",
    [
        {"hours": 0},
        {"hours": -1},
        {"hours": 24.25},
        {"hours": 0.1},
        {"hours": "8"},
        {"hours": None},
        {"project": ""},
        {"project": "  "},
        {"project": "x" * 81},
        {"project": 7},
        {"date": "2026-02-30"},
        {"date": "yesterday"},
        {"date": "2026-11-20T00:00"},
        {"date": 20261120},
    ],
    ids=str,
)
def test_bad_timesheet(api: httpx2.Client, change: dict[str, Any]) -> None:
    """A timesheet that cannot be is refused with a reason, and not kept."""
    answer = api.post("/timesheets", json={**DAY, **change}, headers=token("auth0|errs"))
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(next(iter(change)))
    assert api.get("/timesheets", headers=token("auth0|errs")).json() == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[1]", 422), (b'"text"', 400), (b"", 422), (b"[" * 20_000, 413)]
)
def test_malformed_body(api: httpx2.Client, body: bytes, status: int) -> None:
    """A body that is no timesheet at all gets a 4xx in the API's own shape."""
    answer = api.post("/timesheets", content=body, headers={**token(), "Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["message"]


def test_unknown_address(api: httpx2.Client) -> None:
    """An address that does not exist gets 404 in the API's own shape."""
    answer = api.get("/nowhere", headers=token())
    assert (answer.status_code, answer.json()) == (404, {"message": "There is nothing here"})


def test_preflight(api: httpx2.Client, page: str) -> None:
    """The page may send its token."""
    origin = page.rstrip("/")
    answer = api.options("/timesheets", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Authorization" in answer.headers["access-control-allow-headers"]


def test_foreign_origin(api: httpx2.Client) -> None:
    """A script of another site cannot read the answer."""
    answer = api.get("/timesheets", headers={"Origin": "https://evil.example", **token()})
    assert "access-control-allow-origin" not in answer.headers


def test_configuration_holds_no_secret(page: str) -> None:
    """What the page is told names the clients, and neither secret."""
    told = httpx2.get(f"{page}configuration.js", trust_env=False).text
    assert APPLICATION[0] in told
    assert APPLICATION[1] not in told
    assert PAYROLL[1] not in told
