"""The sample study: where it lies, and what its report leaves behind."""

from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "data" / "crm5_sample" / "study.toml"


@dataclass(frozen=True, slots=True)
class SampleReport:
    """The output folder of the sample study, its page, and its list of accounts."""

    out: Path
    page: str
    accounts: str
