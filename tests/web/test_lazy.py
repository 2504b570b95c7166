"""An application that is imported by the first request for it."""

import asyncio
import sys
from pathlib import Path

import httpx2
import pytest

from gatewright.web.lazy import LazyApp

pytestmark = pytest.mark.anyio

MODULE = """
import time
from starlette.responses import PlainTextResponse

time.sleep(0.05)
made = []

def build(word):
    made.append(word)
    return PlainTextResponse(word)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that nobody has imported."""
    (tmp_path / "late_application.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "late_application", raising=False)
    return "late_application"


async def ask(app: LazyApp) -> str:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://id.example.test") as client:
        return (await client.get("/")).text


async def test_first_request_imports(module: str) -> None:
    """Nothing is imported when the application is named; the first request imports and answers."""
    app = LazyApp(module, "build", "hello")
    assert module not in sys.modules
    assert await ask(app) == "hello"
    assert module in sys.modules


async def test_it_is_made_once(module: str) -> None:
    """Many first requests at once make one application, and all are answered by it."""
    app = LazyApp(module, "build", "hello")
    assert set(await asyncio.gather(*(ask(app) for _ in range(5)))) == {"hello"}
    assert sys.modules[module].made == ["hello"]
