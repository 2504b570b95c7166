"""Whether a password made a foreign hash."""

from gatewright.users.foreign_hashes.encodings import password_bytes
from gatewright.users.foreign_hashes.formats import FORMATS
from gatewright.users.foreign_hashes.storing import foreign


def matches(password: str, stored: str) -> bool:
    """Whether ``password`` made ``stored``; what is no hash was made by none.

    Takes as long as the hash's parameters say: call it where nobody waits.
    """
    custom = foreign(stored)
    if custom is None:
        return False
    typed = password_bytes(password, custom.password.encoding)
    return FORMATS[custom.algorithm].matches(custom, typed)


def work_of(stored: str) -> str:
    """Names how dear the comparison is; "" where it takes no time to speak of, as for what is no hash."""
    custom = foreign(stored)
    return "" if custom is None else FORMATS[custom.algorithm].work(custom)
