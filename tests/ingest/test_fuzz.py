"""A few mutants of studies and of strings, through check and build; ``make fuzz`` tries more, and reports, too."""

from pathlib import Path

import fuzz
import pytest
from fuzz import Outcome, outcome


@pytest.mark.parametrize(("kind", "seed"), [("study", 1), ("study", 2), ("strings", 2)])
def test_a_mutant_ends_well(kind: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "REPORTS", 10**9)
    assert outcome(kind, seed, tmp_path).broken == []


@pytest.mark.parametrize(
    ("does", "broken"),
    [
        ("raise KeyError('account_id')", "traceback: KeyError"),
        ("warnings.warn('overflow', RuntimeWarning)", "warning: RuntimeWarning: overflow"),
        ("sys.stdout.write('\\x1b[31m')", "a control was sent"),
        ("sys.exit(2)", "traceback: SystemExit: 2"),
    ],
)
def test_what_may_not_happen_is_seen(does: str, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def command(arguments: object) -> int:
        exec(f"import sys, warnings\n{does}")
        return 0

    monkeypatch.setattr(fuzz, "main", command)
    found = Outcome("nothing")
    fuzz._run(found, "check")
    assert broken in found.broken[0]


@pytest.mark.parametrize(
    ("name", "content", "broken"),
    [
        ("x.csv", "a,b\n=1+1,2\n", "a cell that runs"),
        ("x.csv", "a,b\n1\n", "rows of unlike length"),
        ("x.csv", "a\n\x1b\n", "a control"),
        ("x.html", "<p>\x9b</p>", "a control"),
        ("x.html", "<p>", "no policy"),
        ("x.html", "<b onclick=x>default-src 'none'</b>", "markup of the data"),
        (".tenure-work-1", "", "left behind"),
        ("x.duckdb.wal", "", "left behind"),
    ],
)
def test_what_may_not_be_written_is_seen(name: str, content: str, broken: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = Outcome("nothing")
    fuzz._look_at_files(found, tmp_path)
    assert any(broken in says for says in found.broken)
