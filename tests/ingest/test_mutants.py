"""Mutants: whatever becomes of a source, it ends in a clear error or a whole cohort; ``make fuzz`` tries more."""

import json
import os
import random
from pathlib import Path

import pytest
from mutant_source import covariates_of, rows_of, small_files, text, write_files
from mutants import HARMLESS, mutant, nobodys_rows

from reports.cli.commands import main

NUMBER = int(os.environ.get("FUZZ", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
SPREAD = 7 if NUMBER < 30 else 1
"""A few mutants are each of another kind."""


def built(study: Path, out: Path) -> Path | None:
    """Build a cohort and return its path; None if it was refused, and then nothing was written."""
    code = main(["build", "--no-audits", "--study", str(study), "--out", str(out)])
    left = sorted(path.name for path in out.rglob("*") if path.is_file()) if out.exists() else []
    if code:
        assert left == []
        return None
    (pointer,), (cohort,) = out.rglob("current.json"), out.rglob("*.duckdb")
    assert left == sorted([cohort.name, pointer.name])
    assert json.loads(pointer.read_text())["cohort"] in cohort.name
    return cohort


@pytest.mark.parametrize("seed", [SEED + SPREAD * number for number in range(NUMBER)])
def test_a_mutant_ends_in_a_clear_error_or_in_a_cohort(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, done = mutant(seed)
    study = write_files(tmp_path / "source", files)
    code = main(["check", "--study", str(study), "--out", str(tmp_path / "out")])
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert code in {0, 1}, done
    assert said.err.startswith("tenure: ") == (code == 1), done
    cohort = built(study, tmp_path / "out")
    if code == 1:
        assert cohort is None, done
    said = capsys.readouterr()
    assert cohort is not None or said.err.startswith("tenure: "), done


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    folder = tmp_path_factory.mktemp("whole")
    cohort = built(write_files(folder / "source", small_files()), folder / "out")
    assert cohort is not None
    return covariates_of(cohort)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(max(1, NUMBER // 12)))
def test_rows_that_are_nobodys_change_nothing(seed: int, tmp_path: Path, whole: dict[str, list[tuple]]) -> None:
    files = small_files()
    nobodys_rows(random.Random(seed), files)
    cohort = built(write_files(tmp_path / "source", files), tmp_path / "out")
    assert cohort is not None
    assert covariates_of(cohort) == whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(max(1, NUMBER // 12)))
def test_the_order_of_rows_and_columns_changes_nothing(
    seed: int, tmp_path: Path, whole: dict[str, list[tuple]]
) -> None:
    draw, files = random.Random(seed), small_files()
    for name in sorted(files):
        if name.endswith(".csv"):
            for change in HARMLESS:
                files[name] = text(change(draw, rows_of(files[name])) or [])
    cohort = built(write_files(tmp_path / "source", files), tmp_path / "out")
    assert cohort is not None
    assert covariates_of(cohort) == whole
