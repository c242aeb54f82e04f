"""Time the scores of forecasts beside their peers in one run, and write ``benchmarks/metric_speed.csv``.

``make bench`` runs it. All score the same rows, taking turns, and nothing is written unless they give the same number.
A peer that takes quadratic time scores the smaller tables alone, once. Compare CPU seconds where the machine is busy.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines.utils import concordance_index
from sksurv.metrics import brier_score, concordance_index_censored, concordance_index_ipcw, cumulative_dynamic_auc
from sksurv.util import Surv

from analysis.evaluation.measures.accuracy import brier_at
from analysis.evaluation.measures.censoring import known_at
from analysis.evaluation.measures.concordance import harrell_c, uno_c
from analysis.evaluation.measures.discrimination import auc_at

HERE = Path(__file__).parent
HORIZON, FOLLOWED = 1.0, 1.05
GAP = 2.0**-20
ROWS_AN_ACCOUNT = 4
QUARTERLY_CHURN, CENSORED_BEFORE = 0.3, 0.3
SAME = 1e-9

TENURE, SCIKIT, LIFELINES, R = "tenure", "scikit-survival", "lifelines", "survival (R)"
HARRELL, UNO, AUC, BRIER = "Harrell's C", "Uno's C", "AUC(t)", "Brier score"


@dataclass(frozen=True)
class Forecast:
    """Rows without tied times: what happened, clusters, and the risk that each was given.

    Times and risks are equal or plainly apart: engines differ in what they take for equal but for rounding.
    """

    time: np.ndarray
    event: np.ndarray
    cluster: np.ndarray
    risk: np.ndarray
    horizon: float

    @property
    def surv(self) -> np.ndarray:
        return Surv.from_arrays(self.event, self.time)

    @property
    def up_to_the_horizon(self) -> np.ndarray:
        return self.event & (self.time <= self.horizon)


def forecast(rows: int, seed: int = 1) -> Forecast:
    rng = np.random.default_rng(seed)
    cluster = np.arange(rows) // ROWS_AN_ACCOUNT
    score = 0.8 * rng.normal(size=cluster[-1] + 1)[cluster] + 0.6 * rng.normal(size=rows)
    hazard = QUARTERLY_CHURN * np.exp(score)
    death, gone = rng.exponential(1 / hazard), rng.exponential(1 / CENSORED_BEFORE, rows)
    followed = np.minimum(gone, FOLLOWED + 0.1 * rng.random(rows))
    time, event = np.minimum(death, followed), death <= followed
    place = np.argsort(np.argsort(time)) + 1
    risk = np.round(-np.expm1(-hazard * HORIZON), 6)
    return Forecast(place * GAP, event, cluster, risk, ((time <= HORIZON).sum() + 0.5) * GAP)


def ours(score: Callable, f: Forecast) -> float:
    return score(known_at(f.time, f.event, f.horizon, cluster=f.cluster), f.risk).value


def in_scikit_uno(f: Forecast) -> float:
    return concordance_index_ipcw(f.surv, f.surv, f.risk, tau=f.horizon)[0]


def in_scikit_auc(f: Forecast) -> float:
    return cumulative_dynamic_auc(f.surv, f.surv, f.risk, f.horizon)[0][0]


def in_scikit_brier(f: Forecast) -> float:
    return brier_score(f.surv, f.surv, 1 - f.risk, f.horizon)[1][0]


SCORES: dict[str, dict[str, Callable[[Forecast], float]]] = {
    HARRELL: {
        TENURE: lambda f: harrell_c(f.time, f.event, f.risk, tau=f.horizon, cluster=f.cluster).value,
        SCIKIT: lambda f: concordance_index_censored(f.up_to_the_horizon, f.time, f.risk)[0],
        LIFELINES: lambda f: concordance_index(f.time, -f.risk, f.up_to_the_horizon),
    },
    UNO: {
        TENURE: lambda f: uno_c(f.time, f.event, f.risk, f.horizon, cluster=f.cluster).value,
        SCIKIT: in_scikit_uno,
    },
    AUC: {TENURE: partial(ours, auc_at), SCIKIT: in_scikit_auc},
    BRIER: {TENURE: partial(ours, brier_at), SCIKIT: in_scikit_brier},
}
QUADRATIC = {(HARRELL, SCIKIT), (UNO, SCIKIT)}
IN_R = {HARRELL: "harrell", UNO: "uno"}


def timed(score: Callable[[Forecast], float], f: Forecast) -> dict:
    wall, cpu = time.perf_counter(), time.process_time()
    value = float(score(f))
    return {"value": value, "cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}


def timed_in_r(what: str, folder: Path, horizon: float) -> dict:
    command = ["Rscript", str(HERE / "metric_engines.R"), IN_R[what], str(folder), repr(float(horizon))]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def turns(f: Forecast, runs: int, most_quadratic: int) -> pd.DataFrame:
    """Let the engines take turns; a line for each score, engine and turn."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("time", "event", "risk"):
            getattr(f, name).astype(np.float64).tofile(Path(folder) / f"{name}.f64")
        for turn in range(runs):
            for what, engines in SCORES.items():
                for engine, score in engines.items():
                    if (what, engine) not in QUADRATIC or (turn == 0 and len(f.time) <= most_quadratic):
                        lines.append({"what": what, "engine": engine, **timed(score, f)})
                if what in IN_R and shutil.which("Rscript"):
                    lines.append({"what": what, "engine": R, **timed_in_r(what, Path(folder), f.horizon)})
    table = pd.DataFrame(lines)
    spread = table.groupby("what")["value"].agg(np.ptp)
    if (spread > SAME).any():
        raise SystemExit(f"The scores differ, nothing is written:\n{table[['what', 'engine', 'value']]}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument(
        "--most-quadratic", type=int, default=100_000, help="rows up to which quadratic peers are asked"
    )
    parser.add_argument("--runs", type=int, default=3, help="turns of each engine")
    parser.add_argument("--table", type=Path, default=HERE / "metric_speed.csv")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", file=sys.stderr)
    if not shutil.which("Rscript"):
        print(f"  {R}: left out, no Rscript here", file=sys.stderr)
    # Compiled, or read from where that is kept, before anything is timed.
    turns(forecast(1_000), 1, options.most_quadratic)
    tables = []
    for rows in options.rows:
        f = forecast(rows)
        about = {"rows": rows, "events": int(f.up_to_the_horizon.sum())}
        print(about, file=sys.stderr)
        measured = turns(f, options.runs, options.most_quadratic)
        by_engine = measured.groupby(["what", "engine"], sort=False)
        table = by_engine.median(numeric_only=True).assign(runs=by_engine.size()).reset_index()
        for clock in ("cpu", "wall"):
            tenure = table["what"].map(table[table["engine"] == TENURE].set_index("what")[f"{clock}_s"])
            table[f"{clock}_ratio_to_tenure"] = table[f"{clock}_s"] / tenure
        in_r = measured.get("version", pd.Series(dtype=object)).dropna()
        tables.append(table.assign(**about, in_r=in_r.iloc[0] if len(in_r) else ""))
    table = pd.concat(tables)
    packages = {TENURE: ("tenure-workbench", "numba", "numpy"), SCIKIT: (SCIKIT, "numpy"), LIFELINES: (LIFELINES,)}
    told = {engine: ", ".join(f"{p} {version(p)}" for p in packages[engine]) for engine in packages}
    table["version"] = table["engine"].map(told).fillna(table["in_r"])
    order = ["what", "rows", "events", "engine", "value", "cpu_s", "wall_s", "cpu_ratio_to_tenure",
             "wall_ratio_to_tenure", "runs", "version"]  # fmt: skip
    table[order].to_csv(options.table, index=False, float_format="%.3g")
    print(table[order].to_string(index=False, float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
