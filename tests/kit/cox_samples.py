"""Samples of the Cox model with ties, weights, strata and late entry, and what compares two fits."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st

from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.rows import CountingRows, counting_rows

NAMES = ["usage", "seats"]
TIES = ["efron", "breslow"]
MANY = settings(max_examples=100, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Sample:
    """Rows as a user has them, a line an attribute."""

    values: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    stratum: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    subject: np.ndarray

    def __len__(self) -> int:
        return len(self.stop)

    def rows(self, **other) -> CountingRows:
        given = {
            "strata": self.stratum, "weights": self.weights, "offset": self.offset, "cluster": self.subject,
        } | other  # fmt: skip
        return counting_rows(self.start, self.stop, self.event, **given)

    def fit(self, ties: str = "efron", ridge: float = 0.0, **other) -> CoxFit:
        names = NAMES if self.values.shape[1] == 2 else None
        return fit_cox(self.values, self.rows(**other), names=names, ties=ties, ridge=ridge)

    def take(self, lines) -> "Sample":
        return Sample(*(getattr(self, field.name)[lines] for field in dataclasses.fields(self)))

    def but(self, **other) -> "Sample":
        return dataclasses.replace(self, **other)

    def split(self, at: np.ndarray) -> "Sample":
        """Cut each row at a time; where it lies outside the row, the row stays whole."""
        inside = (self.start < at) & (at < self.stop)
        first = self.but(stop=np.where(inside, at, self.stop), event=np.where(inside, False, self.event))
        second = self.but(start=at).take(inside)
        return Sample(
            *(np.concatenate([getattr(part, f.name) for part in (first, second)]) for f in dataclasses.fields(self))
        )


def tied_sample(n: int = 150, seed: int = 5) -> Sample:
    """Late entries, many ties, two strata, weights and offsets."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 8, n).astype(float)
    return Sample(
        values=rng.normal(size=(n, 2)) * [1, 3] + [0, 5],
        start=start,
        stop=start + rng.integers(1, 9, n),
        event=rng.random(n) < 0.5,
        stratum=rng.integers(0, 2, n),
        weights=rng.integers(1, 4, n).astype(float),
        offset=rng.normal(size=n) / 3,
        subject=rng.integers(0, n // 3, n),
    )


def untied_sample(n: int = 150, seed: int = 6) -> Sample:
    times = np.random.default_rng(seed).permutation(2 * n).reshape(n, 2) + 1.0
    return tied_sample(n, seed).but(start=times.min(axis=1), stop=times.max(axis=1))


@st.composite
def samples(draw, max_rows: int = 20) -> Sample:
    """Draw adversarial rows: whole times, so that starts, stops and events meet."""
    n = draw(st.integers(3, max_rows))

    def whole(low: int, high: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(low, high), min_size=n, max_size=n)), dtype=float)

    start = whole(0, 6)
    event = whole(0, 1) == 1
    event[draw(st.integers(0, n - 1))] = True
    return Sample(
        values=np.column_stack([whole(-3, 3), whole(-8, 8) / 4]),
        start=start,
        stop=start + whole(1, 5),
        event=event,
        stratum=whole(0, 1),
        weights=whole(1, 4) / 2,
        offset=whole(-2, 2) / 2,
        subject=whole(0, 5),
    )


def penalised(sample: Sample, ties: str = "efron", **other) -> CoxFit:
    """Fit with some ridge, so that any rows have a maximum."""
    assume((np.ptp(sample.values, axis=0) > 0).all())
    return sample.fit(ties, ridge=0.5, **other)


def assert_same_fit(one: CoxFit, other: CoxFit, rel: float = 1e-9) -> None:
    assert one.coefficients == pytest.approx(other.coefficients, rel=rel, abs=rel)
    assert one.covariance == pytest.approx(other.covariance, rel=rel, abs=rel)
    assert one.robust_covariance == pytest.approx(other.robust_covariance, rel=rel, abs=rel)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=rel, abs=rel)
    assert one.null_log_likelihood == pytest.approx(other.null_log_likelihood, rel=rel, abs=rel)
