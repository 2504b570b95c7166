"""The cost of a password login."""

from pathlib import Path

import pytest
from bench.browser import JourneyFailed
from bench.contestants import Contestant
from bench.flows import Endpoints
from bench.password_login import hash_cost, measure_logins
from bench.servers import Server
from joserfc.jwk import KeySet

from .small_server import CALLBACK, PAGE, Behaviour, Reply, Seen, served


def asking(answer: Reply) -> Behaviour:
    def behaviour(seen: Seen) -> Reply:
        return Reply(body=PAGE.encode()) if seen.method == "GET" else answer

    return behaviour


def measured(behaviour: Behaviour, folder: Path, count: int) -> int:
    with served(behaviour) as target:
        endpoints = Endpoints("", "/authorize", "/token", "", "", "")
        contestant = Contestant(Server(target, folder / "log"), endpoints, KeySet([]))
        return measure_logins(contestant, count).logins


def test_each_login_must_end_with_a_code(tmp_path: Path) -> None:
    """Every browser goes through the page to a code."""
    assert measured(asking(Reply(303, headers=[("Location", f"{CALLBACK}?code=x")])), tmp_path, 3) == 3


def test_a_refused_password_is_no_login(tmp_path: Path) -> None:
    """The page shown again is not counted as a login."""
    with pytest.raises(JourneyFailed, match="a redirect with a code was expected"):
        measured(asking(Reply(200, PAGE.encode())), tmp_path, 1)


def test_a_session_where_none_should_be_is_told(tmp_path: Path) -> None:
    """A server that asks for no password is not measured."""
    with pytest.raises(JourneyFailed, match="a page with a form was expected"):
        measured(lambda seen: Reply(302, headers=[("Location", f"{CALLBACK}?code=x")]), tmp_path, 1)


def test_a_hash_takes_processor_time() -> None:
    """The bare hash is not free."""
    assert hash_cost(1) > 1
