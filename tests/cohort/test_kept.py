"""Answers are kept under the hash of all that decides them, and asked anew when any of it changes."""

import dataclasses
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_source import write_small_source

from analysis.cohort import kept as module
from analysis.cohort.fingerprint import package_texts
from analysis.cohort.kept import Later, Refusal, answers_folder, decided_by, kept, kept_property, made
from analysis.cox.identifiability import NotEstimableError
from analysis.declared.factors import read_covariates
from analysis.declared.own_queries import OwnQueries
from analysis.errors import DesignError, ModelError, StudyError
from analysis.progress import quiet
from analysis.store.cohorts import KEPT, POINTER, prune
from analysis.store.values import VALUE, read_value
from analysis.wording.remarks import remark
from analysis.workbench import Workbench, open_study

ANSWER = {"rate": 0.1, "table": pd.DataFrame({"n": [1, 2]})}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    open_study(write_small_source(folder), out=folder / "out", progress=quiet)
    return folder


@pytest.fixture
def tenure(built: Path, tmp_path: Path) -> Workbench:
    """The small study, opened in a folder of the test's own."""
    shutil.copytree(built, tmp_path / "own")
    return open_study(tmp_path / "own" / "study.toml", out=tmp_path / "own" / "out", progress=quiet)


def again(tenure: Workbench, tell: Callable[[str], None] = quiet) -> Workbench:
    """Open the same cohort once more."""
    return Workbench(tenure.study, tenure.cohort_file, tenure.hashes, tell)


