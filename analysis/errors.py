"""One error tree, ordered by the stage at which work stopped, and the obstacles that a report can tell of.

Every message says what was required, what arrived, where (the first five keys) and what to do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Why(StrEnum):
    """Why something cannot be had from these data; worded in every language of the reports.

    `takes` names the values of each.
    """

    takes: tuple[str, ...]

    def __new__(cls, code: str, *takes: str) -> "Why":
        """Make a member of its code and the names of its values."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.takes = takes
        return member

    TOO_FEW_TO_FORECAST = "too_few_to_forecast", "needed", "found"
    TOO_FEW_TO_COMPARE = "too_few_to_compare", "needed", "found"
    NOTHING_SETTLED = "nothing_settled", "landmark"
    NO_QUARTER_FOLLOWED = "no_quarter_followed"
    NO_QUARTER_SCORED = "no_quarter_scored", "remarks"
    QUARTER_WITHOUT_CHURN = "quarter_without_churn", "landmark", "accounts"
    QUARTER_REFUSED = "quarter_refused", "landmark", "because"
    QUARTER_WITHOUT_MODEL = "quarter_without_model", "landmark"
    MODEL_REFUSED = "model_refused", "model", "landmark", "because"
    NO_MODEL_TO_QUOTE = "no_model_to_quote"
    FITTED_NOWHERE = "fitted_nowhere", "model", "folds"
    NO_TRAINING_ROWS = "no_training_rows"
    NO_COVARIATE = "no_covariate"
    NOTHING_VARIES = "nothing_varies", "covariates", "rows"
    NO_COLUMN_LEFT = "no_column_left"
    NO_EVENT = "no_event", "rows"
    NOT_ESTIMABLE = "not_estimable", "columns"
    NOT_CONVERGED = "not_converged", "columns", "iterations"
    NEARLY_COLLINEAR = "nearly_collinear"
    TOO_FEW_CLUSTERS = "too_few_clusters", "columns"
    NOT_COMPUTED = "not_computed"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a result: a code, and the values that a sentence about it needs.

    Attributes
    ----------
    why
        The code.
    values
        By the names that `why.takes`: numbers, dates, names, or further obstacles (``because``, ``remarks``).
    """

    why: Why
    values: Mapping[str, Any]

    @classmethod
    def of(cls, why: Why, **values: Any) -> "Obstacle":
        """Make an obstacle of a code and its values.

        Raises
        ------
        ValueError
            If the values are not those that the code takes.
        """
        if set(values) != set(why.takes):
            raise ValueError(f"'{why}' takes {', '.join(why.takes) or 'no values'}; {', '.join(values)} arrived.")
        return cls(why, values)


class TenureError(Exception):
    """Base of every error that a user can mend; the command line prints it without a traceback.

    `obstacle` is what a report says of it; not every error reaches one.
    """

    def __init__(self, message: str, obstacle: Obstacle | None = None) -> None:
        super().__init__(message)
        self.obstacle = obstacle or Obstacle.of(Why.NOT_COMPUTED)


def obstacle_to(what: str, tell: Callable[[str], None], compute: Callable[[], object]) -> Obstacle | None:
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
        return error.obstacle
    return None


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


class FrameError(TenureError):
    """A table lacks a column that its schema declares, or holds something else in it."""


class DesignError(TenureError):
    """A design matrix cannot be made from these rows."""


class ModelError(TenureError):
    """A model cannot be fitted to these rows, or was asked for what it cannot give."""


class ReportError(TenureError):
    """A report cannot be written."""
