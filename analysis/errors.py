"""One error tree, ordered by the stage at which work stopped.

Every message says what was required, what arrived, where (the first five keys) and what to do.
"""


class TenureError(Exception):
    """Base of every error that a user can mend; the command line prints it without a traceback."""


class StudyError(TenureError):
    """The study file is missing, unreadable, or asks for something that does not exist."""


class SourceError(TenureError):
    """A source file cannot be found or read."""


class ContractError(TenureError):
    """Source tables break the contract: a missing table or column, a type, a key, a reference, an order."""


class EngineError(TenureError):
    """What runs the SQL refused a statement; where it is known what was asked for, it is said in other words.

    Attributes
    ----------
    details : str
        All that the engine said.
    is_out_of_memory : bool
    """

    def __init__(self, details: str, *, is_out_of_memory: bool = False) -> None:
        self.details = details
        self.is_out_of_memory = is_out_of_memory
        super().__init__(f"The database failed: {self.first_line}.")

    @property
    def first_line(self) -> str:
        """The first line of what it said, without the full stop or exclamation mark."""
        return self.details.split("\n")[0].rstrip(" .!")

    @property
    def advice(self) -> str:
        """What it said; where memory ran out, what to do instead of its own advice."""
        if self.is_out_of_memory:
            return f"{self.first_line}. Give it more memory (--memory-limit), or fewer threads (--threads)."
        return self.details


class BuildError(TenureError):
    """A query of the build failed, or its result breaks a rule of time."""


class DesignError(TenureError):
    """A design matrix cannot be made from these rows."""


class ModelError(TenureError):
    """A model cannot be fitted to these rows, or was asked for what it cannot give."""


class ReportError(TenureError):
    """A report cannot be written."""
