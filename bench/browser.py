"""A browser of one server: keeps cookies, follows redirects, fills forms; no script, no other hosts."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlencode, urljoin, urlsplit

from bench.forms import Form, choose_form, fill, read_forms
from bench.targets import Target

LONGEST_JOURNEY = 15
FORM_TYPE = "application/x-www-form-urlencoded"


class JourneyFailed(Exception):
    """The server answered something a journey cannot go on from; the text says what was seen where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `url` is the one that was asked."""

    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def redirect(self) -> str:
        """The absolute address of a redirect, or an empty string."""
        location = self.headers.get("Location", "")
        return urljoin(self.url, location) if self.status in (301, 302, 303, 307, 308) else ""

    def excerpt(self) -> str:
        """Status, address without its query, and the beginning of the body on one line."""
        text = " ".join(self.body[:300].decode(errors="replace").split())
        return f"{self.status} at {self.url.partition('?')[0]}: {text}"


class Cookies:
    """Cookies by name and path (RFC 6265); there is one host, so domains and Secure do not matter."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def take(self, headers: Message) -> None:
        """Keep or forget what Set-Cookie says."""
        for line in headers.get_all("Set-Cookie", []):
            pair, *attributes = line.split(";")
            name, _, value = pair.strip().partition("=")
            said = {
                key.strip().lower(): text.strip() for key, _, text in (a.partition("=") for a in attributes)
            }
            key = (name, said.get("path") or "/")
            if said.get("max-age") == "0" or "1970" in said.get("expires", ""):
                self._kept.pop(key, None)
            else:
                self._kept[key] = value

    def header(self, path: str) -> str:
        """The Cookie field for a request to `path`, or an empty string."""
        fitting = [(n, v) for (n, scope), v in self._kept.items() if path_matches(path, scope)]
        return "; ".join(f"{name}={value}" for name, value in fitting)


def path_matches(path: str, scope: str) -> bool:
    """Whether a cookie with path attribute `scope` goes to `path` (RFC 6265 section 5.1.4)."""
    return path == scope or path.startswith(scope if scope.endswith("/") else scope + "/")


class Browser:
    """One person's browser; its connection stays open between requests."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection = http.client.HTTPConnection(*target.address, timeout=30)
        self.cookies = Cookies()

    def close(self) -> None:
        """Close the connection; cookies stay."""
        self._connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One GET request, redirects not followed."""
        return self._send("GET", path, None, headers or {})

    def post(self, path: str, fields: Mapping[str, str] | list[tuple[str, str]], **headers: str) -> Answer:
        """One POST request of a form, redirects not followed."""
        return self._send("POST", path, urlencode(fields).encode(), {"Content-Type": FORM_TYPE, **headers})

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        url = urljoin(self._target.base_url, path)
        cookie = self.cookies.header(urlsplit(url).path)
        fields = {"Host": self._target.host, "Accept": "*/*", **headers}
        if cookie:
            fields["Cookie"] = cookie
        try:
            answer = self._exchange(method, path, body, fields)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()  # an idle connection was closed by the server: once more on a new one
            answer = self._exchange(method, path, body, fields)
        result = Answer(url, answer.status, answer.headers, answer.read())
        self.cookies.take(result.headers)
        return result

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, dict(headers))
        return self._connection.getresponse()

    def follow(self, answer: Answer, until: str) -> Answer:
        """Follow redirects inside the server; stops at a page or at an address that begins with `until`."""
        for _ in range(LONGEST_JOURNEY):
            if not answer.redirect or answer.redirect.startswith(until):
                return answer
            if urlsplit(answer.redirect).netloc != self._target.host:
                raise JourneyFailed(f"redirected to a foreign place: {answer.redirect.partition('?')[0]}")
            parts = urlsplit(answer.redirect)
            answer = self.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        raise JourneyFailed(
            f"more than {LONGEST_JOURNEY} redirects, the last at {answer.url.partition('?')[0]}"
        )

    def submit(self, page: Answer, form: Form, user: str, password: str) -> Answer:
        """Send a form of `page` as a person would; the answer's redirects are not followed."""
        fields = fill(form, user, password)
        parts = urlsplit(urljoin(page.url, form.action) if form.action else page.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if form.method == "post":
            origin = f"http://{self._target.host}"
            return self.post(path, fields, Origin=origin, Referer=page.url)
        return self.get(f"{parts.path}?{urlencode(fields)}")

    def travel(self, path: str, until: str) -> str:
        """From `path` through redirects and forms to an address that begins with `until`; returns it."""
        answer = self.follow(self.get(path), until)
        for _ in range(LONGEST_JOURNEY):
            if answer.redirect:
                return answer.redirect
            answer = self.follow(self.submit(answer, open_form(answer), *self._person), until)
        raise JourneyFailed(f"more than {LONGEST_JOURNEY} forms, the last {answer.excerpt()}")

    @property
    def _person(self) -> tuple[str, str]:
        return self._target.user, self._target.password


def open_form(page: Answer) -> Form:
    """The form a page wants filled; raises `JourneyFailed` when it is no page or has none."""
    form = choose_form(read_forms(page.body.decode(errors="replace"))) if page.status == 200 else None
    if form is None:
        raise JourneyFailed(f"a page with a form was expected, seen {page.excerpt()}")
    return form
