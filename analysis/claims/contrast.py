"""Contrast: what a test asks of a fitted model, as weights of its coefficients, and who is behind it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.claims.model import EARLY, ClaimsModel, product_name
from analysis.declared.claim_tests import ClaimTest, percentile
from analysis.errors import ModelError
from analysis.wording.remarks import Remark, remark

_STANDS_STILL = 1e-9
_DIGITS = 3


class Step(NamedTuple):
    """A covariate that moves between two numbers in its own unit."""

    covariate: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A contrast as a fitted model can be asked it.

    Attributes
    ----------
    weights : ndarray, shape (p,)
        Of the coefficients: the log hazard ratio is weights' coefficients.
    steps : tuple of Step
        What moves.
    held : tuple of (str, float)
        What is held at which value.
    columns : tuple of str
        Of the model, with a weight.
    left_out : tuple of Remark
        What should move and cannot, and why.
    is_exposed : ndarray of bool, shape (n,)
        The rows nearer to the end of the contrast than to its start, and to what is held than to the middle row.
    is_early : bool
        Whether it is the effect in the early phases.
    """

    weights: NDArray[np.float64]
    steps: tuple[Step, ...]
    held: tuple[tuple[str, float], ...]
    columns: tuple[str, ...]
    left_out: tuple[Remark, ...]
    is_exposed: NDArray[np.bool_]
    is_early: bool = False

    @property
    def says(self) -> Remark:
        """What is compared, in words."""
        moved = tuple(
            remark("claims.move", covariate=step.covariate, start=_short(step.start), end=_short(step.end))
            for step in self.steps
        )
        held = tuple(remark("claims.held", covariate=name, value=_short(value)) for name, value in self.held)
        told = remark("claims.contrast_at", moves=moved, held=held) if held else remark("claims.contrast", moves=moved)
        return remark("claims.contrast_early", contrast=told) if self.is_early else told


def contrast_of(test: ClaimTest, model: ClaimsModel, early_until: int) -> Contrast:
    """Return the contrast of a test in a fitted model.

    Raises
    ------
    ModelError
        If nothing of what should move can, or a product term that it needs is not in the model.
    """
    names = model.fit.names
    weights = np.zeros(len(names))
    toward, length = np.zeros(len(model.frame)), 0.0
    held = tuple((own.covariate, _number(model, own.covariate, own.value)) for own in test.at)
    others = {name: model.column_value(name, value) for name, value in held}
    if test.early:
        others[EARLY] = 1.0
    steps, left_out = [], []
    for move in test.moves:
        if move.covariate not in model.covariates:
            continue
        start, end = (_number(model, move.covariate, value) for value in (move.from_value, move.to_value))
        if reason := _obstacle(model, move.covariate, end - start, others):
            left_out.append(remark("claims.left_out", covariate=move.covariate, reason=reason))
            continue
        low, high = (model.column_value(move.covariate, value) for value in (start, end))
        weights[names.index(move.covariate)] += high - low
        for other, value in others.items():
            weights[names.index(product_name(move.covariate, other))] += (high - low) * value
        own = model.matrix.values[:, model.matrix.names.index(move.covariate)]
        toward += (own - low) * (high - low)
        length += (high - low) ** 2
        steps.append(Step(move.covariate, start, end))
    if not steps:
        raise ModelError(remark("claims.nothing_moves", reasons=tuple(left_out)))
    is_exposed = toward >= length / 2
    if test.early:
        is_exposed &= model.frame["start"].to_numpy(np.float64) < early_until
    for name, value in others.items():
        if name != EARLY:
            own = model.matrix.values[:, model.matrix.names.index(name)]
            middle = (float(np.median(own)) + value) / 2
            is_exposed &= own >= middle if value >= middle else own <= middle
    columns = tuple(name for name, weight in zip(names, weights, strict=True) if weight)
    return Contrast(weights, tuple(steps), held, columns, tuple(left_out), is_exposed, test.early)


def _obstacle(model: ClaimsModel, covariate: str, width: float, others: dict[str, float]) -> Remark | None:
    """Return why a covariate cannot move in a model; None where it can."""
    if abs(width) < _STANDS_STILL:
        return remark("claims.stands_still")
    needed = [covariate, *(name for name in others if name != EARLY)]
    needed += [product_name(covariate, other) for other in others]
    return next((reason for reason in map(model.why_not, needed) if reason), None)


def _number(model: ClaimsModel, covariate: str, value: float | str) -> float:
    """Return a value in the covariate's unit: a percentile is that of the rows at risk on which it is known."""
    percent = percentile(value)
    if percent is None:
        return float(value)
    known = model.frame[covariate].to_numpy(np.float64, na_value=np.nan)
    known = known[~np.isnan(known)]
    return float(np.percentile(known, percent)) if len(known) else 0.0


def _short(value: float) -> float:
    """Round to a few significant digits, as a sentence shows it."""
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded
