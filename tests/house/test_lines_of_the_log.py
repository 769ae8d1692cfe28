"""Logs bear no personal data, ours and those of libraries alike."""

import json
import subprocess
import sys

from infra.logging import MASK

PROGRAM = """
import logging, structlog
from infra.logging import set_up_logging
set_up_logging("json", "INFO")
structlog.get_logger("intake").info("call 13800138000", phone="13800138000", order_no="SO2026112300000001")
logging.getLogger("library").warning("asked %s about +86 13900139000", "us")
logging.getLogger("library").debug("too fine")
"""


def test_a_phone_number_never_reaches_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["phone"], ours["order_no"]) == (f"call {MASK}", MASK, "SO2026112300000001")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (f"asked us about {MASK}", "warning", "library")
