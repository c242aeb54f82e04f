"""What several tests share: the sample study built and reported once."""

import pytest
from samples import SAMPLE, SampleReport

from reports.cli.commands import main


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    out = tmp_path_factory.mktemp("sample")
    assert main(["report", "quarterly", "--study", str(SAMPLE), "--out", str(out)]) == 0
    return SampleReport(
        out / "crm5",
        (out / "crm5" / "quarterly-2024-01-01.en" / "quarterly-2024-01-01.en.html").read_text(encoding="utf-8"),
        (out / "crm5" / "quarterly-2024-01-01.en" / "quarterly-2024-01-01-accounts.csv").read_text(
            encoding="utf-8-sig"
        ),
    )
