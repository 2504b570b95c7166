"""Dates in queries: a year, a month, a day or a moment, as the span of seconds that it names."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)


def span_of(text: str) -> tuple[int, int] | None:
    """The first and the last second UTC of ``text``, in ISO 8601 (RFC 3339 §5.6); ``None``: it is no date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups()[:6])
    assert year is not None
    try:
        zone = _zone(found[7])
        first = datetime(year, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=zone)
        last_month = month or 12
        last_day = day or monthrange(year, last_month)[1]
        last = datetime(
            year, last_month, last_day, _or(hour, 23), _or(minute, 59), _or(second, 59), tzinfo=zone
        )
        return int(first.timestamp()), int(last.timestamp())
    except (ValueError, OverflowError):
        return None


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
