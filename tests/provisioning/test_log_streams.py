"""Log streams in tenant files."""

import pytest
import yaml
from tests.provisioning.conftest import TENANT, Room, changes

from gatewright.log_streams import LogStream, SinkSecrets

pytestmark = pytest.mark.anyio

FILE = """
logStreams:
- name: Ours
  type: http
  status: paused
  isPriority: true
  filters: [{type: category, name: auth.login.fail}, {type: category, name: user.success}]
  sink:
    httpEndpoint: https://hooks.example.test/a
    httpContentFormat: JSONARRAY
    httpContentType: application/x-logs
    httpAuthorization: Bearer file-secret-0123456789
    httpCustomHeaders: [{header: X-Key, value: file-key-0123456789}]
- {name: Small, sink: {httpEndpoint: "https://hooks.example.test/b"}, startFrom: "2026-11-01T00:00:00.000Z"}
"""
SECRET, KEY = "Bearer file-secret-0123456789", "file-key-0123456789"


async def streams(room: Room) -> list[LogStream]:
    return await room.platform.stores.log_streams.all(TENANT)


async def secrets(room: Room) -> SinkSecrets:
    return room.platform.log_streams.secrets(TENANT, (await streams(room))[0])


async def test_applied_file_changes_nothing_the_second_time(room: Room) -> None:
    """A file applies, and once applied it is what the tenant is: the same secrets are no change."""
    assert changes(await room.apply(FILE)) == ["create log stream Ours", "create log stream Small"]
    ours, small = await streams(room)
    assert (ours.status, ours.is_priority, len(ours.filters)) == ("paused", True, 2)
    assert small.begins_at == 1_793_491_200
    assert (await secrets(room)).authorization == SECRET
    assert (await room.plan(FILE)).steps == ()


@pytest.mark.parametrize("with_secrets", [False, True])
async def test_export_gives_it_back(room: Room, with_secrets: bool) -> None:
    """What is exported changes nothing where it came from; secrets are in it when they are asked for."""
    await room.apply(FILE)
    text = await room.export(with_secrets=with_secrets)
    ours, small = yaml.safe_load(text)["logStreams"]
    assert small == {
        "name": "Small",
        "type": "http",
        "status": "active",
        "sink": {"httpEndpoint": "https://hooks.example.test/b"},
    }
    assert ours["isPriority"] is True
    assert (SECRET in text, KEY in text) == (with_secrets, with_secrets)
    assert (await room.plan(text)).steps == ()
    if with_secrets:
        await room.apply(text, tenant_id="copy", issuer="https://copy.example.test/")
        copied = (await room.platform.stores.log_streams.all("copy"))[0]
        assert room.platform.log_streams.secrets("copy", copied).header("x-key") == KEY


async def test_update_and_removal(room: Room) -> None:
    """A changed field is an update, a secret is told without its value, and what is missing goes."""
    await room.apply(FILE)
    changed = FILE.replace("status: paused", "status: active").replace(SECRET, "Bearer other").split("- {")[0]
    plan = await room.apply(changed)
    assert changes(plan) == ["delete log stream Small", "update log stream Ours"]
    assert "Bearer other" not in str([step.differences for step in plan.steps])
    (ours,) = await streams(room)
    assert ours.status == "active"
    assert await secrets(room) == SinkSecrets(
        authorization="Bearer other", headers=(await secrets(room)).headers
    )


async def test_secrets_left_out_stay(room: Room) -> None:
    """Secrets that a file does not mention stay while the endpoint does, and are wanted for another."""
    await room.apply(FILE)
    without = "\n".join(line for line in FILE.splitlines() if "Authorization" not in line)
    assert (await room.plan(without)).steps == ()
    moved = without.replace("hooks.example.test/a", "elsewhere.example.test/a")
    problems = await room.problems(moved)
    assert [problem.partition(": ")[2].partition(":")[0] for problem in problems] == [
        "logStreams[0].sink.httpAuthorization"
    ]


async def test_wrong_entries(room: Room) -> None:
    """Types that are not there, names that stand twice and too many streams are problems of the file."""
    sink = '{httpEndpoint: "https://a.test/"}'
    twice = "logStreams: [" + ", ".join(f"{{name: A, sink: {sink}}}" for _ in range(11)) + "]"
    problems = await room.problems(twice)
    assert any("11 log streams" in problem for problem in problems)
    assert any("is logStreams[0] already" in problem for problem in problems)
    other = "logStreams: [{name: A, type: datadog, sink: {}}]"
    assert any("logStreams[0].type" in problem for problem in await room.problems(other))
