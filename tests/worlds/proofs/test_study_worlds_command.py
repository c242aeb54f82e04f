"""The command that studies simulated worlds: which tables it makes, and where it writes them."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.worlds.proofs.proofs import TABLES, Proofs
from reports.cli.commands import main


def test_every_table_that_may_be_asked_for_has_a_proof() -> None:
    assert {name for name in TABLES if callable(getattr(Proofs, name, None))} == set(TABLES)


def test_tables_are_written_into_a_folder_that_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Proofs, "clocks", lambda _: pd.DataFrame({"scenario": ["base"], "share": [1 / 3]}))
    folder = tmp_path / "new" / "tables"
    assert main(["study-worlds", "--only", "clocks", "--out", str(tmp_path), "--tables", str(folder)]) == 0
    assert (folder / "clocks.csv").read_text(encoding="utf-8") == "scenario,share\nbase,0.3333\n"
    assert f"The tables are in {folder}: clocks.csv" in capsys.readouterr().out


def test_a_table_of_no_proof_is_refused_and_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study-worlds", "--only", "clock", "--out", str(tmp_path), "--tables", str(tmp_path / "t")]) == 1
    assert "--only names 'clock', which is no table. Known: cox_recovery, " in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
