"""Fuzz: mutants of sources, studies, strings and books through check, build and report; what may never happen, and did.

As a command, see ``make fuzz``: ``python tests/kit/fuzz.py --minutes 15 --seed 0 --table benchmarks/fuzz.csv``.
"""

import argparse
import contextlib
import csv
import io
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mutant_names import NAMES
from mutant_source import Files, small_files, write_files
from mutant_studies import QUICK, study_values
from mutants import mutant
from pages import text_of

from analysis.store.working import PREFIX
from analysis.wording.controls import shown
from analysis.wording.csv_cells import cell
from reports.cli.commands import main

REPORTS = 2
"""One of so many mutants that build is reported on."""
POLICY = "default-src 'none'"
_BINARY = {".duckdb", ".parquet"}


@dataclass(slots=True)
class Outcome:
    """What became of a mutant: how far it came, and which rules were broken on the way."""

    done: str
    refused_by: str = ""
    is_reported: bool = False
    broken: list[str] = field(default_factory=list)


def of_source(seed: int) -> tuple[Files, str]:
    """Return a mutant of the source, and what was done to it."""
    files, done = mutant(seed)
    files["study.toml"] += QUICK.encode()
    return files, ", ".join(done)


def of_study(seed: int) -> tuple[Files, str]:
    """Return a good source with a mutant of the study."""
    draw, files = random.Random(seed), small_files()
    files["study.toml"] += QUICK.encode()
    return files, ", ".join(study_values(draw, files))


def of_strings(seed: int) -> tuple[Files, str]:
    """Return a source, good but for its strings, of which some are nasty."""
    draw, files = random.Random(seed), small_files()
    files["study.toml"] += QUICK.encode()
    change = NAMES[seed % len(NAMES)]
    return files, f"{change.__name__}: {', '.join(change(draw, files))}"


def of_book(seed: int) -> tuple[Files, str]:
    """Return another good source, of few accounts or more, of which few leave or most."""
    draw = random.Random(seed)
    number, share = draw.choice([3, 8, 15, 30, 60]), draw.choice([0.1, 0.3, 0.5, 0.9])
    files = small_files(seed, number, share)
    files["study.toml"] += (QUICK if draw.random() < 0.7 else QUICK[: QUICK.index("[report]")]).encode()
    return files, f"{number} accounts, of which {share:.0%} leave"


KINDS: dict[str, Callable[[int], tuple[Files, str]]] = {
    "source": of_source, "study": of_study, "strings": of_strings, "book": of_book,
}  # fmt: skip


def outcome(kind: str, seed: int, folder: Path) -> Outcome:
    """Put a mutant through all that it passes, in an empty folder."""
    files, done = KINDS[kind](seed)
    draw, found = random.Random(f"{kind} {seed}"), Outcome(done)
    study, out = write_files(folder / "source", files), folder / "out"
    language = draw.choice(["en", "ja"])
    given = ["--study", str(study), "--out", str(out), "--language", language, "--threads", "1"]
    page = draw.random() < 0.3
    is_sound = _run(found, "check", *(["--page"] if page else []), *given)
    is_built = _run(found, "build", "--no-audits", *given)
    if is_built and not is_sound:
        found.broken.append("built what check refused")
    if not is_built:
        found.refused_by = found.refused_by or "build"
        _no_file(found, out, ".duckdb", "a cohort of a refused build")
    elif kind == "book" or draw.randrange(REPORTS) == 0:
        found.is_reported = _run(found, "report", "quarterly", *given)
        _run(found, "covariates", "--page", *given)
    _look_at_files(found, out)
    return found


