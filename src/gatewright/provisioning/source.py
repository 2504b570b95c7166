"""YAML text → plain values, with the line on which each of them stands.

Scalars are read as YAML 1.2 reads them (§10.3, core schema): ``no`` and ``2001-01-01`` are text.
What a tenant file has no use for is refused: tags, repeated keys, several documents, deep nesting.
Aliases are allowed, and what they stand for is counted each time, so that a small file stays small.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from gatewright.provisioning.problems import InvalidFile, Problem, inside, shown

LARGEST = 16 * 2**20
"""Bytes; more is not a tenant file."""

DEEPEST = 32
MOST_VALUES = 1_000_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
NUMBER = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}(?:\.[0-9]{0,18})?)(?:[eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says. ``lines`` maps a path such as ``clients[0].name`` to its line, from 1."""

    value: object
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int | None:
        """The line of ``path``, or of the nearest thing around it."""
        while path not in self.lines and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)


def read_yaml(content: bytes) -> Source:
    """The values in ``content``: dicts, lists, texts, numbers, booleans and ``None``.

    Raises ``InvalidFile``.
    """
    if len(content) > LARGEST:
        raise InvalidFile([Problem("", f"{len(content)} bytes; wanted: at most {LARGEST}")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile([Problem("", "not UTF-8", line)]) from None
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.feed(event)
    except yaml.YAMLError as error:
        raise InvalidFile([_unreadable(error)]) from None
    return Source(builder.root, builder.lines)


def _unreadable(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return Problem("", f"not YAML: {' '.join(str(what).split())}", mark.line + 1 if mark else None)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. ``weight`` counts the values in it, aliases expanded."""

    value: list[object] | dict[str, object]
    path: str
    anchor: str | None
    key: str | None = None
    weight: int = 1


class _Builder:
    """Takes the parser's events one by one."""

    def __init__(self) -> None:
        self.root: object = None
        self.lines: dict[str, int] = {}
        self._documents = 0
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[object, int]] = {}
        self._weight = 0

    def feed(self, event: yaml.Event) -> None:
        """The next event. Raises ``InvalidFile``."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self._open.pop()
            self._finished(done.value, done.weight, done.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _refused("", "a second document; wanted: one document in a file", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        is_key = self._wants_key()
        path = self._place(line, event.value if is_key else None)
        if event.tag is not None and event.tag != "!":
            raise _refused(path, f"the tag {shown(event.tag)}; wanted: values without tags", line)
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in event.value):
            raise _refused(path, "a character that cannot be kept (U+0000 or half a surrogate pair)", line)
        if is_key:
            self._key(event.value, path, line)
        else:
            self._finished(_resolved(event.value) if event.implicit[0] else event.value, 1, event.anchor)

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, line: int) -> None:
        path = self._place(line)
        if self._wants_key():
            raise _refused(path, "a key that is a list or mapping; wanted: text", line)
        if event.tag is not None:
            raise _refused(path, f"the tag {shown(event.tag)}; wanted: values without tags", line)
        if len(self._open) >= DEEPEST:
            raise _refused(path, f"more than {DEEPEST} levels deep", line)
        value: list[object] | dict[str, object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, path, event.anchor))

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        path = self._place(line)
        if self._wants_key():
            raise _refused(path, "an alias as key; wanted: text", line)
        if event.anchor not in self._anchored:
            raise _refused(path, f"*{event.anchor} stands for nothing that ended before it", line)
        self._finished(*self._anchored[event.anchor], None)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _place(self, line: int, key: str | None = None) -> str:
        """The path of the value that begins now, its line noted."""
        if not self._open:
            return ""
        around = self._open[-1]
        if isinstance(around.value, list):
            path = f"{around.path}[{len(around.value)}]"
        else:
            path = inside(around.path, (key if around.key is None else around.key) or "")
        self.lines.setdefault(path, line)
        return path

    def _key(self, key: str, path: str, line: int) -> None:
        around = self._open[-1]
        assert isinstance(around.value, dict)
        if key == "<<":
            raise _refused(path, "merge keys are not understood; write the values out", line)
        if key in around.value:
            raise _refused(path, "stands here twice", line)
        around.key = key

    def _finished(self, value: object, weight: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchored[anchor] = (value, weight)
        if not self._open:
            self.root = value
            return
        around = self._open[-1]
        around.weight += weight
        if around.weight > MOST_VALUES:
            raise _refused(around.path, f"more than {MOST_VALUES} values, aliases expanded", None)
        if isinstance(around.value, list):
            around.value.append(value)
        else:
            assert around.key is not None
            around.value[around.key], around.key = value, None


def _resolved(text: str) -> object:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def _refused(path: str, message: str, line: int | None) -> InvalidFile:
    return InvalidFile([Problem(path, message, line)])
