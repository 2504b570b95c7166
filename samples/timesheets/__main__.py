"""Starts both halves of the sample: `python -m timesheets`, or the file `run` beside this one."""

import asyncio
import os

from timesheets.serving import serve
from timesheets.settings import Settings
from timesheets.spa.server import AUTH0_SPA_JS, create_app

settings = Settings.from_environment(os.environ)
asyncio.run(serve(settings, create_app(settings, AUTH0_SPA_JS)))
