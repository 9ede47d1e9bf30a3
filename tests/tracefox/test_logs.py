from __future__ import annotations

import json
import logging
import logging.config

import pytest
import structlog

from tracefox import logs


@pytest.fixture
def written(capsys):
    """Log a caught error whose function holds a secret in a local variable; give what was written."""

    def write(*, as_json: bool) -> str:
        formatter = logs.configure(json=as_json, level="INFO")["formatters"]["structured"]
        handler = logging.StreamHandler()
        handler.setFormatter(formatter["()"](processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]))
        logger = logging.getLogger("tests.logs")
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel("INFO")
        password = "correct-horse-" + "canary"
        try:
            raise ValueError(f"no such person ({len(password)})")
        except ValueError:
            structlog.get_logger("tests.logs").exception("log_in_failed", person="7")
        return str(capsys.readouterr().err)

    return write


def test_production_writes_one_json_object_a_line(written):
    [line] = written(as_json=True).splitlines()
    said = json.loads(line)
    assert (said["event"], said["person"], said["level"], said["logger"]) == ("log_in_failed", "7", "error", "tests.logs")
    assert said["timestamp"].endswith("Z")
    assert "ValueError: no such person (20)" in said["exception"]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_says_where_but_not_with_which_values(written, as_json):
    text = written(as_json=as_json)
    assert "ValueError" in text
    assert "correct-horse" not in text.replace('"correct-horse-" + ', "")
