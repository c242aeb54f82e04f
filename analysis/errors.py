"""One error tree, ordered by the stage at which work stopped.

Every message says what was required, what arrived, where (the first five keys) and what to do. One that data can
provoke on the way to a page is a `Remark`, so that a page of any language can quote it.
"""

from collections.abc import Callable

from analysis.wording.remarks import Remark, remark


class TenureError(Exception):
    """Base of every error that a user can mend; the command line prints it without a traceback."""

    @property
    def remark(self) -> Remark:
        """What happened, as a code with values; the words of an error that has none are shown in English alone."""
        told = self.args[0] if self.args else ""
        return told if isinstance(told, Remark) else remark("wording.untold", told=str(self))


def obstacle_to(what: str, tell: Callable[[str], None], compute: Callable[[], object]) -> Remark | None:
    """Return what stands in the way of a result that the rows may not support; None where nothing does.

    Parameters
    ----------
    what
        What there is none of, then.
    tell
        Told in a line, with the error's own words.
    compute
        Computes the result.
    """
    try:
        compute()
    except (DesignError, ModelError) as error:
        tell(f"{what}: {error}")
        return error.remark
    return None


class StudyError(TenureError):
    """The study file is missing, unreadable, or asks for something that does not exist."""


class SourceError(TenureError):
    """A source file cannot be found or read."""


class ContractError(TenureError):
    """Source tables break the contract: a missing table or column, a type, a key, a reference, an order."""


def damaged_file(path: object, reason: str) -> str:
    """Return what is said of a file that was built and can be built again."""
    return f"The file {path} is damaged ({reason}). Remove it and build again; the source need not be changed."


class EngineError(TenureError):
    """What runs the SQL refused a statement; where it is known what was asked for, it is said in other words.

    Attributes
    ----------
    details : str
        All that the engine said.
    is_out_of_memory : bool
    damaged : str
        The file, built earlier, that it could not read because of damage; empty where that was not the matter.
    is_disk_full : bool
    """

    def __init__(
        self, details: str, *, is_out_of_memory: bool = False, damaged: str = "", is_disk_full: bool = False
    ) -> None:
        self.details = details
        self.is_out_of_memory = is_out_of_memory
        self.damaged = damaged
        self.is_disk_full = is_disk_full
        super().__init__(self._told())

    def _told(self) -> str:
        if self.damaged:
            return damaged_file(self.damaged, self.first_line)
        if self.is_disk_full:
            return f"The disk is full ({self.first_line}). Make room, then run this again; nothing was changed."
        return f"The database failed: {self.first_line}."

    @property
    def first_line(self) -> str:
        """The first line of what it said, without the full stop or exclamation mark."""
        return self.details.split("\n")[0].rstrip(" .!")

    @property
    def advice(self) -> str:
        """What it said; where memory or disk ran out, or a file is damaged, what to do instead of its own advice."""
        if self.damaged or self.is_disk_full:
            return str(self)
        if self.is_out_of_memory:
            ways = "more memory (--memory-limit), fewer threads (--threads), or a long log in parts (--buckets)"
            return f"{self.first_line}. Give it {ways}."
        return self.details


class BuildError(TenureError):
    """A query of the build failed, or its result breaks a rule of time."""


class StoreError(TenureError):
    """Nothing can be written to a folder of output: its disk is full, it may not be written to, it is none."""


class FrameError(TenureError):
    """A table lacks a column that its schema declares, or holds something else in it."""


class DesignError(TenureError):
    """A design matrix cannot be made from these rows."""


class ModelError(TenureError):
    """A model cannot be fitted to these rows, or was asked for what it cannot give."""


class SavedForecastError(TenureError):
    """A saved forecast cannot be read as it is, or not be used for what it was asked for."""


class ReportError(TenureError):
    """A report cannot be written."""
