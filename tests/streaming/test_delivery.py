"""A stream tells every entry of the log, in order, at least once, whatever comes in between."""

import asyncio
import json

import orjson
import pytest
from tests.streaming.conftest import BEGIN, SINK, STREAM, TENANT, Mail, lines

from gatewright.audit import SETTLING
from gatewright.log_streams import CATEGORIES, LogFilter, category_of
from gatewright.outbound import OutboundRefused, OutboundUnreachable
from gatewright.storage.database import revision_bump
from gatewright.streaming.delivery import BATCH
from gatewright.streaming.failures import LONGEST_PAUSE, PATIENCE_SECONDS, back_off
from gatewright.streaming.turn import LEASE_SECONDS, WINDOW

pytestmark = pytest.mark.anyio


async def test_entry_as_it_is_sent(mail: Mail) -> None:
    """A request has the sink's headers and the entries as the wire shows them, each under its id."""
    await mail.put()
    (log_id,) = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    assert await mail.deliver() is None
    (request,) = mail.sink.requests
    assert (request.method, request.url) == ("POST", SINK.http_endpoint)
    assert request.headers == {
        "X-Key": "k",
        "Authorization": "Bearer s",
        "Content-Type": "application/json",
    }
    (told,) = lines(request)
    assert told == {
        "log_id": log_id,
        "data": {
            "log_id": log_id,
            "_id": log_id,
            "date": "2027-01-15T08:00:00.000Z",
            "type": "s",
            "details": {},
        },
    }


@pytest.mark.parametrize("form", ["JSONLINES", "JSONARRAY", "JSONOBJECT"])
async def test_formats(mail: Mail, form: str) -> None:
    """Entries come one a line, as a list, or as the logs of an object."""
    sink = type(SINK)(http_endpoint="https://a.test/", http_content_format=form, http_content_type="a/b")  # type: ignore[arg-type]
    await mail.put(sink=sink)
    ids = await mail.write("01", "02", at=BEGIN)
    mail.clock.advance(SETTLING)
    await mail.deliver()
    (request,) = mail.sink.requests
    content = request.content
    read = {
        "JSONLINES": lambda: [json.loads(line) for line in content.decode().splitlines()],
        "JSONARRAY": lambda: orjson.loads(content),
        "JSONOBJECT": lambda: orjson.loads(content)["logs"],
    }
    assert [each["log_id"] for each in read[form]()] == ids
    assert request.headers["Content-Type"] == "a/b"


async def test_order_and_batches(mail: Mail) -> None:
    """A backlog goes out in batches, in the order of ids, whatever order it was written in."""
    await mail.put()
    tails = [f"{n:04d}" for n in range(2 * BATCH + 7)]
    ids = await mail.write(*reversed(tails), at=BEGIN)
    await mail.write("0001", at=BEGIN, tenant="other")
    mail.clock.advance(SETTLING)
    assert await mail.deliver() is None
    assert mail.sink.told() == sorted(ids)
    assert [len(lines(each)) for each in mail.sink.requests] == [BATCH, BATCH, 7]
    assert await mail.deliver() is None
    assert len(mail.sink.told()) == len(ids)


async def test_what_is_not_settled_waits(mail: Mail) -> None:
    """An entry is told when no other can come before it any more, and then without being called."""
    await mail.put()
    early = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    young = await mail.write("01", at=BEGIN + 1)
    assert await mail.deliver() == SETTLING
    assert mail.sink.told() == early
    mail.clock.advance(SETTLING)
    assert await mail.deliver() is None
    assert mail.sink.told() == [*early, *young]


async def test_late_entry_is_not_lost(mail: Mail) -> None:
    """An entry whose unit commits after later ones were told is told too: with its second, once more."""
    await mail.put()
    first = await mail.write("02", at=BEGIN)
    second = await mail.write("05", at=BEGIN + 1)
    mail.clock.advance(SETTLING + 1)
    await mail.deliver()
    late = await mail.write("01", at=BEGIN)
    same = await mail.write("04", at=BEGIN + 1)
    mail.clock.advance(WINDOW - SETTLING - 1)
    await mail.deliver()
    assert mail.sink.told() == [*first, *second, *late, *first, *same, *second]
    await mail.deliver()
    assert len(mail.sink.told()) == 6


