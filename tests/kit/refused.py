"""A command that is refused."""

from pathlib import Path

import pytest
from small_source import content_of

from reports.cli.commands import main


def refused(study: Path, out: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a command that must fail without touching the output, and return its message."""
    before = content_of(out)
    assert main([*(command or ("build",)), "--study", str(study), "--out", str(out)]) == 1
    assert content_of(out) == before
    message = capsys.readouterr().err
    assert message.startswith("tenure: ")
    assert "Traceback" not in message
    return message
