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


class BuildError(TenureError):
    """A query of the build failed, or its result breaks a rule of time."""


class DesignError(TenureError):
    """A design matrix cannot be made from these rows."""


class ModelError(TenureError):
    """A model cannot be fitted to these rows, or was asked for what it cannot give."""


class ReportError(TenureError):
    """A report cannot be written."""