async def test_late_second_of_many(mail: Mail) -> None:
    """A second with more entries than a batch is told again as a whole, in batches."""
    await mail.put()
    await mail.write(*(f"{n:04d}" for n in range(1, BATCH + 5)), at=BEGIN)
    mail.clock.advance(SETTLING)
    await mail.deliver()
    mail.sink.requests.clear()
    (late,) = await mail.write("0000", at=BEGIN)
    await mail.deliver()
    told = mail.sink.told()
    assert (told[0], len(told), len(set(told))) == (late, BATCH + 5, BATCH + 5)


async def test_late_entry_where_nothing_was(mail: Mail) -> None:
    """A second that was empty when it was passed is told when an entry comes into it."""
    await mail.put()
    await mail.write("01", at=BEGIN + 5)
    mail.clock.advance(5 + SETTLING)
    await mail.deliver()
    (late,) = await mail.write("01", at=BEGIN + 3)
    await mail.deliver()
    assert mail.sink.told()[1:] == [late]


async def test_late_entry_survives_a_failure(mail: Mail) -> None:
    """A late entry that is not taken is tried again like another."""
    await mail.put()
    await mail.write("02", at=BEGIN)
    mail.clock.advance(SETTLING)
    await mail.deliver()
    (late,) = await mail.write("01", at=BEGIN)
    mail.sink.status = 500
    pause = await mail.deliver()
    assert pause is not None
    mail.sink.status = 200
    mail.clock.advance(pause)
    await mail.deliver()
    assert late in mail.sink.told()


async def test_entries_before_the_stream(mail: Mail) -> None:
    """What is older than the stream is not told, even if it is seen late; startFrom moves that back."""
    old = await mail.write("01", at=BEGIN - 10)
    await mail.put()
    new = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    await mail.deliver()
    await mail.write("02", at=BEGIN - 1)
    await mail.deliver()
    assert mail.sink.told() == new
    assert old[0] not in mail.sink.told()


async def test_filters(mail: Mail) -> None:
    """Only entries of the categories that are asked for go out; the others are behind it all the same."""
    await mail.put(filters=(LogFilter(name="auth.login.fail"), LogFilter(name="other")))
    wanted = await mail.write("01", at=BEGIN, code="fp")
    await mail.write("02", at=BEGIN, code="s")
    wanted += await mail.write("03", at=BEGIN, code="something-new")
    mail.clock.advance(SETTLING)
    await mail.deliver()
    assert mail.sink.told() == wanted
    await mail.change(filters=(LogFilter(name="management.success"),))
    await mail.write("01", at=BEGIN + 1, code="s")
    mail.clock.advance(SETTLING)
    assert await mail.deliver() is None
    assert len(mail.sink.requests) == 1


def test_every_code_has_one_category() -> None:
    """No code stands in two categories, and what stands in none is other."""
    codes = [code for found in CATEGORIES.values() for code in found]
    assert len(codes) == len(set(codes)) > 80
    assert category_of("sapi") == "management.success"
    assert category_of("never heard of") == "other"


@pytest.mark.parametrize("status", [199, 301, 302, 400, 401, 404, 410, 429, 500, 503])
async def test_other_answers_than_2xx(mail: Mail, status: int) -> None:
    """Whatever is not a 2xx took nothing: the batch comes again."""
    await mail.put()
    ids = await mail.write("01", "02", at=BEGIN)
    mail.clock.advance(SETTLING)
    mail.sink.status = status
    assert await mail.deliver() == back_off(1)
    mail.sink.status = 204
    assert await mail.deliver() == back_off(1), "its turn has not come"
    assert mail.sink.told() == []
    mail.clock.advance(back_off(1))
    assert await mail.deliver() is None
    assert mail.sink.told() == ids


@pytest.mark.parametrize(
    "trouble", [OutboundUnreachable("nobody"), OutboundRefused("private")], ids=["unreachable", "refused"]
)
async def test_no_answer(mail: Mail, trouble: Exception) -> None:
    """A receiver that is not there, or must not be asked, is tried again after pauses that grow."""
    await mail.put()
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    mail.sink.trouble = trouble
    pauses = []
    for _ in range(14):
        pause = await mail.deliver()
        assert pause is not None
        pauses.append(pause)
        mail.clock.advance(pause)
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-1] == LONGEST_PAUSE
    mail.sink.trouble = None
    await mail.deliver()
    assert mail.sink.told() == ids


