"""CoxPanel: simulated account-months that follow a Cox model, in memory or as files of raw doubles, for R, too."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MONTHS_OBSERVED = 26
LATEST_ENTRY = 24


@dataclass(frozen=True, slots=True, eq=False)
class CoxPanel:
    """Rows at risk on ``(start, stop]``, in the order of account and time; `x` has a line a row."""

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.float64]
    account: NDArray[np.int64]
    x: NDArray[np.float64]

    @property
    def names(self) -> list[str]:
        return [f"x{k}" for k in range(self.x.shape[1])]

    @property
    def n_event_times(self) -> int:
        return len(np.unique(self.stop[self.event == 1]))

    def write(self, folder: Path) -> None:
        for name in ("start", "stop", "event", "account"):
            getattr(self, name).astype(np.float64).tofile(folder / f"{name}.f64")
        self.x.tofile(folder / "x_by_row.f64")
        np.ascontiguousarray(self.x.T).tofile(folder / "x_by_column.f64")

    @classmethod
    def read(cls, folder: Path) -> "CoxPanel":
        start, stop, event, account = (
            np.fromfile(folder / f"{name}.f64") for name in ("start", "stop", "event", "account")
        )
        return cls(
            start, stop, event, account.astype(np.int64), np.fromfile(folder / "x_by_row.f64").reshape(len(stop), -1)
        )


def cox_panel(rows: int, columns: int, *, instants_a_month: int, monthly_hazard: float, seed: int = 1) -> CoxPanel:
    """Simulate accounts, half of which enter late, month by month until they churn or 26 months have passed.

    A third of the columns are fixed for an account (one of them 0 or 1), the others move from month to month. Times are
    whole numbers of instants: 1 a month puts all events on month ends, 30 on days.
    """
    rng = np.random.default_rng(seed)
    n_accounts = int(rows * (1.3 * monthly_hazard + 1 / MONTHS_OBSERVED)) + 100
    n_fixed = columns // 3
    coefficients = rng.normal(0, 0.5 / np.sqrt(columns), columns)
    entry = np.where(rng.random(n_accounts) < 0.5, 0, rng.integers(1, LATEST_ENTRY + 1, n_accounts))
    birthday = rng.integers(0, instants_a_month, n_accounts)
    fixed = rng.normal(size=(n_accounts, n_fixed))
    fixed[:, :1] = fixed[:, :1] > 0
    moving = rng.normal(size=(n_accounts, columns - n_fixed))
    alive, months = np.arange(n_accounts), []
    for month in range(MONTHS_OBSERVED):
        moving[alive] = 0.9 * moving[alive] + np.sqrt(1 - 0.9**2) * rng.normal(size=(len(alive), columns - n_fixed))
        x = np.hstack([fixed[alive], moving[alive]])
        churned = rng.random(len(alive)) < -np.expm1(-monthly_hazard * np.exp(x @ coefficients - 0.125))
        start = (entry[alive] + month) * instants_a_month + birthday[alive]
        after = np.where(churned, rng.integers(1, instants_a_month + 1, len(alive)), instants_a_month)
        months.append((start, start + after, churned, alive, x))
        alive = alive[~churned]
    start, stop, churned, account, x = (np.concatenate(parts) for parts in zip(*months, strict=True))
    if len(stop) < rows:
        raise RuntimeError(f"{n_accounts:,} accounts have {len(stop):,} rows; {rows:,} are wanted.")
    order = np.lexsort((start, account))[:rows]
    start, stop, event = (part[order].astype(np.float64) for part in (start, stop, churned))
    return CoxPanel(start, stop, event, account[order], x[order])
