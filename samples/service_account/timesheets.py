"""The Timesheets API, called with a token."""

from typing import Any

from service_account.failures import Failure, NotAllowed
from service_account.http import Answer, Http
from service_account.tokens import Token, Tokens


class TimesheetsApi:
    """Whose timesheets they are, the API takes from the token."""

    def __init__(self, http: Http, address: str, tokens: Tokens) -> None:
        self._http = http
        self._url = f"{address}/timesheets"
        self._tokens = tokens

    def list(self) -> list[dict[str, Any]]:
        """Return the timesheets, newest first; raises a Failure."""
        found: list[dict[str, Any]] = self._call("GET")
        return found

    def add(self, date: str, project: str, hours: float) -> dict[str, Any]:
        """Add a timesheet and return it; raises a Failure."""
        body = {"date": date, "project": project, "hours": hours}
        added: dict[str, Any] = self._call("POST", json=body)
        return added

    def _call(self, method: str, **more: Any) -> Any:
        answer = self._ask(method, self._tokens.get(), **more)
        if answer.status == 401:
            # Keys and secrets change: a new token may be accepted where the kept one is not. Once.
            answer = self._ask(method, self._tokens.renewed(), **more)
        if answer.status not in (200, 201):
            raise self._refusal(answer)
        return answer.body

    def _ask(self, method: str, token: Token, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token.value}"}
        return self._http.ask(method, self._url, headers=headers, **more)

    def _refusal(self, answer: Answer) -> Failure:
        said = (
            answer.says("message", "error_description") or wrong_fields(answer) or f"status {answer.status}"
        )
        if answer.status == 401:
            return Failure(f"{self._url}: {said}", _DISBELIEF)
        if answer.status == 403:
            return NotAllowed(f"{self._url}: {said}", "Ask for the scope with --scope, if you left it out.")
        return Failure(f"{self._url}: {said}")


_DISBELIEF = (
    "It refuses even a new token: compare the API's settings with what is registered at the provider."
)


def wrong_fields(answer: Answer) -> str:
    """Return what the API finds wrong with a timesheet, as FastAPI tells it."""
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else None
    if not isinstance(detail, list):
        return ""
    return "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in detail)
