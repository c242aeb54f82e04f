"""Time the forest beside one of scikit-survival's trees in one run, and write ``benchmarks/forest_speed.csv``.

``make bench`` runs it. Both forests bin the same rows, grow as many trees in as many threads and forecast the last
quarter, taking turns; nothing is written unless their forecasts are the same to the last bit. Compare CPU seconds where
the machine is busy.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from scikit_forest import ScikitForest

from analysis.design.matrix import Column, DesignMatrix
from analysis.design.outcome import HORIZON_PARTS, Outcome
from analysis.models.forest import Forest

HERE = Path(__file__).parent
ROWS_AN_ACCOUNT = 17
QUARTERLY_CHURN = 0.05
FOLLOWED_IN_PART = 0.03
EVERY_PART = range(HORIZON_PARTS + 1)

TENURE, SCIKIT = "tenure: Forest", "scikit-survival: SurvivalTree"
FORESTS = {TENURE: Forest, SCIKIT: ScikitForest}


def landmark_book(rows: int, columns: int, seed: int = 1) -> tuple[DesignMatrix, Outcome]:
    """Simulate accounts with a row a quarter: a third of the columns are numbers, counts and indicators each."""
    rng = np.random.default_rng(seed)
    account = np.arange(rows) // ROWS_AN_ACCOUNT
    values = 0.8 * rng.normal(size=(account[-1] + 1, columns))[account] + 0.6 * rng.normal(size=(rows, columns))
    values[:, 1::3] = np.floor(np.exp(values[:, 1::3]))
    values[:, 2::3] = values[:, 2::3] > 1
    log_hazard = 0.4 * (values[:, 0] + (values[:, 3] > 0) - values[:, 1] / 2 + values[:, 2])
    death = rng.exponential(HORIZON_PARTS / (QUARTERLY_CHURN * np.exp(log_hazard)))
    followed = np.where(rng.random(rows) < FOLLOWED_IN_PART, rng.uniform(0, HORIZON_PARTS, rows), HORIZON_PARTS)
    labels = account.astype(str).astype(object)
    outcome = Outcome(
        start=np.zeros(rows),
        stop=np.minimum(death, followed),
        event=death <= followed,
        cause=np.where(death <= followed, "churn", "").astype(object),
        lifetime=account,
        account=labels,
        cluster=labels,
        content=np.arange(rows, dtype=np.uint64),
        clock="landmark",
    )
    names = tuple(Column(f"x{k}", f"x{k}", "all") for k in range(columns))
    return DesignMatrix(values, names, pd.DataFrame(index=range(rows))), outcome


def seconds(act: Callable, *arguments: object) -> tuple[object, dict[str, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = act(*arguments)
    return result, {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}


def turns(design: DesignMatrix, outcome: Outcome, trees: int, runs: int) -> pd.DataFrame:
    """Let the forests take turns; a line for each, turn and step."""
    latest = DesignMatrix(design.values[::ROWS_AN_ACCOUNT], design.columns, design.rows[::ROWS_AN_ACCOUNT])
    lines = []
    for turn in range(runs):
        forecasts = {}
        for engine, make in FORESTS.items():
            forest, growing = seconds(make(n_trees=trees, seed=turn).fit, design, outcome)
            forecasts[engine], asking = seconds(forest.predict_incidence, latest, EVERY_PART)
            lines += [{"what": "fit", "engine": engine, **growing}, {"what": "forecast", "engine": engine, **asking}]
            print(f"  {engine}: {growing['cpu_s']:.2f} s of CPU", file=sys.stderr)
        if forecasts[TENURE].tobytes() != forecasts[SCIKIT].tobytes():
            raise SystemExit("The forecasts of the two forests differ; nothing is written.")
    return pd.DataFrame(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 85_000])
    parser.add_argument("--columns", type=int, default=90)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3, help="turns of each forest")
    parser.add_argument("--table", type=Path, default=HERE / "forest_speed.csv")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", file=sys.stderr)
    # Compiled, or read from where that is kept, before anything is timed.
    turns(*landmark_book(2_000, options.columns), trees=1, runs=1)
    tables = []
    for rows in options.rows:
        design, outcome = landmark_book(rows, options.columns)
        about = {"rows": rows, "columns": options.columns, "events": int(outcome.event.sum()), "trees": options.trees}
        print(about, file=sys.stderr)
        measured = turns(design, outcome, options.trees, options.runs)
        table = measured.groupby(["what", "engine"], sort=False).median().reset_index()
        for clock in ("cpu", "wall"):
            ours = table["what"].map(table[table["engine"] == TENURE].set_index("what")[f"{clock}_s"])
            table[f"{clock}_ratio_to_tenure"] = table[f"{clock}_s"] / ours
        tables.append(table.assign(**about, runs=options.runs))
    packages = {TENURE: ("tenure-workbench", "numba", "numpy"), SCIKIT: ("scikit-survival", "scikit-learn", "numpy")}
    table = pd.concat(tables)
    table["version"] = table["engine"].map(lambda engine: ", ".join(f"{p} {version(p)}" for p in packages[engine]))
    order = ["what", "rows", "columns", "events", "trees", "engine", "cpu_s", "wall_s", "cpu_ratio_to_tenure",
             "wall_ratio_to_tenure", "runs", "version"]  # fmt: skip
    table[order].to_csv(options.table, index=False, float_format="%.3g")
    print(table[order].to_string(index=False, float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