def _run(found: Outcome, *arguments: str) -> bool:
    """Run a command, and say whether it did what it was asked."""
    said, complaints, verb = io.StringIO(), io.StringIO(), arguments[0]
    code: object = None
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(said):
        warnings.simplefilter("always")
        with contextlib.redirect_stderr(complaints):
            try:
                code = main(arguments)
            except (Exception, SystemExit):
                trace = traceback.format_exc().strip().splitlines()
                place = next(
                    (line.strip() for line in reversed(trace) if "/analysis/" in line or "/reports/" in line), ""
                )
                found.broken.append(f"{verb}: traceback: {trace[-1]} {place}")
    for warning in warned:
        found.broken.append(f"{verb}: warning: {warning.category.__name__}: {warning.message} {warning.filename}")
    told = complaints.getvalue()
    if code not in {0, 1} and code is not None:
        found.broken.append(f"{verb}: exit code {code}")
    if code is not None and (code == 1) != told.startswith("tenure: ") and verb != "covariates":
        found.broken.append(f"{verb}: exit code {code}, but told {told[:200]!r}")
    if shown(said.getvalue() + told, keep="\n") != said.getvalue() + told:
        found.broken.append(f"{verb}: a control was sent to the terminal")
    if "database failed" in told or "Traceback" in told:
        found.broken.append(f"{verb}: no clear error: {told[:300]}")
    if code == 1:
        found.refused_by = found.refused_by or verb
    return code == 0


def _look_at_files(found: Outcome, out: Path) -> None:
    for path in sorted(out.rglob("*")):
        if path.name.startswith(PREFIX) or path.suffix == ".wal":
            found.broken.append(f"left behind: {path.name}")
        if path.suffix == ".html":
            _look_at_page(found, path)
        if path.suffix == ".csv":
            _look_at_list(found, path)


def _look_at_page(found: Outcome, path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    if shown(page, keep="\n") != page:
        found.broken.append(f"{path.name}: a control")
    if POLICY not in page:
        found.broken.append(f"{path.name}: no policy")
    if re.search(r"<script|<b></b>|<[^>]*\son\w+=", re.sub(r'="[^"]*"', "", page)):
        found.broken.append(f"{path.name}: markup of the data")
    try:
        text_of(page)
    except (AssertionError, IndexError):
        found.broken.append(f"{path.name}: tags that do not close")


def _look_at_list(found: Outcome, path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    if shown(text, keep="\n\r\t\ufeff\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067") != text:
        found.broken.append(f"{path.name}: a control")
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    if any(len(row) != len(head) for row in rows):
        found.broken.append(f"{path.name}: rows of unlike length")
    for value in (value for row in [head, *rows] for value in row):
        if cell(value) != value and not re.fullmatch(r"-(inf|\d+(\.\d+)?(e[+-]\d+)?)", value):
            found.broken.append(f"{path.name}: a cell that runs: {value!r}")


def _no_file(found: Outcome, out: Path, suffix: str, says: str) -> None:
    if out.exists() and any(path.suffix == suffix for path in out.rglob("*")):
        found.broken.append(says)


def outcomes(kinds: list[str], seed: int, until: Callable[[], bool]) -> Iterator[tuple[str, int, Outcome]]:
    """Put mutants of each kind by turns through all, from a seed on, for as long as there is time."""
    while not until():
        for kind in kinds:
            folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
            try:
                yield kind, seed, outcome(kind, seed, folder)
            finally:
                shutil.rmtree(folder)
        seed += 1


def _command() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--table", type=Path)
    options = parser.parse_args()
    began, counts = time.monotonic(), {kind: dict.fromkeys(COLUMNS[1:], 0) for kind in options.kinds}
    ends = began + 60 * options.minutes
    for kind, seed, found in outcomes(options.kinds, options.seed, lambda: time.monotonic() > ends):
        count = counts[kind]
        count["runs"] += 1
        count["refused_by_check"] += found.refused_by == "check"
        count["refused_later"] += found.refused_by not in {"", "check"}
        count["passed"] += not found.refused_by
        count["reported"] += found.is_reported
        count["failures"] += bool(found.broken)
        for broken in found.broken:
            print(f"{kind} {seed} ({found.done}): {shown(broken)[:600]}", flush=True)
    table = "\n".join([",".join(COLUMNS), *(",".join([kind, *map(str, counts[kind].values())]) for kind in counts)])
    print(table)
    if options.table:
        options.table.write_text(table + "\n", encoding="utf-8")
    return int(any(count["failures"] for count in counts.values()))


COLUMNS = ("kind", "runs", "refused_by_check", "refused_later", "passed", "reported", "failures")

if __name__ == "__main__":
    sys.exit(_command())
