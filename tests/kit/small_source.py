"""A small source in the contract's shape, good as it stands, for tests that then break it in one way."""

from pathlib import Path

STUDY = """
name = "small"

[source]
kind = "contract"
path = "data"

[time]
observation_start = 2023-01-01
snapshot = 2023-07-01
"""

ACCOUNTS = """account_id,segment
a1,web
a2,web
a3,shop
"""

SUBSCRIPTIONS = """subscription_id,account_id,started_on,term_ends_on,ended_on,term_months,seats,mrr
s1,a1,2023-01-05,2023-07-05,,6,5,100
s2,a2,2023-01-10,2023-07-10,2023-04-10,6,10,200
s3,a3,2023-02-01,2024-02-01,,12,25,450
"""

USAGE = """account_id,used_on,feature,events
a1,2023-01-06,search,3
a1,2023-02-06,search,2
a2,2023-01-12,search,1
a3,2023-03-01,quote,7
a3,2023-06-28,quote,2
"""


def write_small_source(folder: Path, **tables: str | None) -> Path:
    """Write study and tables into a folder and return the study's path; a table given as None is left out."""
    content = {"accounts": ACCOUNTS, "subscriptions": SUBSCRIPTIONS, "usage_daily": USAGE} | tables
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, text in content.items():
        path = folder / "data" / f"{name}.csv"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
    study = folder / "study.toml"
    study.write_text(STUDY, encoding="utf-8")
    return study


def content_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, to show that nothing changed."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
