"""How a foreign hash is kept beside ours: as its own text where it is one, as a JSON object otherwise."""

import msgspec

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.formats import FORMATS
from gatewright.users.foreign_hashes.model import CustomPasswordHash, HashValue

_WHOLE = {"$2": "bcrypt", "$argon2": "argon2"}
_decoder = msgspec.json.Decoder(CustomPasswordHash)


def stored_form(custom: CustomPasswordHash) -> str:
    """What is kept in place of a hash of ours.

    Raises ``Invalid`` when it is malformed or dearer than this server would bear; its ``path`` counts
    from the ``custom_password_hash``, and nothing of the hash is repeated.
    """
    FORMATS[custom.algorithm].check(custom)
    if custom.algorithm in _WHOLE.values() and custom.password.encoding == "utf8":
        return custom.hash.value
    return msgspec.json.encode(custom).decode()


def stored_bcrypt(value: str) -> str:
    """The same for the wire's ``password_hash``, which is bcrypt. Raises ``Invalid``."""
    try:
        return stored_form(CustomPasswordHash(algorithm="bcrypt", hash=HashValue(value=value)))
    except Invalid as error:
        raise Invalid(error.message.removeprefix(f"{error.path}: ")) from None


def foreign(stored: str) -> CustomPasswordHash | None:
    """The hash that is kept as ``stored``, as an import takes it; ``None`` when it may not be kept.

    One of ours is read, too: it is argon2.
    """
    try:
        custom = _read(stored)
        if custom is not None:
            FORMATS[custom.algorithm].check(custom)
    except (msgspec.MsgspecError, Invalid):
        return None
    return custom


def _read(stored: str) -> CustomPasswordHash | None:
    if stored.startswith("{"):
        return _decoder.decode(stored)
    for start, algorithm in _WHOLE.items():
        if stored.startswith(start):
            return CustomPasswordHash(algorithm=algorithm, hash=HashValue(value=stored))  # type: ignore[arg-type]
    return None
