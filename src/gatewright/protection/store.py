"""What of attempts must be remembered; it survives restarts and is shared by all processes."""

from typing import Protocol


class AttemptStore(Protocol):
    """Counters by key, each living for a window."""

    async def add(self, tenant_id: str, key: str, *, now: int, window: int) -> tuple[int, int]:
        """Counts one attempt; a counter whose window has passed starts anew.

        Returns the count with this attempt, and when the window ends. Atomic among all processes.
        """
        ...

    async def read(self, tenant_id: str, key: str, *, now: int) -> tuple[int, int]:
        """The count and when its window ends; zeros when there is none."""
        ...

    async def give_back(self, tenant_id: str, key: str) -> None:
        """Takes one attempt off the counter."""
        ...

    async def clear(self, tenant_id: str, key: str) -> None:
        """Forgets the counter."""
        ...
