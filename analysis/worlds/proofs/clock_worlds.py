"""Clock worlds: how well models rank accounts where notices come by clocks that no covariate spells out."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from analysis.declared.factors import control_family
from analysis.design.matrix import DesignMatrix
from analysis.design.population import training_rows
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.rolling_origin import Fold, rolling_origin_of
from analysis.models.registry import CONTRACT_LOGISTIC, CONTRACT_ONLY, COX, FOREST, LOGISTIC
from analysis.progress import Progress, quiet
from analysis.workbench import Workbench, open_workbench
from analysis.worlds.company.setting.scenario import read_scenario
from analysis.worlds.company.world import make_world
from analysis.worlds.proofs.study_worlds import study_of_world

CLOCKS = ("base", "spread_notices", "evergreen", "early_ends", "monthly_at_once", "mixed_clocks")
"""Scenarios with the same effects and different clocks; in the first all give notice in the month of their deadline."""
MODELS = (CONTRACT_ONLY, CONTRACT_LOGISTIC, COX, LOGISTIC, FOREST)
BANDS = (35, 60, 90, 125, 150, 180, 270)
"""Days to a renewal between which the judge's bands lie: chosen by one who knows when notices come."""
DEADLINES = (0, 16, 45, 91, 183)
_BY_LANDMARK = "landmark"


def clock_worlds(
    scenarios: Sequence[str], seed: int, n_accounts: int, folder: Path, progress: Progress
) -> pd.DataFrame:
    """Simulate and study a world for each scenario, and rank its accounts out of time.

    The judge beside the models is a logistic regression that does not know their curves: it has the other columns and,
    by kind of term, indicators of hand-chosen bands of the days to the renewal and to the last day for notice.

    Parameters
    ----------
    scenarios
    seed, n_accounts
        Of each world.
    folder
        For the worlds and their cohorts; what is there already is not made again.
    progress
        Told, a line for each world, what was found.

    Returns
    -------
    DataFrame
        scenario, accounts, events (scored), and of each of `MODELS`, and of the judge with the contract's columns
        (judge_contract) and with all (judge), the AUC within landmarks.
    """
    lines = []
    for scenario in scenarios:
        data = folder / f"{scenario}-{seed}-{n_accounts}"
        if not data.exists():
            make_world(n_accounts, seed, scenario, data, quiet)
        study = dataclasses.replace(study_of_world(data, read_scenario(scenario), 8), name=data.name)
        tenure = open_workbench(study, folder / "out", progress=quiet)
        rolling = rolling_origin_of(tenure)
        scored = rolling.predictions.assign(
            judge_contract=_judged(tenure, rolling.folds, contract_only=True),
            judge=_judged(tenure, rolling.folds, contract_only=False),
        )
        event, landmark = scored["event"].to_numpy(bool), scored[_BY_LANDMARK].to_numpy()
        found = {
            name: float(auc(event, scored[name].to_numpy(np.float64), group=landmark)[0])
            for name in (*MODELS, "judge_contract", "judge")
        }
        lines.append({"scenario": scenario, "accounts": n_accounts, "events": int(event.sum()), **found})
        progress(f"{scenario}: contract-only {found[CONTRACT_ONLY]:.3f}, judge {found['judge_contract']:.3f}")
    return pd.DataFrame(lines)


def _judged(tenure: Workbench, folds: Sequence[Fold], *, contract_only: bool) -> NDArray[np.float64]:
    """Return the judge's probability for the rows of all folds, in order, fitted on each fold's training rows."""
    landmarks, risks = tenure.landmarks, []
    for fold in folds:
        training = training_rows(landmarks, fold.landmark, tenure.study.time.allowed_gap_days)
        is_test = (landmarks["risk_date"] == fold.landmark) & landmarks["is_quarter_start"].astype(bool)
        test = landmarks[is_test]
        levels = np.unique(bands(training))
        learned = _with_bands(fold.design.apply(training), training, levels, contract_only)
        judge = LogisticRegression(C=1.0, tol=1e-6, max_iter=1000, solver="newton-cholesky")
        judge.fit(learned, training["event"].to_numpy(np.float64) == 1)
        risks.append(judge.predict_proba(_with_bands(fold.test, test, levels, contract_only))[:, 1])
    return np.concatenate(risks)


def bands(landmarks: pd.DataFrame) -> NDArray[np.str_]:
    """Return the band of days to the renewal, and of those to the deadline, of each row: two labels, shape (n, 2)."""
    kind = landmarks["term_kind"].to_numpy(str)
    labels = []
    for name, edges in (("days_to_renewal", BANDS), ("days_to_deadline", DEADLINES)):
        days = landmarks[name].to_numpy(np.float64, na_value=np.nan)
        band = np.where(np.isnan(days), -1, np.digitize(days, edges)).astype(str)
        labels.append(np.char.add(np.char.add(f"{name} ", kind), np.char.add(" ", band)))
    return np.column_stack(labels)


def _with_bands(
    design: DesignMatrix, rows: pd.DataFrame, levels: NDArray[np.str_], contract_only: bool
) -> NDArray[np.float64]:
    """Put indicators of the bands in place of the clock's own columns."""
    kept = [
        place
        for place, column in enumerate(design.columns)
        if not column.covariate.startswith("days_to_") and (not contract_only or column.family == control_family())
    ]
    own = bands(rows)
    return np.hstack([design.values[:, kept], *((own[:, [k]] == levels[None, :]).astype(float) for k in range(2))])
