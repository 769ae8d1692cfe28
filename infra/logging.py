"""Logs: one structured line an event, without personal data, and each line of a workflow once.

The same processors serve our own loggers and those of libraries, so a line of the Temporal SDK looks like ours.
"""

import logging
import os
import re
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow

MASKED_FIELDS = frozenset(
    {"name", "phone", "address", "street", "buyer_key", "buyer_message", "email", "gift_note", "authorization"}
)
MASK = "•••"
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)")


def set_up_logging(log_format: Literal["console", "json"] = "console", level: str = "INFO") -> None:
    """Send every log line of this process to stderr.

    Args:
        log_format: `console` for people, `json` for machines (one object a line).
        level: the least that is logged, `DEBUG`, `INFO`, `WARNING` or `ERROR`.
    """
    ours: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        drop_replayed,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        add_temporal_ids,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        mask_personal_data,
    ]
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*ours[:4], structlog.stdlib.ExtraAdder(), *ours[4:]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log_format)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def drop_replayed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Let a workflow's line through the first time only: not again when its history is replayed."""
    if workflow.in_workflow() and workflow.unsafe.is_replaying_history_events():
        raise structlog.DropEvent
    return event


def add_temporal_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say which workflow, run, update or activity a line belongs to."""
    if workflow.in_workflow():
        info = workflow.info()
        event.setdefault("workflow_id", info.workflow_id)
        event.setdefault("run_id", info.run_id)
        update = workflow.current_update_info()
        if update:
            event.setdefault("update_id", update.id)
    elif activity.in_activity():
        task = activity.info()
        event.setdefault("workflow_id", task.workflow_id)
        event.setdefault("run_id", task.workflow_run_id)
        event.setdefault("activity", task.activity_type)
        event.setdefault("attempt", task.attempt)
    return event


def mask_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide fields that hold personal data, and phone numbers anywhere in a text."""
    for field, value in event.items():
        if field in MASKED_FIELDS:
            event[field] = MASK
        elif isinstance(value, str):
            event[field] = PHONE.sub(MASK, value)
    return event


def _rendering(log_format: Literal["console", "json"]) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    colors = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    # A plain traceback: the pretty one prints local variables, and so personal data.
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
