"""CSV for people: right in Excel in any language, harmless, and readable again by what wrote it."""

import io
from pathlib import Path

import pandas as pd
import pytest
from small_source import write_small_source

from analysis.written.csv_text import as_csv
from reports.cli.commands import main
from reports.writing.files import write_texts

NAMES = pd.DataFrame(
    {"account_id": ["a1", "a2", "a3"], "name": ["解約株式会社", "Müller, Söhne", '"=1+1"'], "segment": "x"}
)


def test_a_byte_order_mark_stands_before_the_header(tmp_path: Path) -> None:
    write_texts({"names.csv": as_csv(NAMES)}, tmp_path)
    assert (tmp_path / "names.csv").read_bytes().startswith(b"\xef\xbb\xbfaccount_id,name,segment\n")


def test_pandas_reads_it_again(tmp_path: Path) -> None:
    write_texts({"names.csv": as_csv(NAMES)}, tmp_path)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "names.csv"), NAMES)


@pytest.mark.parametrize("name", ["accounts", "usage_daily"])
def test_a_source_may_be_made_of_such_files(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_small_source(tmp_path)
    path = tmp_path / "data" / f"{name}.csv"
    write_texts({path.name: as_csv(pd.read_csv(io.StringIO(path.read_text(encoding="utf-8"))))}, path.parent)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert main(["check", "--study", str(study)]) == 0
    assert "nothing was found" in capsys.readouterr().out


def test_every_list_of_a_report_and_every_table_of_an_audit_has_one(sample_report) -> None:
    files = sorted(sample_report.out.rglob("*.csv"))
    assert len(files) > 5
    assert [path.name for path in files if not path.read_bytes().startswith(b"\xef\xbb\xbf")] == []
