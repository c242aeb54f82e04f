"""Model card: what must be known of the quoted forecasts, item by item of TRIPOD+AI, as far as data tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import pandas as pd

from analysis.cohort.package_versions import package_versions
from analysis.declared.study import Study
from analysis.design.matrix import Covariate
from analysis.evaluation.calibration.measures import Measured
from analysis.evaluation.card_codes import CARE, COVARIATES, GROUND, ITEMS, LEAD, LEVEL, OUTCOME
from analysis.evaluation.card_facts import (
    FamilyCounts,
    ModelCounts,
    SampleSize,
    family_counts,
    model_counts,
    sample_size,
)
from analysis.evaluation.card_limits import size_limits, skill_limits, stability_limits
from analysis.evaluation.in_use import InUse
from analysis.evaluation.over_time.covariates import CovariateDrift
from analysis.evaluation.readings import score_of
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin
from analysis.evaluation.skill import Skill
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.remarks import Remark, remark


@dataclass(frozen=True, slots=True)
class CardItem:
    """An item of TRIPOD+AI.

    Attributes
    ----------
    topic
        What it asks for: one of `ITEMS`.
    says
        What data and settings say to it; nothing where they say nothing.
    """

    topic: Remark
    says: tuple[Remark, ...]

    @property
    def number(self) -> str:
        """Its number in TRIPOD+AI."""
        return _number(self.topic.code)


@dataclass(frozen=True, slots=True, eq=False)
class ModelCard:
    """The card of the forecasts that would have been quoted, and of the model that is quoted now.

    Attributes
    ----------
    items
        All of `ITEMS`, in order.
    families, models, size
        What the models of the last scored quarter were made of.
    attrition
        From accounts to lifetimes at risk, as `analysis.cohort.frames.ATTRITION`.
    performance
        Of the forecasts quoted then: 'auc', 'log_score', 'ipa', 'observed_over_expected', 'slope' and 'ici', the last
        without an interval.
    limits
        Conditions under which they should not be relied on; also item 26.
    hashes, versions
        Of what the cohort was built from, and of the packages that all numbers come from.
    """

    items: tuple[CardItem, ...]
    families: tuple[FamilyCounts, ...]
    models: tuple[ModelCounts, ...]
    size: SampleSize
    attrition: pd.DataFrame
    performance: Mapping[str, Measured]
    limits: tuple[Remark, ...]
    hashes: Mapping[str, str]
    versions: Mapping[str, str]

    def says(self, number: str) -> tuple[Remark, ...]:
        """Return what there is to say to an item; nothing where data say nothing."""
        return next(item.says for item in self.items if item.number == number)

    @property
    def told(self) -> tuple[CardItem, ...]:
        """Items to which there is something to say."""
        return tuple(item for item in self.items if item.says)

    @property
    def untold(self) -> tuple[CardItem, ...]:
        """Items that no data tell: people must answer them."""
        return tuple(item for item in self.items if not item.says)


@dataclass(frozen=True, slots=True, eq=False)
class CardSource:
    """What a card is made of.

    Attributes
    ----------
    study, hashes
        The study, and what its cohort was built from.
    attrition, findings
        As the tables ``attrition`` and ``rule_findings`` of the cohort.
    settled_until
        The last day on which an end is known to be one.
    knows_interventions
        Whether the source tells what was done to keep accounts.
    covariates
        Those that are measured on landmarks.
    training
        The rows that the models of the last scored quarter learned from.
    rolling, skill, use
        How forecasts turned out.
    """

    study: Study
    hashes: Mapping[str, str]
    attrition: pd.DataFrame
    findings: pd.DataFrame
    settled_until: pd.Timestamp
    knows_interventions: bool
    covariates: Sequence[Covariate]
    training: pd.DataFrame
    rolling: RollingOrigin
    skill: Skill
    use: InUse


def model_card(source: CardSource) -> ModelCard:
    """Answer what data and settings answer of the items; what they do not is left open, never invented."""
    last = source.rolling.folds[-1]
    families = family_counts(last, source.training, source.covariates)
    models, size = model_counts(last), sample_size(last, source.training)
    performance = _performance(source)
    limits = _limits(source, families, size)
    answers = (
        _of_purpose(source)
        | _of_data(source)
        | _of_predictors(source, families, size)
        | _of_methods(source, models)
        | _of_results(source, models, performance)
        | {"26": limits}
    )
    return ModelCard(
        items=tuple(CardItem(remark(code), answers.get(_number(code), ())) for code in ITEMS),
        families=families,
        models=models,
        size=size,
        attrition=source.attrition,
        performance=performance,
        limits=limits,
        hashes=source.hashes,
        versions=package_versions(),
    )


Answers = dict[str, tuple[Remark, ...]]


def _number(code: str) -> str:
    return code.rpartition(".")[2]


def _says(code: str, **values: object) -> tuple[Remark, ...]:
    return (remark(code, **values),)


def _of_purpose(source: CardSource) -> Answers:
    report, months = source.study.report, source.study.time.horizon_months
    return {
        "3b": _says("evaluation.card.purpose", capacity=report.capacity, months=months),
        "4": _says("evaluation.card.objective"),
        "15": _says("evaluation.card.output", months=months, tiers=report.risk_tiers),
        "27a": _says("evaluation.card.input"),
        "27b": _says("evaluation.card.user"),
        "27c": _says("evaluation.card.next"),
    }


def _of_data(source: CardSource) -> Answers:
    study, counts = source.study, source.attrition.set_index("what")["number"].astype(int)
    time, folds = study.time, source.rolling.folds
    apart = source.findings[source.findings["severity"] == "quarantine"]
    flow = ("accounts", "lifetimes", "lifetimes_at_risk", "churned", "ended_otherwise")
    out = ("accounts_never_paid", "over_before_observation", "began_lately", "known_leavers")
    return {
        "5a": _says("evaluation.card.source", accounts=int(counts["accounts"])),
        "5b": _says(
            "evaluation.card.period", start=time.observation_start, snapshot=time.snapshot, until=source.settled_until,
            opens=folds[0].landmark, closes=folds[-1].landmark,
        ),
        "6a": _says("evaluation.card.setting"),
        "6b": _says("evaluation.card.eligible", **{name: int(counts[name]) for name in out}),
        "6c": _says(CARE[source.knows_interventions]),
        "7": _says("evaluation.card.prepared", findings=len(source.findings), rows=int(apart["rows"].fillna(0).sum())),
        "8a": _says(OUTCOME[time.event_date], months=time.horizon_months, gap=time.allowed_gap_days),
        "8b": _says("evaluation.card.by_rule"),
        "20a": _says("evaluation.card.flow", **{name: int(counts[name]) for name in flow}),
    }  # fmt: skip


def _of_predictors(source: CardSource, families: Sequence[FamilyCounts], size: SampleSize) -> Answers:
    measured, lacking = (sum(getattr(one, name) for one in families) for name in ("measured", "lacking"))
    declared = sum(one.declared for one in families)
    dropped = len(source.rolling.folds[-1].design.dropped)
    return {
        "9a": _says("evaluation.card.chosen", measured=measured, declared=declared),
        "9b": _says("evaluation.card.defined", measured=measured),
        "10": _says(
            "evaluation.card.size", rows=size.rows, accounts=size.accounts, parents=size.parents,
            lifetimes=size.lifetimes, events=size.events, of_columns=size.columns, ratio=size.events_per_column,
        ),
        "11": _says("evaluation.card.missing", lacking=lacking, measured=measured),
        "12b": _says("evaluation.card.handled", of_columns=size.columns, dropped=dropped),
        "13": _says("evaluation.card.imbalance", share=size.event_share),
    }  # fmt: skip


def _of_methods(source: CardSource, models: Sequence[ModelCounts]) -> Answers:
    study, rolling, choice = source.study, source.rolling, source.skill.choices[-1]
    kinds = len({one.by for one in source.use.groups} - {"quarter"})
    return {
        "12a": _says("evaluation.card.validation", quarters=len(rolling.folds), gap=study.time.allowed_gap_days),
        "12c": _says("evaluation.card.models", models=len(models)),
        "12d": _says("evaluation.card.clusters", resamples=study.models.resamples),
        "12e": _says("evaluation.card.measures"),
        "12f": _says("evaluation.card.updating"),
        "12g": _says("evaluation.card.calculated"),
        "14": _says("evaluation.card.fairness", kinds=kinds) if kinds else (),
        "18f": _says("evaluation.card.code", version=version("tenure-workbench")),
        "22": _says(GROUND[choice.ground], models=len(models), quarters=choice.n_quarters, events=choice.n_events),
    }


def _of_results(source: CardSource, models: Sequence[ModelCounts], performance: Mapping[str, Measured]) -> Answers:
    rolling, use = source.rolling, source.use
    verdict = use.covariates
    drift: tuple[Remark, ...] = ()
    if verdict is not None:
        told = {CovariateDrift.MOVED: verdict.moved, CovariateDrift.SOMEWHAT: verdict.somewhat}
        number = len(told.get(verdict.drift, ()))
        drift = _says(COVARIATES[verdict.drift], number=number, of=verdict.n_covariates, landmark=verdict.landmark)
    rows = rolling.predictions[rolling.predictions[QUOTED].notna()]
    auc, ratio = performance["auc"], performance["observed_over_expected"]
    return {
        "16": drift,
        "20c": drift,
        "21": _says(
            "evaluation.card.scored", rows=len(rows), events=int(rows["event"].sum()),
            quarters=use.rate_drift.n_quarters,
        ),
        "23a": _says(
            "evaluation.card.performance", auc=auc.estimate, auc_low=auc.conf_low, auc_high=auc.conf_high,
            ratio=ratio.estimate, ratio_low=ratio.conf_low, ratio_high=ratio.conf_high,
        ),
        "23b": _says(LEVEL[use.rate_drift.drift], quarters=use.rate_drift.n_quarters),
        "24": _says("evaluation.card.updated", models=sum(one.is_put_right for one in models)),
        "25": tuple(
            found
            for pair in source.skill.pairs
            if pair.versus == CONTRACT_ONLY
            for found in _says(LEAD[pair.lead], points=100 * pair.estimate)
        ),
    }  # fmt: skip


def _performance(source: CardSource) -> dict[str, Measured]:
    """Return the measures of the forecasts quoted then; not known where nothing tells them."""
    found = {}
    for metric in ("auc", "log_score", "ipa"):
        score = score_of(source.rolling.pooled, QUOTED, metric)
        found[metric] = Measured(score.estimate, score.conf_low, score.conf_high)
    own = source.use.measures[source.use.measures["model"] == QUOTED].set_index("measure")
    for measure in ("observed_over_expected", "slope", "ici"):
        found[measure] = Measured(*own.loc[measure, ["estimate", "conf_low", "conf_high"]].astype(float))
    return found


def _limits(source: CardSource, families: Sequence[FamilyCounts], size: SampleSize) -> tuple[Remark, ...]:
    use, rolling, skill = source.use, source.rolling, source.skill
    calibration = next((one for one in use.calibration if one.model == QUOTED), None)
    lead = next((pair for pair in skill.pairs if pair.versus == CONTRACT_ONLY), None)
    n_events = int(rolling.predictions["event"].sum())
    unmeasured = tuple(one.family for one in families if not one.measured)
    return (
        *size_limits(size, len(rolling.folds), n_events),
        *skill_limits(calibration, lead, skill.choices[-1]),
        *stability_limits(use.groups, use.rate_drift, use.covariates),
        *([remark("evaluation.limit.unmeasured", families=unmeasured)] if unmeasured else []),
        remark("evaluation.limit.no_effect"),
        remark("evaluation.limit.one_company"),
    )
