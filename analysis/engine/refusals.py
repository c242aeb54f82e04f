"""Refusals: what the engine says when it can't, in words that say which file and what to do."""

import os
import re
from pathlib import Path

import duckdb

from analysis.errors import EngineError, damaged_file
from analysis.store.working import is_full

_DAMAGE = re.compile(
    r"corrupt|checksum|deseriali[sz]|serialization error|could not read enough|has been invalidated", re.IGNORECASE
)


def refusal(error: duckdb.Error, built: Path | None) -> EngineError:
    """Return the error of a statement that was refused.

    Parameters
    ----------
    error
        What the engine raised.
    built
        The file that was built earlier and is read, if there is one: should it be damaged, it can be built again.
    """
    said = str(error)
    damaged = str(built) if built and _DAMAGE.search(said) else ""
    out_of_memory = isinstance(error, duckdb.OutOfMemoryException)
    return EngineError(said, is_out_of_memory=out_of_memory, damaged=damaged, is_disk_full=is_full(said))


def why_not_opened(path: Path | str, error: duckdb.Error) -> str:
    """Return why a store could not be opened, and what to do."""
    reason = EngineError(str(error)).first_line
    if "set lock" in reason:
        program = re.search(r"\(PID (\d+)\)", str(error))
        who = f"process {program[1]}" if program else "another process"
        return (
            f"The file {path} is open for writing in {who}. Close it there (duckdb opens a file for writing unless "
            "-readonly is given; duckdb.connect unless read_only=True), then run this again."
        )
    if "Unique file handle conflict" in str(error):
        return f"The file {path} is open for writing in this very process. Close that connection, or open it read_only."
    if is_full(str(error)):
        return EngineError(str(error), is_disk_full=True).advice
    if Path(path).is_dir():
        return f"A folder stands where the file {path} is to be. Remove it, or move it away, and build again."
    is_readable = Path(path).is_file() and os.access(path, os.R_OK)
    if is_readable and not isinstance(error, duckdb.ConnectionException):
        return damaged_file(path, reason)
    return f"The file {path} cannot be opened: {reason}."