class Counted:
    """Gives an answer, and counts how often it was worked out."""

    def __init__(self, answer: object = 0.25) -> None:
        self.answer, self.times = answer, 0

    def __call__(self) -> object:
        self.times += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class TestAnAnswer:
    def test_is_worked_out_once_and_the_first_who_ask_see_what_all_see(self, tenure: Workbench) -> None:
        make = Counted(ANSWER)
        first, second = kept(tenure, "answer", make), kept(again(tenure), "answer", make)
        assert make.times == 1
        assert first is not ANSWER  # it was read, too
        assert first["rate"] == second["rate"] == 0.1
        pd.testing.assert_frame_equal(first["table"], second["table"], check_exact=True)
        assert kept(tenure, "other", Counted(1)) == 1

    def test_is_made_again_where_its_file_is_broken(self, tenure: Workbench) -> None:
        make = Counted()
        kept(tenure, "answer", make)
        place = answers_folder(tenure) / "answer"
        (place / VALUE).write_text("{}", encoding="ascii")
        assert kept(tenure, "answer", make) == 0.25
        assert make.times == 2
        assert read_value(place, float) == 0.25

    def test_of_two_who_work_it_out_at_once_is_whole(self, tenure: Workbench) -> None:
        both, found = threading.Barrier(2), []

        def make() -> tuple[int, ...]:
            both.wait()
            return tuple(range(1000))

        askers = [threading.Thread(target=lambda: found.append(kept(tenure, "answer", make))) for _ in range(2)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert found == [tuple(range(1000))] * 2
        assert kept(tenure, "answer", lambda: pytest.fail("worked out again")) == tuple(range(1000))

    def test_that_no_file_can_hold_is_told_all_the_same(self, tenure: Workbench) -> None:
        told: list[str] = []
        opened = again(tenure, told.append)
        answer = object()
        assert kept(opened, "answer", lambda: answer) is answer
        assert told == ["answers are not kept: A builtins.object cannot be kept as data."]

    def test_of_tables_that_somebody_has_changed_is_not_kept(self, tenure: Workbench) -> None:
        opened = again(tenure)
        opened.landmarks = opened.landmarks.head(1)
        assert kept(opened, "answer", Counted(1)) == 1
        assert kept(tenure, "answer", Counted(2)) == 2


class TestARefusal:
    @pytest.mark.parametrize("error", [ModelError(remark("money.no_terms")), DesignError("nothing varies")], ids=str)
    def test_is_kept_as_what_it_is(self, tenure: Workbench, error: ModelError | DesignError) -> None:
        make = Counted(error)
        for opened in (tenure, again(tenure)):
            with pytest.raises(type(error)) as caught:
                kept(opened, "answer", make)
            assert caught.value.args == error.args
            assert caught.value.remark == error.remark
        assert make.times == 1

    @pytest.mark.parametrize(
        "error",
        [
            StudyError("claims.toml"),
            NotEstimableError(remark("money.no_terms"), ("seats",)),
            MemoryError(),
            KeyboardInterrupt(),
        ],
        ids=repr,
    )
    def test_that_is_more_than_words_or_of_the_asker_is_not(self, tenure: Workbench, error: BaseException) -> None:
        def refuse() -> None:
            raise error

        with pytest.raises(type(error)):
            kept(tenure, "answer", refuse)
        assert kept(tenure, "answer", Counted(1)) == 1

    def test_of_an_error_that_there_is_not_any_more_is_still_one(self, tenure: Workbench) -> None:
        make = Counted(Refusal("OtherError", "no"))
        for opened in (tenure, again(tenure)):
            with pytest.raises(ModelError, match="no"):
                kept(opened, "answer", make)
        assert make.times == 1


OWN = OwnQueries(covariates=read_covariates()[:1])
OTHER_LABEL = OwnQueries(covariates=(dataclasses.replace(read_covariates()[0], label_en="Other"),))
CHANGES: dict[str, Callable[[Workbench], None]] = {
    "a setting": lambda one: _change(one, report=dataclasses.replace(one.study.report, min_cell=7)),
    "the seed": lambda one: _change(one, seed=1),
    "a covariate of its own": lambda one: _change(one, own=OWN),
    "its label": lambda one: _change(one, own=OTHER_LABEL),
    "the data": lambda one: one.hashes.update(data="0" * 16),
    "its claims": lambda one: _write(one.study.claims),
    "its score": lambda one: _write(one.study.health_score),
    "its actions": lambda one: _write(one.study.actions),
    "another file of claims": lambda one: _change(one, claims=Path("other.toml")),
}


def _change(tenure: Workbench, **changes: object) -> None:
    tenure.study = dataclasses.replace(tenure.study, **changes)


def _write(path: Path) -> None:
    path.write_text("# a remark", encoding="utf-8")


class TestTheKey:
    def test_every_part_of_it_is_another_answer(self, tenure: Workbench) -> None:
        make, folders = Counted(), [answers_folder(tenure)]
        kept(tenure, "answer", make)
        for number, change in enumerate(CHANGES.values(), 2):
            change(tenure)
            folders.append(answers_folder(tenure))
            kept(tenure, "answer", make)
            assert make.times == number
        assert len(set(folders)) == len(folders) == len(CHANGES) + 1

    def test_where_a_study_lies_is_no_part_of_it(self, tenure: Workbench, tmp_path: Path) -> None:
        own = answers_folder(tenure).name
        moved = shutil.move(tmp_path / "own", tmp_path / "moved")
        opened = open_study(moved / "study.toml", out=moved / "out", progress=quiet)
        assert answers_folder(opened).name == own

    @pytest.mark.parametrize(
        ("changed", "to"), [("package_texts", ["other"]), ("package_versions", {}), ("python_version", "3.0")]
    )
    def test_code_and_versions_are(self, monkeypatch: pytest.MonkeyPatch, changed: str, to: object) -> None:
        own = decided_by.__wrapped__(("analysis.wording",))
        assert decided_by.__wrapped__(("analysis.wording",)) == own
        monkeypatch.setattr(module, changed, lambda *given: to)
        assert decided_by.__wrapped__(("analysis.wording",)) != own

    def test_other_packages_may_decide_one_answer_and_no_other(
        self, tenure: Workbench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make = Counted()
        kept(tenure, "page", make, ("reports.claims",))
        kept(tenure, "page", make, ("reports.claims",))
        assert make.times == 1
        kept(tenure, "page", make, ("reports.contest",))
        kept(tenure, "page", make)
        assert make.times == 3

    def test_all_code_declarations_and_queries_stand_in_it(self) -> None:
        paths = set(package_texts(("analysis", "queries"))[::2])
        assert {"analysis/cohort/kept.py", "analysis/models/remarks.toml", "queries/5_covariates/usage.sql"} <= paths
        assert any(path.startswith("queries/5_covariates/") and path.endswith(".toml") for path in paths)


class TestInAFolder:
    def test_answers_go_with_their_cohort(self, tenure: Workbench) -> None:
        kept(tenure, "answer", Counted())
        out, folder = tenure.cohort_file.parent, answers_folder(tenure)
        orphan = out / f"answers-{'0' * 16}-{'1' * 16}"
        orphan.mkdir()
        assert prune(out) == [orphan]
        assert folder.is_dir()

    def test_of_one_cohort_the_last_few_sets_stay(self, tenure: Workbench) -> None:
        folders = []
        for seed in range(KEPT + 2):
            _change(tenure, seed=seed)
            kept(tenure, "answer", Counted())
            folders.append(answers_folder(tenure))
            assert folders[-1].is_dir()
        assert sum(folder.is_dir() for folder in folders) == KEPT
        assert (tenure.cohort_file.parent / POINTER).is_file()

    def test_where_nothing_can_be_written_all_is_told_and_that_once(
        self, tenure: Workbench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Stands in for a read-only disk, which whoever runs the tests may write to nevertheless."""

        def refuse(folder: Path, *given: object, **named: object) -> None:
            raise OSError(30, "Read-only file system", str(folder))

        monkeypatch.setattr("pathlib.Path.mkdir", refuse)
        told: list[str] = []
        opened, make = again(tenure, told.append), Counted(ANSWER)
        assert kept(opened, "answer", make) is ANSWER
        assert kept(opened, "another", make) is ANSWER
        assert len(told) == 1
        assert told[0].startswith("answers are not kept: Nothing can be written to the folder ")


class Room:
    """A room with one answer, held in two ways."""

    def __init__(self, tenure: Workbench, made_of: Counted, apart: str = "") -> None:
        self._tenure, self._made_of, self.kept_apart = tenure, made_of, apart

    @kept_property
    def worth(self) -> object:
        """What it is worth."""
        return self._made_of()


class TestAProperty:
    def test_is_read_once_and_kept_by_room_and_way(self, tenure: Workbench) -> None:
        one, other = Counted(1), Counted(2)
        rooms = [Room(tenure, one), Room(again(tenure), one), Room(tenure, other, "brief")]
        assert [room.worth for room in rooms] == [1, 1, 2]
        assert [one.times, other.times] == [1, 1]
        shutil.rmtree(answers_folder(tenure))
        assert rooms[0].worth == 1
        assert one.times == 1

    def test_has_its_words(self) -> None:
        assert Room.worth.__doc__ == "What it is worth."


def test_what_comes_later_is_made_when_it_is_asked_for_and_once() -> None:
    make = Counted(3)
    later = Later(make)
    assert not later.is_made
    assert [later.get(), later.get(), make.times] == [3, 3, 1]
    assert later.is_made
    assert made(4).is_made
    assert made(4).get() == 4
