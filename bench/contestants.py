"""A contestant: a running target with its endpoints, keys, and one signed-in browser for each lane."""

from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from bench.browser import Browser
from bench.flows import Endpoints, code_flow, discover, read_json
from bench.servers import Server
from bench.targets import CodeRequest, Target
from bench.tokens import check_id_token


@dataclass(slots=True)
class Contestant:
    """Made by `meet`; `browsers` grows to the number of lanes when a scenario first needs sessions."""

    server: Server
    endpoints: Endpoints
    keys: KeySet
    browsers: list[Browser] = field(default_factory=list)

    @property
    def target(self) -> Target:
        """What the server is and how it is spoken to."""
        return self.server.target

    def lane(self, number: int) -> Browser:
        """The browser of one lane, new when it was not used before."""
        while len(self.browsers) <= number:
            self.browsers.append(Browser(self.target))
        return self.browsers[number]

    def flow(self, number: int, request: CodeRequest) -> dict[str, Any]:
        """A code flow in one lane's browser, its id_token verified; signs in when there is no session."""
        answer = code_flow(self.lane(number), self.endpoints, self.target, request)
        self.check_id_token(answer)
        return answer

    def check_id_token(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The verified claims of a token answer's id_token; raises `WrongToken`."""
        return check_id_token(
            answer, self.keys, issuer=self.endpoints.issuer, client_id=self.target.client.id
        )


def meet(server: Server) -> Contestant:
    """Read discovery and keys of a server that has just been started."""
    browser = Browser(server.target)
    endpoints = discover(browser, server.target)
    keys = KeySet.import_key_set(read_json(browser.get(endpoints.jwks)))  # type: ignore[arg-type]
    browser.close()
    return Contestant(server, endpoints, keys)
