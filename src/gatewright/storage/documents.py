"""Entities as JSON text: msgspec structs in, msgspec structs out."""

from typing import TypeVar

import msgspec

_T = TypeVar("_T")
_encoder = msgspec.json.Encoder()


def encode(entity: object) -> str:
    """The document of an entity."""
    return _encoder.encode(entity).decode()


def decoder(kind: type[_T]) -> msgspec.json.Decoder[_T]:
    """Decodes documents of one kind; made once per store."""
    return msgspec.json.Decoder(kind)
