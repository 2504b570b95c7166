"""How many processors this process may use: what the machine has, or what its container is allowed."""

import math
import os
from pathlib import Path

_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_processors(quota_file: Path = _CPU_QUOTA) -> int:
    """Processors this process may be scheduled on, capped by the cgroup's quota (rounded up)."""
    available = len(os.sched_getaffinity(0))
    try:
        quota, period = quota_file.read_text(encoding="ascii").split()
        allowed = math.ceil(int(quota) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return available  # no cgroup v2, or "max": no quota
    return max(1, min(available, allowed))