async def test_pauses_differ() -> None:
    """Streams that fail together are not tried together."""
    found = {round(back_off(5) * (0.5 + spread / 2)) for spread in (0, 0.25, 0.5, 1)}
    assert (min(found), max(found), len(found)) == (40, 80, 4)


async def test_receiver_may_ask_for_a_pause(mail: Mail) -> None:
    """Retry-After is kept, within an hour."""
    await mail.put()
    await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    mail.sink.status = 429
    for asked, pause in (("90", 90), ("99999", LONGEST_PAUSE), ("soon", back_off(3))):
        mail.sink.headers = {"retry-after": asked}
        assert await mail.deliver() == pause
        mail.clock.advance(pause)


async def test_half_a_backlog(mail: Mail) -> None:
    """What was taken before a failure does not come again."""
    await mail.put()
    ids = await mail.write(*(f"{n:04d}" for n in range(BATCH + 1)), at=BEGIN)
    mail.clock.advance(SETTLING)
    taken = mail.sink.send

    async def once(request: object) -> object:
        mail.sink.status = 500 if mail.sink.requests else 200
        return await taken(request)  # type: ignore[arg-type]

    mail.sink.send = once  # type: ignore[method-assign, assignment]
    pause = await mail.deliver()
    assert pause is not None
    mail.sink.send = taken  # type: ignore[method-assign]
    mail.sink.status = 200
    mail.clock.advance(pause)
    await mail.deliver()
    assert mail.sink.told() == ids


async def test_suspended_after_a_week(mail: Mail) -> None:
    """A stream that fails for a week is suspended, which the log tells; made active it goes on."""
    await mail.put()
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    mail.sink.status = 500
    while (pause := await mail.deliver()) is not None:
        mail.clock.advance(pause)
    assert (await mail.stream()).status == "suspended"
    assert PATIENCE_SECONDS <= mail.clock.now() - BEGIN <= PATIENCE_SECONDS + 2 * LONGEST_PAUSE
    assert await mail.deliver() is None
    (told,) = await mail.stores.logs.newest(TENANT, limit=1)
    assert (told.event, told.details["log_stream_id"]) == ("LogStreamSuspended", STREAM)
    assert told.description.endswith("the receiver answered 500")
    await mail.change(status="active")
    mail.sink.status = 200
    mail.clock.advance(SETTLING)
    await mail.deliver()
    assert mail.sink.told() == [*ids, told.log_id]


async def test_suspension_waits_for_the_tenant(mail: Mail) -> None:
    """Whoever changed the stream in the very moment in which it was to be suspended is heard."""
    await mail.put()
    await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    mail.sink.status = 500
    await mail.deliver()
    mail.clock.advance(PATIENCE_SECONDS)
    sent = mail.sink.send

    async def meanwhile(request: object) -> object:
        await mail.change(name="Renamed")
        return await sent(request)  # type: ignore[arg-type]

    mail.sink.send = meanwhile  # type: ignore[method-assign, assignment]
    await mail.deliver()
    assert (await mail.stream()).name == "Renamed"


@pytest.mark.parametrize("status", ["paused", "suspended"])
async def test_stream_that_is_not_active(mail: Mail, status: str) -> None:
    """Nothing goes out while it is not active; then it goes on where it was."""
    await mail.put(status=status)
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    assert await mail.deliver() is None
    assert mail.sink.requests == []
    mail.clock.advance(WINDOW * 2)
    await mail.change(status="active")
    await mail.deliver()
    assert mail.sink.told() == ids


async def test_paused_in_the_middle(mail: Mail) -> None:
    """A backlog stops at the batch during which the stream was paused."""
    await mail.put()
    ids = await mail.write(*(f"{n:04d}" for n in range(3 * BATCH)), at=BEGIN)
    mail.clock.advance(SETTLING)
    sent = mail.sink.send

    async def pausing(request: object) -> object:
        stream = await mail.stream()
        if stream.status == "active":
            paused = type(stream)(
                **{**{f: getattr(stream, f) for f in stream.__struct_fields__}, "status": "paused"}
            )
            store = mail.stores.log_streams
            await mail.database.run((store.suspend(TENANT, paused), revision_bump(TENANT)))
        return await sent(request)  # type: ignore[arg-type]

    mail.sink.send = pausing  # type: ignore[method-assign, assignment]
    assert await mail.deliver() is None
    assert mail.sink.told() == ids[:BATCH]


