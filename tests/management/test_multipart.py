"""Forms with files, read as a stream."""

from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect, Request

from gatewright.management.errors import InvalidBody, NoForm, Refusal, TooLarge
from gatewright.management.multipart import MOST_PARTS, FormPart, MultipartReader, text_of

pytestmark = pytest.mark.anyio

KIND = "multipart/form-data; boundary=xyz"


def request_of(content: bytes, *, kind: str = KIND, step: int = 1_000, length: int | None = None) -> Request:
    """A request whose body comes in pieces of ``step`` bytes."""
    pieces = [content[place : place + step] for place in range(0, len(content), step)]
    told = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    told.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, object]:
        return told.pop(0)

    headers = [(b"content-type", kind.encode())]
    headers += [] if length is None else [(b"content-length", str(length).encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def read(content: bytes, *, most: int = 10_000, **options: int) -> list[tuple[str, bytes]]:
    """Every part with its content."""
    reader = MultipartReader(request_of(content, **options), most=most)
    return [(each.name, b"".join([piece async for piece in each.content])) async for each in reader.parts()]


FILE = b'{"a": 1}\r\n--xy\r\n\r\n--x\r\r\n'
FORM = part("users", FILE, '; filename="u; x.json"\r\nContent-Type: application/json') + part(
    "upsert", b"true"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1_000])
@pytest.mark.parametrize("before", [b"", b"\r\n", b"preamble\r\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\r\nepilogue"])
async def test_parts(step: int, before: bytes, after: bytes) -> None:
    """Parts come in their order with their very bytes, however the body is cut."""
    found = await read(before + FORM + b"--xyz--" + after, step=step)
    assert found == [("users", FILE), ("upsert", b"true")]


async def test_part_that_is_not_read() -> None:
    """A part that nobody reads is passed over."""
    reader = MultipartReader(request_of(FORM + b"--xyz--", step=3), most=10_000)
    assert [each.name async for each in reader.parts()] == ["users", "upsert"]


async def test_empty_parts() -> None:
    """A part may be empty, and so may a form."""
    assert await read(part("a", b"") + b"--xyz--") == [("a", b"")]
    assert await read(b"--xyz--") == []


async def test_name_is_not_that_of_the_file() -> None:
    """The name of a file is not taken for that of its part."""
    assert await read(part("a", b"1", '; filename="name=b"') + b"--xyz--") == [("a", b"1")]
    head = b'--xyz\r\ncontent-disposition: form-data; filename="f"; name="a"\r\n\r\n1\r\n'
    assert await read(head + b"--xyz--") == [("a", b"1")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"--xyz",
        FORM,
        FORM[:-30],
        b"--xyzz\r\n",
        b"--xyz\r\n\r\n\r\n--xyz--",
        b"--xyz  \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xyz--",
        b"--xyz\r\nContent-Disposition: attachment\r\n\r\n1\r\n--xyz--",
        b"--xyz\r\nX: " + b"x" * 5_000 + b"\r\n\r\n1\r\n--xyz--",
        part("a", b"1") * (MOST_PARTS + 1) + b"--xyz--",
    ],
    ids=range(10),
)
async def test_what_is_no_form(content: bytes) -> None:
    """What breaks off, has no name, too many parts or too long a head is refused."""
    with pytest.raises(InvalidBody):
        await read(content)


@pytest.mark.parametrize("step", [1, 1_000])
async def test_more_than_is_read(step: int) -> None:
    """A form is read up to so many bytes, and not one more."""
    content = part("a", b"x" * 100) + b"--xyz--"
    assert await read(content, most=len(content), step=step)
    with pytest.raises(TooLarge):
        await read(content, most=len(content) - 1, step=step)


async def test_length_that_says_too_much() -> None:
    """A length that is too much is refused before anything is read."""
    with pytest.raises(TooLarge):
        MultipartReader(request_of(b"", length=10_001), most=10_000)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=xyz",
        f"multipart/form-data; boundary={'x' * 71}",
    ],
)
async def test_other_content_types(kind: str) -> None:
    """A body of another type, or a form without its boundary, is refused."""
    with pytest.raises(NoForm):
        MultipartReader(request_of(b"", kind=kind), most=10_000)


@pytest.mark.parametrize("kind", ['multipart/form-data; charset=utf-8; boundary="xyz"', f"{KIND}; a=b"])
async def test_boundaries(kind: str) -> None:
    """The boundary may be quoted, and stand among other parameters."""
    reader = MultipartReader(request_of(FORM + b"--xyz--", kind=kind), most=10_000)
    assert [each.name async for each in reader.parts()] == ["users", "upsert"]


async def test_caller_who_goes_away() -> None:
    """A caller who goes away in the middle is no accident of ours."""

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", KIND.encode())]}
    reader = MultipartReader(Request(scope, receive), most=10_000)
    with pytest.raises(Refusal):
        _ = [each async for each in reader.parts()]
    assert not issubclass(ClientDisconnect, Refusal)


@pytest.mark.parametrize("content", [b"x" * 11, b"\xff", b"a\0b"], ids=["long", "bytes", "NUL"])
async def test_texts(content: bytes) -> None:
    """A field is short text in UTF-8."""

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    with pytest.raises(InvalidBody):
        await text_of(FormPart("a", pieces()), longest=10)
