"""What is found out about a token."""

import datetime
from dataclasses import dataclass

from gatewright_guard import Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``kind`` names the token; ``facts`` are pairs of label and value; ``problems`` say what to change.

    ``is_good``: the token is in force, and accepted where one would send it.
    """

    kind: str
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[Diagnosis, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing stands against it."""
        return not self.problems


def when(at: object, now: int) -> str:
    """A time of seconds UTC for people: date and distance from ``now``."""
    if not isinstance(at, int | float) or isinstance(at, bool) or not 0 <= at <= 253_402_300_799:
        return "not said" if at is None else "not a time"
    stamp = datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"{stamp} ({distance(int(at) - now)})"


def distance(seconds: int) -> str:
    """``in 2 h``, ``5 min ago``."""
    size = abs(seconds)
    for length, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if size >= 2 * length:
            text = f"{size // length} {unit}"
            break
    else:
        text = f"{size} s"
    return f"in {text}" if seconds > 0 else f"{text} ago"


EXPIRED = Diagnosis(
    seen="a token whose time is over",
    expected="a token in force",
    change="get a new one: by the refresh token, by silent authentication, or by signing in",
)
REVOKED = Diagnosis(
    seen="a token that was revoked",
    expected="a token in force",
    change="sign in again; it was revoked by a logout of the application, a changed password, "
    "or because a code or refresh token was used twice",
)
NO_USER = Diagnosis(
    seen="a token of a user who is blocked or gone",
    expected="a user who may sign in",
    change="unblock the user",
)
