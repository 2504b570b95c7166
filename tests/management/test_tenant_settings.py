"""``/api/v2/tenants/settings``: what an administrator sets for the whole tenant."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import API, CONNECTION, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/tenants/settings"


async def test_everything_in_force_is_shown(robot: Caller) -> None:
    """Defaults are shown as what was chosen is: lifetimes in hours, and each flag."""
    shown = await robot.read(PATH)
    assert (shown["session_lifetime"], shown["idle_session_lifetime"]) == (168, 72)
    assert shown["session_cookie"] == {"mode": "persistent"}
    assert shown["enabled_locales"] == ["en", "de"]
    assert shown["flags"]["allow_legacy_tokeninfo_endpoint"] is True
    assert "picture_url" not in shown


async def test_fields_are_selected(robot: Caller) -> None:
    """Only the fields asked for come, or all but them."""
    assert await robot.read(f"{PATH}?fields=session_lifetime") == {"session_lifetime": 168}
    rest = await robot.read(f"{PATH}?fields=session_lifetime&include_fields=false")
    assert "session_lifetime" not in rest
    assert "flags" in rest


async def test_update_changes_what_it_names(world: World, robot: Caller) -> None:
    """What is sent is in force at once, and everything else stays."""
    before = await robot.read(PATH)
    sent = {"friendly_name": "Acme", "session_lifetime": 12.5, "idle_session_lifetime": 1}
    sent |= {"default_audience": API, "default_directory": CONNECTION}
    response = await robot.patch(PATH, sent)
    assert response.status_code == 200
    assert response.json() == before | sent == await robot.read(PATH)
    tenant = await world.platform.tenants.get(world.tenant_id)
    assert (tenant.name, tenant.settings.session_lifetime) == ("Acme", 12.5)


async def test_flags_are_changed_one_by_one(robot: Caller) -> None:
    """A flag that is sent changes, null brings its default back, and the others stay."""
    await robot.patch(PATH, {"flags": {"allow_legacy_ro_grant_types": False, "enable_sso": True}})
    flags = (await robot.patch(PATH, {"flags": {"revoke_refresh_token_grant": True}})).json()["flags"]
    assert flags["allow_legacy_ro_grant_types"] is False
    assert (flags["enable_sso"], flags["revoke_refresh_token_grant"]) == (True, True)
    response = await robot.patch(PATH, {"flags": {"allow_legacy_ro_grant_types": None, "enable_sso": None}})
    assert response.json()["flags"]["allow_legacy_ro_grant_types"] is True
    assert "enable_sso" not in response.json()["flags"]


async def test_null_brings_the_default_back(robot: Caller) -> None:
    """A setting that is sent as null is what it was before anybody chose."""
    before = await robot.read(PATH)
    await robot.patch(PATH, {"session_lifetime": 200, "support_email": "help@example.test"})
    response = await robot.patch(PATH, {"session_lifetime": None, "support_email": None})
    assert response.json() == before


async def test_what_was_read_can_be_sent_back(robot: Caller) -> None:
    """The settings as they are read are accepted as an update, and change nothing."""
    before = await robot.read(PATH)
    assert (await robot.patch(PATH, before)).json() == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"session_lifetime": 0}, "session_lifetime: read 0"),
        ({"session_lifetime": "long"}, "session_lifetime: read 'long'"),
        ({"session_lifetime": 5, "idle_session_lifetime": 6}, "idle_session_lifetime: read 6"),
        ({"default_audience": "https://nowhere.test/"}, "default_audience: no API"),
        ({"default_directory": "nowhere"}, "default_directory: no database 'nowhere'"),
        ({"allowed_logout_urls": ["javascript:alert(1)"]}, "allowed_logout_urls[0]: read "),
        ({"picture_url": "javascript:alert(1)"}, "picture_url: read "),
        ({"enabled_locales": ["?"]}, "enabled_locales[0]: read '?'"),
        ({"session_cookie": {"mode": "eternal"}}, "session_cookie.mode: read 'eternal'"),
        ({"flags": {"fly": True}}, "flags.fly: no such field"),
        ({"flags": {"enable_sso": "yes"}}, "flags.enable_sso: read 'yes'"),
        ({"flags": True}, "flags: read "),
        ({"friendly_nam": "A"}, "friendly_nam: no such field; did you mean friendly_name?"),
        ({"issuer": "https://evil.test/"}, "issuer: no such field"),
        ({"token_claims": [{"claim": "x"}]}, "token_claims[0].value: missing"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A setting that breaks a rule is refused by its path, and nothing changes."""
    before = await robot.read(PATH)
    response = await robot.patch(PATH, {"friendly_name": "Changed", **body})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(PATH) == before


async def test_stale_update_is_refused(robot: Caller) -> None:
    """If-Match of another state refuses, and nothing changes."""
    etag = (await robot.get(PATH)).headers["etag"]
    await robot.patch(PATH, {"friendly_name": "First"})
    response = await robot.patch(PATH, {"friendly_name": "Late"}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")
    assert (await robot.read(PATH))["friendly_name"] == "First"


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says which settings changed, from what to what, and by whom."""
    await robot.patch(PATH, {"session_lifetime": 100})
    (entry,) = await world.logs(limit=1)
    assert (entry.type, entry.client_id, entry.description) == ("sapi", "robot", "Update tenant settings")
    (step,) = entry.details["changes"]
    assert step["fields"] == {"session_lifetime": {"after": 100}}
