"""A second opening reads what the first one worked out: no model is fitted, and every number is the same."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from samples import SAMPLE, SCORE, with_little_work

from analysis.cohort.kept import answers_folder
from analysis.figures.display import Display
from analysis.models.boosting import Boosting
from analysis.models.forest import Forest
from analysis.models.kaplan_meier_cells import KaplanMeierCells
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.rivals import LastSettledQuarterRate
from analysis.progress import quiet
from analysis.workbench import Workbench, open_study

pytestmark = pytest.mark.slow
MODELS = (Boosting, Forest, KaplanMeierCells, LandmarkCox, LastSettledQuarterRate, Logistic)
FITS = (
    "analysis.inference.fit.fit_as_supported",
    "analysis.claims.ledger.estimate_all",
    "analysis.cox.proportional_hazards.proportional_hazards_test",
)
QUESTIONS: dict[str, Callable[[Workbench], Display]] = {
    "hazard ratios": lambda study: study.hazard_ratios(),
    "drifts": lambda study: study.proportional_hazards(),
    "scores": lambda study: study.evaluation(),
    "calibration": lambda study: study.evaluation.calibration(),
    "capacity": lambda study: study.evaluation.caught(),
    "model card": lambda study: study.evaluation.card(),
    "two models": lambda study: study.evaluate(["logistic", "forest"]).scores(),
    "outlook": lambda study: study.outlook(),
    "expected ends": lambda study: study.expected_ends(),
    "contest": lambda study: study.contest(),
    "contest by group": lambda study: study.contest.where(),
    "risk differences": lambda study: study.effects(),
    "claims": lambda study: study.claims(),
    "claims before": lambda study: study.claims().past(),
    "score": lambda study: study.score_audit.ordering(),
    "weights": lambda study: study.health_score(),
    "stories": lambda study: study.stories(),
    "an account": lambda study: study.account("1602"),
}


def opened(out: Path, score: Path) -> Workbench:
    tenure = with_little_work(open_study(SAMPLE, out=out, progress=quiet))
    tenure.study = dataclasses.replace(tenure.study, health_score=score)
    return tenure


@pytest.fixture(scope="module")
def first(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """The sample with a health score, of which everything has been asked."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(built_sample, folder / "out")
    (folder / "health_score.toml").write_text(SCORE, encoding="utf-8")
    return opened(folder / "out", folder / "health_score.toml")


@pytest.fixture(scope="module")
def told(first: Workbench) -> dict[str, pd.DataFrame | Exception]:
    return {name: answer(first, ask) for name, ask in QUESTIONS.items()}


@pytest.fixture
def second(first: Workbench, told: object, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """The same, opened again where nothing can be fitted."""
    for kind in MODELS:
        monkeypatch.setattr(kind, "fit", refuse)
    for name in FITS:
        monkeypatch.setattr(name, refuse)
    return opened(first.cohort_file.parents[1], first.study.health_score)


def refuse(*given: object, **named: object) -> None:
    pytest.fail("fitted again")


def answer(study: Workbench, ask: Callable[[Workbench], Display]) -> pd.DataFrame:
    return ask(study).frame()


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_is_the_same_and_nothing_is_fitted(
    second: Workbench, told: dict[str, pd.DataFrame], name: str
) -> None:
    found = answer(second, QUESTIONS[name])
    assert len(found)
    pd.testing.assert_frame_equal(found, told[name], check_exact=True)


def test_what_it_shows_is_the_same(first: Workbench, second: Workbench) -> None:
    for ask in (Workbench.claims, Workbench.outlook, Workbench.hazard_ratios):
        assert repr(ask(second)) == repr(ask(first))
    assert repr(second.contest()) == repr(first.contest())


def test_models_are_fitted_again_for_whoever_asks_for_them(first: Workbench, told: object) -> None:
    """To the bit the same."""
    again = opened(first.cohort_file.parents[1], first.study.health_score)
    assert not again.rolling.learned.is_made
    (fold,) = again.rolling.folds
    (own,) = first.rolling.folds
    assert again.rolling.quarters == (fold.landmark,)
    assert {name: risk.tobytes() for name, risk in fold.risk.items()} == {
        name: risk.tobytes() for name, risk in own.risk.items()
    }


def test_other_claims_and_another_score_are_asked_about_anew(second: Workbench) -> None:
    second.study.health_score.write_text(SCORE.replace("70", "60"), encoding="utf-8")
    try:
        with pytest.raises(pytest.fail.Exception, match="fitted again"):
            second.claims()
    finally:
        second.study.health_score.write_text(SCORE, encoding="utf-8")
    assert len(second.claims().frame())


def test_models_of_the_askers_own_are_not_kept(first: Workbench, told: object) -> None:
    before = sorted(path.name for path in answers_folder(first).iterdir())
    assert len(first.evaluate({"rate": LastSettledQuarterRate}).scores().frame())
    assert sorted(path.name for path in answers_folder(first).iterdir()) == before
