"""Same input, same output, to the byte; and nothing half-written whatever happens."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cohort_content import table_hashes
from renamed import renamed, reversed_integers
from samples import SAMPLE, SampleReport
from small_source import STUDY, content_of, write_small_source

from analysis.cohort.fingerprint import ROOMS, fingerprint, module_texts, query_texts
from analysis.declared.declaration import read_declaration
from analysis.declared.factors import read_covariates
from analysis.declared.study import read_study
from analysis.ingest.files.contents import contents_of
from analysis.store.working import PREFIX
from reports.cli.commands import main

REPORT = "quarterly-2024-01-01.en"


def run(out: Path, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "reports.cli", *arguments, "--study", str(SAMPLE), "--out", str(out)]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)


OTHER = {"PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
"""Another process, with another hash seed, and more threads for linear algebra than tests have."""


def hashes_of(out: Path) -> dict[str, str]:
    return table_hashes(next(out.glob("cohort-*.duckdb")))


def test_another_process_hash_seed_and_number_of_threads_build_the_same(
    tmp_path: Path, sample_report: SampleReport
) -> None:
    assert run(tmp_path, "build", "--no-audits", "--threads", "1", **OTHER).wait() == 0
    pointers = [(out / "current.json").read_bytes() for out in (sample_report.out, tmp_path / "crm5")]
    assert pointers[0] == pointers[1]
    assert hashes_of(sample_report.out) == hashes_of(tmp_path / "crm5")


@pytest.mark.slow
def test_other_ids_hash_seed_and_number_of_threads_change_nothing_but_names(
    tmp_path: Path, sample_report: SampleReport
) -> None:
    """Accounts and users whose numbers stand the other way round: the report is the same, pictures and all."""
    made = renamed(SAMPLE.parent, tmp_path / "data", reversed_integers)
    assert run(tmp_path, "report", "quarterly", "--threads", "1", "--source", str(made.folder), **OTHER).wait() == 0
    ours, theirs = (content_of(out / REPORT) for out in (sample_report.out, tmp_path / "crm5"))
    assert ours.keys() == theirs.keys()
    named = {name for name in ours if ours[name] != theirs[name]}
    assert named == {f"{REPORT}.html", f"{REPORT}.pdf", "manifest.json", "quarterly-2024-01-01-accounts.csv"}

    pages = [re.split(r"(?=<)|(?<=>)", text[f"{REPORT}.html"].decode("utf-8")) for text in (ours, theirs)]
    differing = [tuple(map(_said, pair)) for pair in zip(*pages, strict=True) if pair[0] != pair[1]]
    is_hash = [
        bool(re.fullmatch("[0-9a-f]{16}", one) and re.fullmatch("[0-9a-f]{16}", other)) for one, other in differing
    ]
    accounts = [pair for pair, is_one in zip(differing, is_hash, strict=True) if not is_one]
    assert len(accounts) > 10
    assert [one for one, _ in accounts] == [made.old["account"][other] for _, other in accounts]
    assert sum(is_hash) == 2  # of the data, and of the cohort

    listed = [text["quarterly-2024-01-01-accounts.csv"].decode("utf-8-sig").splitlines() for text in (ours, theirs)]
    back = [
        [made.old["account"].get(line.partition(",")[0], "account_id"), *line.partition(",")[1:]] for line in listed[1]
    ]
    assert sorted(map("".join, back)) == sorted(listed[0])

    (kept,) = (tmp_path / "crm5").glob("audits-*")  # all digits of what the audits found, in which no account stands
    (own,) = sample_report.out.glob(f"audits-*-{kept.name.rpartition('-')[2]}")
    assert content_of(kept) == content_of(own)


def _said(piece: str) -> str:
    """Return what stands between two tags, or what a tag is sorted by."""
    return piece.removeprefix('<th scope="row" data-value="').removesuffix('">')


@pytest.mark.slow
def test_second_run_builds_nothing_and_writes_the_same(
    sample_report: SampleReport, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content_of(sample_report.out)
    assert main(["report", "quarterly", "--study", str(SAMPLE), "--out", str(sample_report.out.parent)]) == 0
    assert "is built already" in capsys.readouterr().out
    assert content_of(sample_report.out) == before


@pytest.mark.slow
def test_kill_in_the_middle_of_a_build_leaves_what_was_there(tmp_path: Path) -> None:
    """kill -9 once the new cohort is being written: pointer and old cohort stand, and the next build clears up."""
    study, out = write_small_source(tmp_path), tmp_path / "small"
    arguments = ["build", "--no-audits", "--study", str(study), "--out", str(tmp_path)]
    assert main(arguments) == 0
    before = content_of(out)
    study.write_text(STUDY.replace("2023-07-01", "2023-06-01"), encoding="utf-8")

    build = subprocess.Popen([sys.executable, "-m", "reports.cli", *arguments], stdout=subprocess.DEVNULL)
    while not list(out.glob(f"{PREFIX}*/cohort-*")):
        assert build.poll() is None
        time.sleep(0.005)
    build.send_signal(signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL

    left_behind = {name for name in content_of(out) if PREFIX in name}
    assert left_behind
    assert {name: content for name, content in content_of(out).items() if name not in left_behind} == before

    assert main(arguments) == 0
    assert not list(out.glob(f"{PREFIX}*"))
    assert len(list(out.glob("cohort-*.duckdb"))) == 2


@pytest.mark.slow
def test_prune_keeps_the_current_cohort_only(tmp_path: Path) -> None:
    study = write_small_source(tmp_path)
    arguments = ["build", "--no-audits", "--study", str(study), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    study.write_text(STUDY.replace("2023-07-01", "2023-06-01"), encoding="utf-8")
    assert main([*arguments, "--prune"]) == 0
    assert len(list((tmp_path / "out" / "small").glob("cohort-*.duckdb"))) == 1


def sample_fingerprint() -> dict[str, str]:
    study = read_study(SAMPLE)
    return fingerprint(study, contents_of(read_declaration(study.source.kind), study.source.path))


def changed_by(before: dict[str, str]) -> set[str]:
    after = sample_fingerprint()
    return {name for name in before if before[name] != after[name]}


class TestFingerprint:
    def test_the_build_imports_from_no_room_that_is_not_part_of_it(self) -> None:
        """But for errors, progress, words and the disk, which decide nothing: what it stands on shapes cohorts, too."""
        imported = {name for text in module_texts(ROOMS) for name in re.findall(r"from analysis\.(\w+)", text)}
        assert imported - {"errors", "progress", "store", "wording"} == set(ROOMS)

    def test_another_text_of_such_a_module_makes_another_cohort(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = sample_fingerprint()
        texts = [text + "#" * ("class Rule" in text) for text in module_texts(ROOMS)]
        assert texts != module_texts(ROOMS)
        monkeypatch.setattr("analysis.cohort.fingerprint.module_texts", lambda rooms: texts)
        assert changed_by(before) == {"cohort", "modules"}

    @pytest.mark.parametrize("path", ["6_cohorts/landmarks.sql", "1_sources/contract.toml", "checks/rules.toml"])
    def test_another_query_or_declaration_makes_another_cohort(
        self, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        before = sample_fingerprint()
        texts = query_texts()
        texts[texts.index(path) + 1] += " "
        monkeypatch.setattr("analysis.cohort.fingerprint.query_texts", lambda: texts)
        assert changed_by(before) == {"cohort", "queries"}

    @pytest.mark.parametrize(
        ("change", "changed"),
        [
            ({"label_ja": "別の名前", "label_en": "Another name", "unit": "weeks", "expected_sign": "?"}, set()),
            ({"needs": ("usage_daily.events",)}, {"cohort", "queries"}),
        ],
        ids=["a label", "what it needs"],
    )
    def test_of_a_covariate_only_what_the_build_asks_for_counts(
        self, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], changed: set[str]
    ) -> None:
        before = sample_fingerprint()
        first, *others = read_covariates()
        other = dataclasses.replace(first, **change)
        monkeypatch.setattr("analysis.cohort.fingerprint.read_covariates", lambda: (other, *others))
        assert changed_by(before) == changed
