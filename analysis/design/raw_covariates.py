"""Raw covariates: a frame's columns as numbers and labels, or what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.design.clock import NO_TERM, events_by_row
from analysis.errors import DesignError
from analysis.wording.remarks import remark

MISSING_LEVEL = "(missing)"
KIND = "term_kind"
"""The column of a cohort that tells kinds of terms apart; a clock needs it."""
_OUTCOME = ("event", "lifetime_id")


class Covariate(Protocol):
    """What a design reads of a declared covariate."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def family(self) -> str: ...  # noqa: D102

    @property
    def transform(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The covariates of n rows, and what a clock looks at beside them.

    Attributes
    ----------
    of
        By covariate, shape (n,): float64 (NaN where missing) or, for categories, text.
    kinds
        The kind of term of each row, shape (n,); empty where no covariate is a clock.
    events
        The part of a lifetime with event that each row holds, shape (n,): of rows to learn from, for a clock.
    """

    of: Mapping[str, NDArray[Any]]
    kinds: NDArray[np.object_]
    events: NDArray[np.float64]


def readable_values(frame: pd.DataFrame, covariates: Sequence[Covariate], *, to_learn: bool = False) -> Values:
    """Return the covariates of rows; those to learn from say with what outcome.

    Raises
    ------
    DesignError
        If a covariate is absent, or holds text, infinity or an impossible value where numbers are required; if one is
        a clock, and the frame does not tell kinds of terms apart, or, to learn from it, which lifetimes had an event.
    """
    absent = [covariate.name for covariate in covariates if covariate.name not in frame]
    if absent:
        raise DesignError(
            f"The frame lacks the covariates {', '.join(absent)}: build the cohort again, or leave them out."
        )
    has_clock = any(covariate.transform == "clock" for covariate in covariates)
    return Values(
        {c.name: _labels(frame[c.name]) if c.transform == "category" else _numbers(frame, c) for c in covariates},
        _kinds_of_term(frame) if has_clock else np.empty(0, dtype=object),
        _events_to_learn_from(frame) if has_clock and to_learn else np.empty(0),
    )


def no_rows(covariates: Sequence[Covariate]) -> Values:
    """Return the covariates of no row at all."""
    none, no_text = np.empty(0), np.empty(0, dtype=object)
    return Values({c.name: no_text if c.transform == "category" else none for c in covariates}, no_text, none)


def _kinds_of_term(frame: pd.DataFrame) -> NDArray[np.object_]:
    if KIND not in frame:
        raise DesignError(f"A clock needs the column {KIND} beside the days: build the cohort again.")
    return frame[KIND].astype(object).where(frame[KIND].notna(), NO_TERM).astype(str).to_numpy(object)


def _events_to_learn_from(frame: pd.DataFrame) -> NDArray[np.float64]:
    missing = [column for column in _OUTCOME if column not in frame]
    if missing:
        raise DesignError(f"A clock is learned where events are known; the frame lacks {', '.join(missing)}.")
    return events_by_row(frame["event"].to_numpy(np.float64) == 1, frame["lifetime_id"].to_numpy(object))


def _labels(series: pd.Series) -> NDArray[np.object_]:
    return series.astype(object).where(series.notna(), MISSING_LEVEL).astype(str).to_numpy(object)


def _numbers(frame: pd.DataFrame, covariate: Covariate) -> NDArray[np.float64]:
    series = frame[covariate.name]
    text = np.array([isinstance(value, str) for value in series]) if series.dtype.kind not in "fiub" else None
    if text is not None and text.any():
        raise _unreadable(frame, covariate.name, "design.text", text)
    values = series.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise _unreadable(frame, covariate.name, "design.infinite", np.isinf(values))
    if covariate.transform == "log1p" and (values <= -1).any():
        raise _unreadable(frame, covariate.name, "design.below", values <= -1)
    return values


def _unreadable(frame: pd.DataFrame, name: str, code: str, rows: NDArray[np.bool_]) -> DesignError:
    keys = [column for column in ("lifetime_id", "risk_date") if column in frame]
    first = str(frame.loc[rows, [*keys, name]].head(5).astype(str).to_dict("records"))
    return DesignError(remark(code, covariate=name, number=int(rows.sum()), rows=len(frame), first=first))
