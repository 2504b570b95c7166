"""What the scripts of a database are told in secret: kept sealed, and shown as a mark of what is kept.

A mark tells its reader nothing of the secret. Sent back it means "as it is", as long as the scripts that
read the secret are the same: who may change scripts must not come by secrets so.
"""

from collections.abc import Mapping

from gatewright.jose import MasterKey, Unsealable
from gatewright.kernel.secrets import fingerprint

_MARK = "sealed:"


def mark_of(sealed: str) -> str:
    """What stands for a sealed secret wherever it is shown."""
    return f"{_MARK}{fingerprint(sealed)[:24]}"


def is_mark(value: str) -> bool:
    """Whether ``value`` stands for a secret and is none itself."""
    return value.startswith(_MARK)


def sealed_configuration(
    master_key: MasterKey, place: str, written: Mapping[str, str], held: Mapping[str, str]
) -> dict[str, str]:
    """``written`` as it is kept; a secret that is ``held`` already, or its mark, stays as it was sealed."""
    return {name: _sealed(master_key, place, value, held.get(name)) for name, value in written.items()}


def _sealed(master_key: MasterKey, place: str, value: str, held: str | None) -> str:
    if held is not None and (value == mark_of(held) or value == _opened(master_key, place, held)):
        return held
    return master_key.seal(value, place)


def _opened(master_key: MasterKey, place: str, sealed: str) -> str | None:
    try:
        return master_key.unseal(sealed, place)
    except Unsealable:  # under a master key of before
        return None