async def test_deleted_stream(mail: Mail) -> None:
    """A stream that is gone is nobody's turn."""
    await mail.put()
    await mail.database.run((*mail.stores.log_streams.delete(TENANT, STREAM), revision_bump(TENANT)))
    assert await mail.deliver() is None


async def test_one_of_many_processes(mail: Mail) -> None:
    """Many who deliver one stream at a time tell each entry once, in order."""
    await mail.put()
    ids = await mail.write(*(f"{n:04d}" for n in range(5 * BATCH)), at=BEGIN)
    mail.clock.advance(SETTLING)
    sent = mail.sink.send

    async def slowly(request: object) -> object:
        await asyncio.sleep(0)
        return await sent(request)  # type: ignore[arg-type]

    mail.sink.send = slowly  # type: ignore[method-assign, assignment]
    await asyncio.gather(*(mail.deliver() for _ in range(8)))
    await mail.deliver()
    assert mail.sink.told() == ids


async def test_process_that_died_with_the_turn(mail: Mail) -> None:
    """A lease that nobody gave back ends; then another tells what was not told, perhaps twice."""
    await mail.put()
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    now = mail.clock.now()
    await mail.stores.log_progress.take(TENANT, STREAM, owner="dead", now=now, until=now + LEASE_SECONDS)
    assert await mail.deliver() == LEASE_SECONDS
    mail.clock.advance(LEASE_SECONDS)
    assert await mail.deliver() is None
    assert mail.sink.told() == ids


async def test_process_that_was_overtaken(mail: Mail) -> None:
    """Whoever was so slow that another took the turn does not move the position."""
    await mail.put()
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    sent = mail.sink.send

    async def overtaken(request: object) -> object:
        mail.sink.send = sent  # type: ignore[method-assign]
        mail.clock.advance(LEASE_SECONDS)
        assert await mail.deliver() is None
        await mail.write("01", at=mail.clock.now())
        return await sent(request)  # type: ignore[arg-type]

    mail.sink.send = overtaken  # type: ignore[method-assign, assignment]
    assert await mail.deliver() == SETTLING
    assert mail.sink.told() == ids * 2
    mail.clock.advance(SETTLING)
    await mail.deliver()
    assert len(mail.sink.told()) == 3


async def test_stopped_in_the_middle_of_a_request(mail: Mail) -> None:
    """A process that is stopped gives the turn back, so that nobody waits for its lease."""
    await mail.put()
    ids = await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    sent, started = mail.sink.send, asyncio.Event()

    async def never(request: object) -> object:
        started.set()
        return await asyncio.Event().wait()

    mail.sink.send = never  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(mail.deliver())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    mail.sink.send = sent  # type: ignore[method-assign]
    assert await mail.deliver() is None
    assert mail.sink.told() == ids


async def test_secrets_of_another_master_key(mail: Mail) -> None:
    """A stream whose secrets cannot be read sends nothing without them."""
    await mail.put()
    await mail.change(sealed=(await mail.stream()).sealed[:-4] + "AAAA")
    await mail.write("01", at=BEGIN)
    mail.clock.advance(SETTLING)
    assert await mail.deliver() == back_off(1)
    assert mail.sink.requests == []


async def test_slow_receiver_of_a_late_second(mail: Mail) -> None:
    """However long a late second takes to tell, it is told once more and no more than that."""
    await mail.put()
    await mail.write(*(f"{n:04d}" for n in range(1, 5 * BATCH)), at=BEGIN)
    mail.clock.advance(SETTLING)
    await mail.deliver()
    mail.sink.requests.clear()
    await mail.write("0000", at=BEGIN)
    sent = mail.sink.send

    async def slowly(request: object) -> object:
        mail.clock.advance(LEASE_SECONDS // 3)
        assert await mail.deliver() is not None
        return await sent(request)  # type: ignore[arg-type]

    mail.sink.send = slowly  # type: ignore[method-assign, assignment]
    assert await mail.deliver() is None
    assert len(mail.sink.told()) == 5 * BATCH
