"""Time builds whose log queries run on DuckDB, in buckets, and on a local Spark; write ``benchmarks/log_engines.csv``.

Each build runs in a process of its own, with all that it starts; where two make other tables, nothing is written.
``make bench-log`` runs it. Compare CPU seconds where the machine is busy.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
from covariate_source import make_source, study_of

from analysis.cohort.build import build_cohort
from analysis.cohort.long_log.log_stays import STAYS
from analysis.declared.long_tables import LOGS
from analysis.progress import quiet

MILLION = 1_000_000
ENGINES = {
    "duckdb": ("duckdb", 1, None),
    "duckdb, within 500 MB": ("duckdb", 1, "500MB"),
    "duckdb, 8 buckets": ("duckdb", 8, None),
    "duckdb, 8 buckets, within 500 MB": ("duckdb", 8, "500MB"),
    "spark, local": ("spark", 1, None),
}
"""By name: what runs the log, in how many buckets, and the most memory that DuckDB may take."""
KILOBYTE, GIGABYTE = 1024, 1e9
TICK = 1 / os.sysconf("SC_CLK_TCK")


def build(name: str, source: Path, out: Path) -> dict:
    """Build in this process, and return what that took, Spark's process, which lives as long as this one, with it."""
    kind, buckets, memory_limit = ENGINES[name]
    began = time.perf_counter()
    made = build_cohort(study_of(source).with_log_on(kind, buckets), out, quiet, memory_limit=memory_limit)
    wall = time.perf_counter() - began
    used = [used_by(process) for process in (os.getpid(), *started_by(os.getpid()))]
    with duckdb.connect(str(made.path), read_only=True) as con:
        own = [STAYS, *sorted(LOGS)]  # a log that stays where it is, or its copy
        held = "from built_tables as held where not list_contains($own, table_name)"
        digest = con.execute(f"select cast(sum(hash(held)) as varchar) {held}", {"own": own}).fetchone()[0]
    return {
        "wall_seconds": wall,
        "cpu_seconds": sum(seconds for seconds, _ in used),
        "peak_gigabytes": sum(peak for _, peak in used) / GIGABYTE,
        "cohort_gigabytes": made.path.stat().st_size / GIGABYTE,
        "digest": digest,
    }


def started_by(process: int) -> list[int]:
    """Return the processes that one has started, and those that these have."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [found for child in map(int, children) for found in (child, *started_by(child))]


def used_by(process: int) -> tuple[float, float]:
    """Return the CPU seconds of a process so far, and the most bytes that it held in memory."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return (int(after_name[11]) + int(after_name[12])) * TICK, KILOBYTE * int(peak[1]) if peak else 0.0


def lines_of(rows: int, engines: list[str]) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        make_source(source, rows)
        lines = []
        for number, name in enumerate(engines):
            command = [sys.executable, __file__, "--one", name, str(source), str(Path(folder) / f"out-{number}")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{name}: {done.stderr.strip()[-2000:]}")
            lines.append({"rows": rows, "engine": name} | json.loads(done.stdout.splitlines()[-1]))
            print(f"{rows:,} rows, {name}: {lines[-1]['wall_seconds']:.0f} s", file=sys.stderr)
    if len({line["digest"] for line in lines}) != 1:
        raise SystemExit(f"The engines make other tables of {rows:,} rows: {lines}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--one", nargs=3, metavar=("ENGINE", "SOURCE", "OUT"), help="build once, and print what it took"
    )
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 3, 10], help="million rows of use")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--table", type=Path, default=Path(__file__).with_suffix(".csv"))
    options = parser.parse_args()
    if options.one:
        name, source, out = options.one
        print(json.dumps(build(name, Path(source), Path(out))))
        return
    lines = [line for size in options.sizes for line in lines_of(round(size * MILLION), options.engines)]
    table = pd.DataFrame(lines).drop(columns="digest")
    table.to_csv(options.table, index=False, float_format="%.3g", lineterminator="\n")
    print(table.to_string(index=False, float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
