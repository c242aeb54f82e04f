"""What several tests share: the sample study built and reported once."""

import shutil
from pathlib import Path

import one_thread  # noqa: F401  before anything imports NumPy
import pytest
from samples import SAMPLE, SampleReport
from shared import once

from reports.cli.commands import main


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """The sample's report, in a folder of the worker's own."""

    def report(out: Path) -> None:
        assert main(["report", "quarterly", "--study", str(SAMPLE), "--out", str(out)]) == 0

    out = tmp_path_factory.mktemp("sample")
    shutil.copytree(once(tmp_path_factory, "sample", report), out, dirs_exist_ok=True)
    folder = out / "crm5" / "quarterly-2024-01-01.en"
    return SampleReport(
        out / "crm5",
        (folder / "quarterly-2024-01-01.en.html").read_text(encoding="utf-8"),
        (folder / "quarterly-2024-01-01-accounts.csv").read_text(encoding="utf-8-sig"),
    )
