"""Target files of peers."""

import json
from pathlib import Path
from typing import Any

import pytest
from bench.targets import WrongTarget, load_target

SMALL: dict[str, Any] = {
    "name": "peer",
    "base_url": "http://127.0.0.1:4101",
    "start": "serve",
    "client": {"id": "c", "secret": "s", "redirect_uri": "http://127.0.0.1:9/cb", "auth": "post"},
    "code": {"scope": "openid api", "authorize": {"resource": "urn:api"}},
}


def write(folder: Path, said: dict[str, Any]) -> Path:
    path = folder / "target.json"
    path.write_text(json.dumps(said))
    return path


def test_reads_client_and_address(tmp_path: Path) -> None:
    """Client, address and folder come from the file."""
    target = load_target(write(tmp_path, SMALL))
    assert target.address == ("127.0.0.1", 4101)
    assert (target.client.id, target.client.method) == ("c", "post")
    assert target.folder == tmp_path


def test_userinfo_asks_like_code_unless_said(tmp_path: Path) -> None:
    """Without a block of its own, userinfo uses what the code flow asks for."""
    target = load_target(write(tmp_path, SMALL))
    assert target.userinfo == target.code
    other = load_target(write(tmp_path, {**SMALL, "userinfo": {"scope": "openid"}}))
    assert other.userinfo.scope == "openid"


def test_other_clients_default_to_the_client(tmp_path: Path) -> None:
    """Machine and introspecting client are the one client unless the file names others."""
    target = load_target(write(tmp_path, {**SMALL, "cc_client": {"id": "m", "secret": "t"}}))
    assert target.machine_client.id == "m"
    assert target.introspecting_client is target.client


def test_missing_member_is_named(tmp_path: Path) -> None:
    """A missing member is refused with file and member."""
    said = {name: value for name, value in SMALL.items() if name != "start"}
    with pytest.raises(WrongTarget, match=r"target\.json: member 'start' is missing"):
        load_target(write(tmp_path, said))


def test_unknown_login_is_refused(tmp_path: Path) -> None:
    """A way to sign in that we do not know is refused with what was seen."""
    with pytest.raises(WrongTarget, match="'requests' seen"):
        load_target(write(tmp_path, {**SMALL, "login": {"kind": "requests"}}))


def test_broken_json_is_refused(tmp_path: Path) -> None:
    """A file that is not JSON is refused with its name."""
    path = tmp_path / "target.json"
    path.write_text("{")
    with pytest.raises(WrongTarget, match=r"target\.json: not JSON"):
        load_target(path)
