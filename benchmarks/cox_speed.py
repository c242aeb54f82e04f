"""Time the Cox fit beside its peers in one run, and write ``benchmarks/cox_speed.csv``: ``make bench``.

Every engine fits in processes of its own, the engines taking turns; a line of the table is the median of its fits.
All but greenwood use one processor at a time, so ratios are of CPU seconds, which a busy machine changes less.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from cox_engines import ENGINES
from cox_panel import cox_panel

HERE = Path(__file__).parent
COLUMNS = 15
RARE, FREQUENT = 0.033, 0.14
"""Monthly hazards: 3% of the rows end in the event; 12%, so that 1 million rows have 100,000 distinct event times."""
MOST_SECONDS = 240

INNER, ROBUST, START = "fit", "fit with cluster-robust errors", "whole process, 10,000 rows"
TENURE = {INNER: "tenure: inner fit", ROBUST: "tenure: fit_cox"}
R_ENGINES = {"survival (R): agreg.fit": "inner", "survival (R): coxph, cluster": "coxph"}
R_INNER, R_ROBUST = R_ENGINES
PYPI_INNER, PYPI_FIT, PYPI_ROBUST = (name for name in ENGINES if name.startswith("survival"))
SLOW = ("lifelines: CoxTimeVaryingFitter", "greenwood: CoxPH")


@dataclass(frozen=True)
class Setting:
    """A panel, and the engines that fit it: {engine: turns}, for each of the two questions."""

    rows: int
    instants_a_month: int
    monthly_hazard: float
    inner: dict[str, int]
    robust: dict[str, int]


def settings(rows: int, large: int, runs: int) -> list[Setting]:
    """Choose panels and engines; the slow ones get a tenth of the rows, and R's whole ``coxph`` one turn."""
    inner = {R_INNER: runs, PYPI_INNER: runs, PYPI_FIT: runs}
    robust = {PYPI_ROBUST: runs}
    chosen = [Setting(rows, 1, RARE, inner, {R_ROBUST: 1, **robust}), Setting(rows, 30, RARE, inner, robust)]
    chosen += [Setting(rows, instants, FREQUENT, {R_INNER: 1}, {}) for instants in (1, 30, 10_000)]
    chosen += [Setting(rows // 10, instants, RARE, {**inner, **dict.fromkeys(SLOW, 1)}, {}) for instants in (1, 30)]
    return [*chosen, Setting(large, 1, RARE, {R_INNER: 1}, {})]


def environment(**more: str) -> dict[str, str]:
    # OpenBLAS told to take the kernels of another processor is slow, for every engine.
    return {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"} | more


def command(engine: str, folder: Path) -> list[str]:
    if engine in R_ENGINES:
        return ["Rscript", str(HERE / "cox_engines.R"), R_ENGINES[engine], str(folder)]
    return [sys.executable, str(HERE / "cox_engines.py"), engine, str(folder)]


def run_once(engine: str, folder: Path) -> dict | None:
    """Return what the engine measured, or None, said aloud, where it is not installed or takes too long."""
    if engine in R_ENGINES and shutil.which("Rscript") is None:
        print(f"  {engine}: left out, no Rscript here", file=sys.stderr)
        return None
    try:
        done = subprocess.run(
            command(engine, folder),
            env=environment(),
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"  {engine}: left out, more than {MOST_SECONDS} s", file=sys.stderr)
        return None
    if done.returncode:
        print(f"  {engine}: left out, {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def compare(what: str, folder: Path, engines: dict[str, int]) -> Iterator[dict]:
    """Let the engines take turns on the panel in `folder`, and yield a line for each that answered."""
    answers: dict[str, list[dict]] = {}
    for turn in range(max(engines.values())):
        for engine, runs in engines.items():
            missing = turn > 0 and engine not in answers
            if turn < runs and not missing and (answer := run_once(engine, folder)):
                answers.setdefault(engine, []).append(answer)
                print(f"  {what}, {engine}: {min(answer['wall_s']):.2f} s", file=sys.stderr)
    seconds = {
        (engine, clock): [each for turn in turns for each in turn[clock]]
        for engine, turns in answers.items()
        for clock in ("cpu_s", "wall_s")
    }
    ours = TENURE[what]
    for engine, turns in answers.items():
        difference = np.subtract(turns[0]["coefficients"], answers[ours][0]["coefficients"])
        yield {
            "what": what,
            "engine": engine,
            "cpu_s": np.median(seconds[engine, "cpu_s"]),
            "wall_s": np.median(seconds[engine, "wall_s"]),
            "ratio_to_tenure": np.median(seconds[engine, "cpu_s"]) / np.median(seconds[ours, "cpu_s"]),
            "extra_memory_of_matrix": max(turn["extra_memory_of_matrix"] for turn in turns),
            "max_coef_difference": np.abs(difference).max(),
            "fits": len(seconds[engine, "wall_s"]),
            "version": turns[0]["version"],
        }


def lines_of(setting: Setting, runs: int) -> Iterator[dict]:
    panel = cox_panel(
        setting.rows, COLUMNS, instants_a_month=setting.instants_a_month, monthly_hazard=setting.monthly_hazard
    )
    about = {"rows": setting.rows, "columns": COLUMNS, "events": int(panel.event.sum()), "times": panel.n_event_times}
    print(about, file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        panel.write(Path(folder))
        del panel
        for what, peers in ((INNER, setting.inner), (ROBUST, setting.robust)):
            for line in compare(what, Path(folder), {TENURE[what]: runs} | peers):
                yield about | line


def starts(runs: int) -> Iterator[dict]:
    """Time the whole process, imports and all, with nothing compiled before and with everything."""
    panel = cox_panel(10_000, COLUMNS, instants_a_month=30, monthly_hazard=RARE)
    about = {"rows": 10_000, "columns": COLUMNS, "events": int(panel.event.sum()), "times": panel.n_event_times}
    spent: dict[str, list[tuple[float, float]]] = {"nothing compiled": [], "compiled before": []}
    with tempfile.TemporaryDirectory() as folder:
        panel.write(Path(folder))
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as cache:
                for measured in spent.values():
                    measured.append(whole_process(Path(folder), cache))
    for state, measured in spent.items():
        cpu, wall = np.median(measured, axis=0)
        engine = f"{TENURE[ROBUST]}, {state}"
        yield about | {"what": START, "engine": engine, "cpu_s": cpu, "wall_s": wall, "fits": runs}


def whole_process(folder: Path, cache: str) -> tuple[float, float]:
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*command(TENURE[ROBUST], folder), "--once"],
        env=environment(NUMBA_CACHE_DIR=cache), stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, help="rows of the largest panel; five times as many by default")
    parser.add_argument("--runs", type=int, default=2, help="turns of each engine")
    parser.add_argument("--table", type=Path, default=HERE / "cox_speed.csv")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", file=sys.stderr)
    lines = list(starts(options.runs))
    for setting in settings(options.rows, options.large or 5 * options.rows, options.runs):
        lines += lines_of(setting, options.runs)
    order = ["what", "rows", "columns", "events", "times", "engine", "cpu_s", "wall_s", "ratio_to_tenure",
             "extra_memory_of_matrix", "max_coef_difference", "fits", "version"]  # fmt: skip
    table = pd.DataFrame(lines)[order]
    table.to_csv(options.table, index=False, float_format="%.3g")
    print(table.to_string(index=False, float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
