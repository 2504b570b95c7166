"""Starts the sample: `python -m timesheets_implicit`, or the file `run` beside this one."""

import asyncio
import os

from timesheets.serving import serve
from timesheets.spa.server import create_app
from timesheets_implicit.application import AUTH0_JS, settings_from

settings = settings_from(os.environ)
asyncio.run(serve(settings, create_app(settings, AUTH0_JS)))
