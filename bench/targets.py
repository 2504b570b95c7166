"""What is measured: a server, how it is started, and what its client and user are called.

Peers are described by `target.json` files; README.md lists the members.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOGIN_KINDS = ("browser",)


class WrongTarget(Exception):
    """A target file lacks a member or says something we cannot do; the text names file and member."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One client: `method` is `basic` or `post` (RFC 6749 section 2.3.1)."""

    id: str
    secret: str
    redirect_uri: str = ""
    method: str = "basic"


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a code flow asks for: the scope, and the further parameters of its two requests."""

    scope: str
    authorize: Mapping[str, str] = field(default_factory=dict)
    token: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One server; commands are run by `sh` in `folder` with `env` added to the environment."""

    name: str
    title: str
    base_url: str
    folder: Path
    start: str
    client: Credentials
    user: str
    password: str
    code: CodeRequest
    userinfo: CodeRequest
    introspect: CodeRequest
    client_credentials: Mapping[str, str]
    refresh: Mapping[str, str]
    machine_client: Credentials
    introspecting_client: Credentials
    discovery: str = "/.well-known/openid-configuration"
    endpoints: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: str = ""
    after_start: str = ""
    finish: str = ""
    version: str = ""
    pidfile: str = ""
    host_header: str = ""
    skip: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:
        """Where the server listens: IPv4 address and port."""
        parts = urlsplit(self.base_url)
        return parts.hostname or "127.0.0.1", parts.port or 80

    @property
    def host(self) -> str:
        """The Host header field of every request."""
        return self.host_header or urlsplit(self.base_url).netloc


def _client(said: Mapping[str, str]) -> Credentials:
    return Credentials(
        said["id"], said.get("secret", ""), said.get("redirect_uri", ""), said.get("auth", "basic")
    )


def _code(said: Mapping[str, Any]) -> CodeRequest:
    return CodeRequest(said.get("scope", "openid"), said.get("authorize", {}), said.get("token", {}))


def parse_target(said: Mapping[str, Any], folder: Path) -> Target:
    """Read the members of one `target.json`; raises `WrongTarget` for a login we cannot perform."""
    login = said.get("login", {"kind": "browser"})["kind"]
    if login not in LOGIN_KINDS:
        raise WrongTarget(
            f"{said['name']}: login kind {login!r} seen, wanted one of {', '.join(LOGIN_KINDS)}"
        )
    client = _client(said["client"])
    optional = ("discovery", "endpoints", "env", "prepare", "after_start", "finish", "version")
    more = ("pidfile", "host_header", "skip", "notes")
    return Target(
        name=said["name"],
        title=said.get("title", said["name"]),
        base_url=said["base_url"],
        folder=folder,
        start=said["start"],
        client=client,
        user=said.get("user", {}).get("name", ""),
        password=said.get("user", {}).get("password", ""),
        code=_code(said.get("code", {})),
        userinfo=_code(said.get("userinfo") or said.get("code", {})),
        introspect=_code(said.get("introspect") or said.get("code", {})),
        client_credentials=said.get("client_credentials", {}),
        refresh=said.get("refresh", {}),
        machine_client=_client(said["cc_client"]) if "cc_client" in said else client,
        introspecting_client=_client(said["introspect_client"]) if "introspect_client" in said else client,
        **{name: said[name] for name in (*optional, *more) if name in said},
    )


def load_target(path: Path) -> Target:
    """Read a target file; raises `WrongTarget` naming the file and what is missing or wrong."""
    try:
        return parse_target(json.loads(path.read_text()), path.parent)
    except KeyError as missing:
        raise WrongTarget(f"{path}: member {missing} is missing") from missing
    except json.JSONDecodeError as wrong:
        raise WrongTarget(f"{path}: not JSON: {wrong}") from wrong
