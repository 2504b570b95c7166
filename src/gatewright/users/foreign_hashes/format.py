"""What a format of foreign hashes does."""

from typing import Protocol

from gatewright.users.foreign_hashes.model import CustomPasswordHash


class Format(Protocol):
    """Reads one algorithm's hashes."""

    def check(self, custom: CustomPasswordHash) -> None:
        """Raises ``Invalid`` with the path when the hash is malformed or costs more than ``limits`` allow."""
        ...

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """Whether the password made the hash; takes as long as the hash's parameters say."""
        ...

    def work(self, custom: CustomPasswordHash) -> str:
        """Names how dear a comparison is: hashes of the same name take about the same time.

        "" where it takes no time to speak of.
        """
        ...
