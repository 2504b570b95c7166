"""Log lines on standard error: one JSON object each, or lines for people; never a secret.

Our own lines go through structlog straight to the stream. Lines of libraries come from the standard
library's ``logging`` and take the same processors. Modules just say
``log = structlog.get_logger()`` and ``log.info("event name", name=value)``; below the configured level
such a call is an empty method.
"""

import logging
import sys
from io import StringIO
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from gatewright.cli.scrubbing import mask_secrets, scrubbed
from gatewright.settings import Logging

_QUIET_LIBRARIES = ("alembic", "asyncio", "uvicorn.error", "httpx2", "httpcore2")


def configure_logs(settings: Logging, stream: TextIO | None = None) -> None:
    """Sets up structlog and ``logging`` for this process and those it forks.

    ``stream`` defaults to standard error; its ``buffer`` must take bytes.
    """
    target = sys.stderr if stream is None else stream
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    before: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    )
    after = _renderers(settings, target)
    structlog.configure(
        processors=[*before, *after],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(target.buffer),
        cache_logger_on_first_use=True,
    )
    _take_over_logging(level, before, after, target)


def _renderers(settings: Logging, target: TextIO) -> tuple[Processor, ...]:
    if settings.format == "json":
        return _exception_as_text, mask_secrets, structlog.processors.JSONRenderer(serializer=_json)
    console = structlog.dev.ConsoleRenderer(
        colors=target.isatty(), exception_formatter=_write_scrubbed, timestamp_key="at"
    )
    return mask_secrets, lambda logger, method, line: console(logger, method, line).encode()


def _take_over_logging(
    level: int, before: tuple[Processor, ...], after: tuple[Processor, ...], target: TextIO
) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.add_logger_name, _scrub_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after, _as_text],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(level if level == logging.DEBUG else max(level, logging.WARNING))


def _exception_as_text(logger: object, method: str, line: EventDict) -> EventDict:
    line = structlog.processors.format_exc_info(logger, method, line)
    if "exception" in line:
        line["exception"] = scrubbed(line["exception"])
    return line


def _write_scrubbed(stream: TextIO, exc_info: ExcInfo) -> None:
    text = StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    stream.write(scrubbed(text.getvalue()))


def _scrub_event(_logger: object, _method: str, line: EventDict) -> EventDict:
    line["event"] = scrubbed(str(line["event"]))
    return line


def _json(line: object, **_: object) -> bytes:
    return orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS)


def _as_text(_logger: object, _method: str, line: object) -> str:
    return line.decode() if isinstance(line, bytes) else str(line)
