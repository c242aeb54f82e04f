"""Kill builds, audits, reports and checks before their file operations, and write ``benchmarks/kills.csv``.

``make kill`` runs it. Each command runs on a folder that holds the output of an earlier source, and is killed before
an operation on it (all of them if time allows, in an order drawn from the seed), or after a drawn time, which hits what
the database does. What is left must be whole, and the next run must end as if nothing had been killed. Then the command
runs twice at once, and beside one on the earlier source.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from kills import COMMANDS, Trial

HERE = Path(__file__).parent
AT_ONCE = 3
TIMED = 10


def main() -> int:
    """Run the trials and write the table; 1 if anything was lost or mixed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="for all commands together (default: 30)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        for command in COMMANDS:
            lines += _lines(Trial(Path(scratch) / command, command), options.minutes * 60 / len(COMMANDS), options.seed)
    table = pd.DataFrame(lines)
    print(table.to_string(index=False))
    table.drop(columns="faults").to_csv(HERE / "kills.csv", index=False, lineterminator="\n")
    faults = [fault for line in lines for fault in line["faults"]]
    print("\n".join(faults))
    return 1 if faults else 0


def _lines(trial: Trial, seconds: float, seed: int) -> Iterator[dict[str, object]]:
    until, rng = time.monotonic() + seconds, random.Random(seed)
    yield _line(trial, "runs twice at once", [trial.faults_of_two_at_once] * AT_ONCE)
    yield _line(trial, "beside one of the earlier source", [trial.faults_of_two_sources_at_once] * AT_ONCE)
    took = _seconds(trial)
    yield _line(trial, "killed at a drawn moment", [_killed_after(trial, rng.uniform(0, took)) for _ in range(TIMED)])
    numbers = rng.sample(range(1, trial.operations + 1), trial.operations)
    yield _line(trial, "killed before a file operation", [_killed_before(trial, number) for number in numbers], until)


def _seconds(trial: Trial) -> float:
    began = time.monotonic()
    trial.run(trial.copy("timed")).end()
    return time.monotonic() - began


def _killed_before(trial: Trial, number: int) -> Callable[[Path], list[str]]:
    def faults(folder: Path) -> list[str]:
        code, *_ = trial.run(folder, number).end()
        if code >= 0:
            return ["was not killed"]
        return trial.faults(folder) + trial.faults_after_another_run(folder)

    return faults


def _killed_after(trial: Trial, seconds: float) -> Callable[[Path], list[str]]:
    def faults(folder: Path) -> list[str]:
        trial.run(folder).kill_after(seconds)
        return trial.faults(folder) + trial.faults_after_another_run(folder)

    return faults


def _line(
    trial: Trial, kind: str, tries: list[Callable[[Path], list[str]]], until: float = float("inf")
) -> dict[str, object]:
    found: list[str] = []
    made = 0
    for made, faults in enumerate(tries, 1):
        folder = trial.copy(f"{kind}-{made}")
        found += [f"{trial.command}, {kind}, {made}: {fault}" for fault in faults(folder)]
        trial.forget(folder)
        if time.monotonic() > until:
            break
    of = trial.operations if "operation" in kind else len(tries)
    return {
        "command": trial.command,
        "trial": kind,
        "of": of,
        "tried": made,
        "lost_or_mixed": len(found),
        "faults": found,
    }


if __name__ == "__main__":
    sys.exit(main())
