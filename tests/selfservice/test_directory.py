"""Where an application's users may come from: ``/public/api/{client_id}/connections``, in JSON and JSONP."""

import json
import re
from urllib.parse import quote

import pytest
from tests.support.world import CONNECTION, World

from .asked import refused

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /public/api/{client_id}/connections")]

PATH = "/public/api/spa/connections"
FOUND = [{"name": CONNECTION, "strategy": "auth0", "status": True}]

NAMES = ("f", "$", "_a1", "__auth0jp0", "a.b.c", "jQuery111_222", "A" * 64)
NO_NAMES = (
    *("alert(1)", "f;alert(1)//", "f(", "f\n", "f ", " f", "a..b", ".a", "a.", "1a", "a-b", "a[0]", "a['b']"),
    *("</script><script>alert(1)</script>", "f\u2028", "fö", "ｆ", "f/**/", "f`", "f=1", "f\0", "A" * 65),
    *("a.b.c.d.e", "%66", "f%0a", "\\u0066", "//", "/*", "f<"),
)


async def test_json(world: World) -> None:
    """Without a callback the answer is JSON that any origin may read."""
    response = await world.browser().get(PATH, headers={"origin": "https://any.test"})
    assert (response.status_code, response.json()) == (200, FOUND)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("name", NAMES)
async def test_jsonp(world: World, name: str) -> None:
    """With cbx the answer is a script that calls the function of that name."""
    response = await world.browser().get(PATH, params={"cbx": name})
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.text.startswith(f"/**/{name}(")
    assert json.loads(response.text.removeprefix(f"/**/{name}(").removesuffix(");\n")) == FOUND


@pytest.mark.parametrize("name", NO_NAMES)
async def test_callback_that_is_no_name(world: World, name: str) -> None:
    """CVE class "script injection": a callback that is no plain name of a function is refused, in JSON."""
    response = await world.browser().get(f"{PATH}?cbx={quote(name, safe='')}")
    assert refused(response) == (400, "invalid_request")
    assert not {"alert", "<", "/*"} & set(re.findall(r"alert|<|/\*", response.text))


async def test_callback_twice(world: World) -> None:
    """Two callbacks are refused."""
    assert refused(await world.browser().get(f"{PATH}?cbx=f&cbx=g")) == (400, "invalid_request")


async def test_name_of_a_connection_cannot_leave_the_script(world: World) -> None:
    """What could end a script element or a line is escaped in the script."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    odd = "</script><!--&\u2028\u2029"
    renamed = type(connection)(connection_id="con_odd", name=odd, strategy="auth0", enabled_clients=("spa",))
    await world.commit(world.platform.stores.connections.put(world.tenant_id, renamed))
    text = (await world.browser().get(f"{PATH}?cbx=f")).text
    assert not set("<>&\u2028\u2029") & set(text)
    names = [each["name"] for each in json.loads(text.removeprefix("/**/f(").removesuffix(");\n"))]
    assert sorted(names) == sorted([odd, CONNECTION])


async def test_only_the_application_s_own(world: World) -> None:
    """Connections that are not enabled for the client are not told."""
    response = await world.browser().get("/public/api/spa/connections")
    assert [each["name"] for each in response.json()] == [CONNECTION]
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    await world.commit(world.platform.stores.connections.delete(world.tenant_id, connection.connection_id))
    assert (await world.browser().get(PATH)).json() == []


async def test_unknown_client(world: World) -> None:
    """An unknown client is 404 in JSON; a script says so by calling back, since one with a 404 never runs."""
    browser = world.browser()
    assert refused(await browser.get("/public/api/nobody/connections")) == (404, "not_found")
    response = await browser.get("/public/api/nobody/connections?cbx=f")
    told = '/**/f({"status":404,"error":"There is no such client."});\n'
    assert (response.status_code, response.text) == (200, told)
