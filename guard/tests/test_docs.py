"""The page that explains the guard is true: its code runs, and it knows every error."""

import inspect
import re
from pathlib import Path

import httpx2
import pytest

from gatewright_guard import errors
from gatewright_guard.testing import Mint

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "protect-an-api.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text()


@pytest.fixture(scope="module")
def names(page):
    """What the page's code defines, section by section in one module, as a reader would paste it."""
    defined = {"__name__": "page"}
    sections = page.split("\n## ")
    order = [
        *(s for s in sections if s.startswith("FastAPI")),
        *(s for s in sections if s.startswith("Scopes")),
    ]
    order += [s for s in sections if s not in order]
    for section in order:
        for block in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
            exec(compile(block, str(PAGE), "exec"), defined)
        if section.startswith("Scopes"):
            defined["fastapi_app"] = defined["app"]
    return defined


def test_code_runs(names):
    """Every block of Python on the page runs."""
    assert {"timesheets", "approve", "handle", "invoices", "bad"} <= names.keys()


async def test_examples_refuse(names):
    """The FastAPI example refuses a request without a token."""
    transport = httpx2.ASGITransport(app=names["fastapi_app"])
    async with httpx2.AsyncClient(transport=transport, base_url="https://api.acme.test") as client:
        for answer in (await client.get("/timesheets"), await client.post("/timesheets/approvals")):
            assert answer.status_code == 401
            assert answer.json()["error"] == "missing_token"


def test_framework_free_example(names):
    """The example without a framework answers with status and headers."""
    status, headers = names["handle"](None)
    assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_testing_example(names):
    """The minted tokens of the example are as good and as bad as it says."""
    guard = names["mint"].guard()
    assert guard.verify_sync(names["good"]).scopes == {"read:timesheets"}
    for token in names["bad"]:
        with pytest.raises(errors.InvalidToken):
            guard.verify_sync(token)


def test_every_error_is_explained(page):
    """The table has a row with the right status for every error there is."""
    rows = set(re.findall(r"^\| (\d{3}) \| `(\w+)` \|", page, re.MULTILINE))
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if hasattr(cls, "code")]
    assert rows == {(str(cls.status), cls.code) for cls in classes if cls.code}


def test_example_answer(page):
    """The refusal shown on the page is what the guard answers."""
    mint = Mint(audience="https://api.acme.test/timesheets", algorithm="HS256")
    with pytest.raises(errors.IdTokenSent) as refusal:
        mint.guard().verify_sync(mint.id_token(client_id="kX3"))
    assert refusal.value.www_authenticate in page.replace("…", "")
