"""The samples that are scripts, as a person runs them: each run a process of its own."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.samples.program import SAMPLES

_SECONDS = 60


@dataclass(frozen=True)
class Script:
    """A script with its settings. `program` is its path under samples/."""

    program: str
    settings: Mapping[str, str]

    def __call__(self, *arguments: str, **changed: str) -> "subprocess.CompletedProcess[str]":
        """Runs it to its end. `changed` are settings of this run."""
        return subprocess.run(
            [SAMPLES / self.program, *arguments],
            env={**os.environ, **self.settings, **changed},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )

    @property
    def cached(self) -> Path:
        """The file of the one token that is kept between two runs."""
        (file,) = Path(self.settings["TOKEN_CACHE"]).iterdir()
        return file


def kept(job: Script) -> str:
    """The token that a run left for the next one."""
    return str(json.loads(job.cached.read_text())["value"])


def replace(job: Script, **changed: object) -> None:
    """Changes what is kept between two runs."""
    job.cached.write_text(json.dumps({**json.loads(job.cached.read_text()), **changed}))
