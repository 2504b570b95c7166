"""What every server makes when it starts, made once a run: hundreds of servers start in it.

Templates are compiled to the same code each time, and a key of the world is the same key in all of them:
neither knows anything of the server that uses it.
"""

from collections.abc import Iterator
from functools import cache

import pytest

from gatewright.jose import signing
from gatewright.messages import composer
from gatewright.web import pages


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """Servers in this process share compiled templates and parsed signing keys."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "_environment", cache(pages._environment))
        patched.setattr(composer, "_environment", cache(composer._environment))
        patched.setattr(signing, "_primitive", cache(signing._primitive))
        yield
