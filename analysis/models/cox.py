"""Cox: proportional hazards on counting-process rows (inference) or stacked landmarks (forecasts)."""

import warnings
from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from lifelines import CoxTimeVaryingFitter
from lifelines.exceptions import ConvergenceError
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analysis.design import Column, DesignMatrix
from analysis.errors import ModelError
from analysis.models.base import require_answerable, require_same_rows
from analysis.models.partial_likelihood import baseline_hazard, linear_predictor
from analysis.models.sandwich import WaldTest, cluster_robust_covariance, wald_test
from analysis.outcome import Outcome

# A smaller first step than lifelines' 0.95, which overshoots on R's pbcseq; it grows back to 1 by itself.
# The limit is on the Newton decrement, at which coefficients agree with R to 1e-11.
_FIT_OPTIONS = {"step_size": 0.5, "precision": 1e-12, "max_steps": 100}

# In units of the column's own standard deviation: a log hazard ratio of 10 or a standard error of 5
# is no estimate but a likelihood that has no maximum.
_LARGEST_COEFFICIENT, _LARGEST_ERROR = 10.0, 5.0


class Cox:
    """Cox model with Efron's ties, cluster-robust covariance and, on landmark rows, absolute risk.

    Parameters
    ----------
    strata : tuple of str
        Columns of ``design.rows`` whose every combination has its own baseline hazard; on the lifetime
        clock only. `renewal_due` belongs here: almost everyone who leaves does so at a renewal.
    ridge : float
        Penalty ridge / 2 x sum of squared coefficients on the log partial likelihood (R's ``ridge(theta=)``
        with ``scale = FALSE``). Zero for inference.
    min_events_per_column : int
        Below this many distinct lifetimes with event per column, `notes_` says so.

    Attributes
    ----------
    columns_ : tuple of Column, length p
    coefficients_ : ndarray, shape (p,)
        Log hazard ratios, per standard deviation (numeric columns) or against absence (indicators).
    covariance_, robust_covariance_ : ndarray, shape (p, p)
        Model-based, and clustered by ``outcome.cluster``.
    log_likelihood_ : float
        Log partial likelihood at the fit, less the ridge penalty.
    n_lifetimes_with_event_ : int
    notes_ : tuple of str
        What a reader of the fit must know.
    """

    def __init__(self, *, strata: tuple[str, ...] = (), ridge: float = 0.0, min_events_per_column: int = 10) -> None:
        self.strata = strata
        self.ridge = ridge
        self.min_events_per_column = min_events_per_column

    def fit(self, design: DesignMatrix, outcome: Outcome) -> Self:
        """Maximise the partial likelihood.

        On the landmark clock, times are put on the grid of thirteen parts of the horizon.

        Raises
        ------
        ModelError
            If there is no event, a stratum column is absent, the likelihood has no maximum (a column
            separates), or columns are collinear.
        """
        require_same_rows(design, outcome)
        timed = outcome.on_grid() if outcome.clock == "landmark" else outcome
        stratum = self._stratum(design, timed)
        self.columns_: tuple[Column, ...] = design.columns
        with threadpool_limits(limits=1, user_api="blas"):  # sums must not depend on the number of threads
            self._maximise(design, timed, stratum)
            self.robust_covariance_ = cluster_robust_covariance(
                timed, stratum, design.values, self.coefficients_, self.covariance_
            )
            sets, increments = baseline_hazard(timed, stratum, design.values, self.coefficients_)
        self._baseline = (sets.time, np.cumsum(increments)) if outcome.clock == "landmark" else None
        self.n_lifetimes_with_event_ = outcome.n_lifetimes_with_event
        self.notes_ = self._notes()
        return self

    def predict_incidence(
        self, design: DesignMatrix, times: Sequence[float], cause: str = "churn"
    ) -> NDArray[np.float64]:
        """Return the probability of having churned by each time, shape (n_rows, n_times).

        Parameters
        ----------
        design : DesignMatrix
            From the same `Design` as in training.
        times : sequence of float
            Thirteenths of each row's own horizon; 13 is its end.

        Raises
        ------
        ModelError
            If the model was fitted on the lifetime clock, or to other columns.
        """
        if self._baseline is None:
            raise ModelError(
                "This Cox model was fitted on the lifetime clock, for inference. It gives no absolute risk: "
                "that would need each account's future covariates and renewals. Fit it to landmark rows "
                "(Outcome.from_landmarks) to forecast."
            )
        require_answerable(self.columns_, design.columns, cause)
        event_times, cumulative = self._baseline
        passed = np.searchsorted(event_times, np.asarray(times, dtype=np.float64), side="right")
        hazard = np.r_[0.0, cumulative][passed]
        # Rows far outside the training range: beyond exp(700), which a float can't hold, the risk is 1 anyway.
        risk = np.exp(np.minimum(linear_predictor(design.values, self.coefficients_), 700.0))
        return -np.expm1(-np.outer(risk, hazard))

    def block_test(self, columns: NDArray[np.intp]) -> WaldTest:
        """Test that all coefficients at these positions are zero, with the cluster-robust covariance."""
        return wald_test(self.coefficients_, self.robust_covariance_, columns)

    def _stratum(self, design: DesignMatrix, outcome: Outcome) -> NDArray[np.intp]:
        if not self.strata:
            return np.zeros(len(outcome), dtype=np.intp)
        if outcome.clock == "landmark":
            raise ModelError(
                f"Landmark fits take no strata ({', '.join(self.strata)}): "
                "use them as contract covariates, so that risk can be predicted."
            )
        absent = [name for name in self.strata if name not in design.rows]
        if absent:
            raise ModelError(f"Strata must be columns of the design's rows; absent: {', '.join(absent)}.")
        return design.rows.groupby(list(self.strata), sort=True, dropna=False).ngroup().to_numpy(np.intp)

    def _maximise(self, design: DesignMatrix, outcome: Outcome, stratum: NDArray[np.intp]) -> None:
        """Let lifelines find the coefficients and the model-based covariance."""
        rows = _engine_rows(design, outcome, stratum)
        spread = design.values[rows.index].std(axis=0, ddof=1)
        if (spread == 0).any():
            constant = [column.name for column, value in zip(self.columns_, spread, strict=True) if value == 0]
            raise ModelError(f"Columns are constant wherever someone churned: {', '.join(constant)}. Leave them out.")
        # lifelines penalises per row and on columns it has standardised itself; this undoes both.
        penalizer: NDArray[np.float64] | float = self.ridge / len(rows) / spread**2 if self.ridge > 0 else 0.0
        fitter = CoxTimeVaryingFitter(penalizer=penalizer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they would say is checked, by column, below
            try:
                fitter.fit(rows, event_col="event", strata="stratum", fit_options=_FIT_OPTIONS)
            except (ConvergenceError, np.linalg.LinAlgError) as error:
                raise ModelError(
                    f"The Cox model did not converge: its {len(self.columns_)} columns are nearly collinear, "
                    f"or one of them separates those who churned ({_named(self.columns_)}). "
                    "Leave columns out or set a ridge."
                ) from error
        self.coefficients_ = fitter.params_.to_numpy(np.float64)
        self.covariance_ = fitter.variance_matrix_.to_numpy(np.float64)
        self.log_likelihood_ = float(fitter.log_likelihood_)
        self._require_maximum(spread)

    def _require_maximum(self, spread: NDArray[np.float64]) -> None:
        errors = np.sqrt(np.maximum(np.diag(self.covariance_), 0.0)) * spread
        runaway = (np.abs(self.coefficients_) * spread > _LARGEST_COEFFICIENT) | (errors > _LARGEST_ERROR)
        broken = runaway | ~np.isfinite(self.coefficients_) | ~(np.diag(self.covariance_) > 0)
        if broken.any():
            guilty = tuple(column for column, bad in zip(self.columns_, broken, strict=True) if bad)
            raise ModelError(
                f"The likelihood has no maximum in {_named(guilty)}: nobody (or everybody) with it churned, "
                "or it copies another column. Leave it out, merge levels or set a ridge."
            )

    def _notes(self) -> tuple[str, ...]:
        per_column = self.n_lifetimes_with_event_ / len(self.columns_)
        if per_column >= self.min_events_per_column:
            return ()
        return (
            f"{self.n_lifetimes_with_event_} lifetimes with event for {len(self.columns_)} columns: "
            f"{per_column:.1f} a column, below {self.min_events_per_column}; estimates are unstable.",
        )


def _engine_rows(design: DesignMatrix, outcome: Outcome, stratum: NDArray[np.intp]) -> pd.DataFrame:
    """Put together what lifelines reads; strata without events carry nothing and are left out."""
    informative = np.flatnonzero(np.isin(stratum, stratum[outcome.event]))
    order = informative[np.argsort(stratum[informative], kind="stable")]
    frame = pd.DataFrame(design.values[order], columns=[f"x{k}" for k in range(design.values.shape[1])], index=order)
    frame["start"], frame["stop"] = outcome.start[order], outcome.stop[order]
    frame["event"], frame["stratum"] = outcome.event[order], stratum[order]
    # lifelines can't take a stratum of one row; such a row meets nobody it could be compared with.
    return frame[frame.groupby("stratum")["stop"].transform("size") > 1]


def _named(columns: Sequence[Column]) -> str:
    names = [f"'{column.name}'" for column in columns]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
