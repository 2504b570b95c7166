"""The answer of a pop-up: told to the window that opened it, if that is a page of the client.

The messages are those of the WinChan protocol. The page learns the opener's origin from the opener's own
message, which the browser vouches for, and answers to that origin and only if it is on the list.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.web.hosting import HostedPages
from gatewright.web.scripts import Script, script_file

_SCRIPT = script_file(__file__, "popup.js")
_DENIED = 401


class PopupAnswers:
    """Renders answers for openers."""

    def __init__(self, pages: HostedPages) -> None:
        self._pages = pages

    def page(
        self, request: Request, client: Client, answer: Mapping[str, str], *, status: int = _DENIED
    ) -> Response:
        """A page that hands ``answer``, parameters of success or of an error, to the opener and is closed.

        ``status`` is what the wire's libraries are told of an error beside its code.
        """
        return self._pages.show(
            request,
            "oauth/popup.html",
            script=Script(
                _SCRIPT, {"origins": sorted(client.script_origins()), "answer": _told(answer, status)}
            ),
            client_name=client.name,
        )


def _told(answer: Mapping[str, str], status: int) -> Mapping[str, object]:
    """An error in the shapes that the generations of the wire's libraries look for, all at once."""
    if "error" not in answer:
        return answer
    code, text = answer["error"], answer.get("error_description", "")
    details = {"code": code, "error": code, "description": text, "error_description": text}
    state = {"state": answer["state"]} if "state" in answer else {}
    return {"err": {"status": status, "details": details, **details}, **state}
