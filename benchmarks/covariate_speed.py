"""Time the way from Parquet to covariates, by query and beside polars; write ``benchmarks/covariate_speed.csv``.

Every engine runs in processes of its own, the two peers taking turns; a line of the table is the median of its runs.
``make bench-covariates`` runs it. Compare CPU seconds where the machine is busy, wall seconds where it is not.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from covariate_engines import disagreement
from covariate_source import make_source

HERE = Path(__file__).parent
MILLION = 1_000_000
CHECKED_AT = MILLION
AGREE_WITHIN = 1e-9
REPEATED_UP_TO, LIMITED_FROM, LIMIT = 3 * MILLION, 100 * MILLION, "4GB"
SECONDS = ["wall_seconds", "cpu_seconds"]
ALL, OURS, PEER = "all", "twelve covariates, tenure", "twelve covariates, polars"


def run(engine: str, source: Path, start: Path, memory_limit: str | None = None) -> dict:
    """Let one engine run in a process of its own and return what it measured."""
    command = [sys.executable, str(HERE / "covariate_engines.py"), engine, str(source), str(start)]
    if memory_limit:
        command += ["--memory-limit", memory_limit]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{engine}: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout else {}


def refuse_disagreement(source: Path, start: Path) -> None:
    for engine in ("begin", "tenure", "polars"):
        run(engine, source, start)
    difference = disagreement(start)
    if not difference <= AGREE_WITHIN:
        raise SystemExit(f"The queries and polars differ by {difference}; nothing was timed.")
    print(f"the queries and polars agree within {difference:.1g}", file=sys.stderr)


def medians(answers: list[dict], what: str) -> Iterator[dict]:
    """Yield a line for the whole; where that is all covariates, also one for each step: the load, the queries."""
    runs = {"runs": len(answers)}
    steps = pd.concat([pd.DataFrame(answer["laps"]).assign(run=turn) for turn, answer in enumerate(answers)])
    peak = max(answer["peak_gigabytes"] for answer in answers)
    yield {"what": what, **steps.groupby("run")[SECONDS].sum().median(), "peak_gigabytes": peak, **runs}
    if what == ALL:
        for step, seconds in steps.groupby("what", sort=False)[SECONDS].median().iterrows():
            yield {"what": step, **seconds, **runs}


def peers(source: Path, start: Path, turns: int) -> list[dict]:
    """Let both peers take turns; the ratio is ours to that of polars."""
    answers: dict[str, list[dict]] = {"tenure": [], "polars": []}
    for _ in range(turns):
        for engine, found in answers.items():
            found.append(run(engine, source, start))
    if not disagreement(start) <= AGREE_WITHIN:
        raise SystemExit("The queries and polars differ.")
    (ours,), (peer,) = medians(answers["tenure"], OURS), medians(answers["polars"], PEER)
    ours |= {
        f"{clock}_ratio_to_polars": ours[f"{clock}_seconds"] / peer[f"{clock}_seconds"] for clock in ("wall", "cpu")
    }
    return [ours, peer]


def lines_of(rows: int, options: argparse.Namespace) -> Iterator[dict]:
    limit = options.memory_limit or (LIMIT if rows >= LIMITED_FROM else None)
    turns = options.runs if rows <= REPEATED_UP_TO else 1
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        source, start = Path(folder) / "source", Path(folder) / "start"
        began = time.perf_counter()
        make_source(source, rows)
        print(f"{rows:,} rows: made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        run("begin", source, start)
        answers = [run("everything", source, start, limit) for _ in range(turns)]
        lines = list(medians(answers, ALL))
        if rows in millions(options.peer_sizes):
            lines += peers(source, start, options.runs)
    for line in lines:
        yield {"rows": rows, "memory_limit": limit or ""} | line
        if "peak_gigabytes" in line:
            print(f"  {line['what']}: {line['wall_seconds']:.1f} s, {line['peak_gigabytes']:.2f} GB", file=sys.stderr)


def millions(sizes: list[float]) -> list[int]:
    return [round(size * MILLION) for size in sizes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 3, 10, 30, 100], help="million rows of use")
    parser.add_argument("--peer-sizes", type=float, nargs="*", default=[1, 10], help="those at which polars runs, too")
    parser.add_argument("--runs", type=int, default=3, help="turns of each engine, all covariates up to 3 million rows")
    parser.add_argument("--memory-limit", help=f"of DuckDB at every size (default: {LIMIT} from 100 million rows on)")
    parser.add_argument("--scratch", type=Path, help="a folder for sources and databases (100 million rows: 20 GB)")
    parser.add_argument("--table", type=Path, default=HERE / "covariate_speed.csv")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        make_source(Path(folder) / "source", min(CHECKED_AT, *millions(options.sizes)))
        refuse_disagreement(Path(folder) / "source", Path(folder) / "start")
    lines = [line for rows in millions(options.sizes) for line in lines_of(rows, options)]
    order = ["rows", "what", *SECONDS, "peak_gigabytes", "wall_ratio_to_polars", "cpu_ratio_to_polars", "memory_limit",
             "runs"]  # fmt: skip
    table = pd.DataFrame(lines).reindex(columns=order)
    table.to_csv(options.table, index=False, float_format="%.3g", lineterminator="\n")
    print(table.to_string(index=False, float_format="{:.3g}".format, na_rep=""))


if __name__ == "__main__":
    main()
