"""Sentences of an evaluation that depend on results: who wins by how much, and whether to believe it."""

from collections.abc import Mapping

import pandas as pd

from analysis.evaluation.calibration.verdict import Calibration, CalibrationVerdict
from analysis.evaluation.choice import Choice
from analysis.evaluation.model_card import ModelCard
from analysis.evaluation.over_time.by_group import GroupReading, GroupsVerdict
from analysis.evaluation.readings import PairVerdict
from analysis.evaluation.rolling_origin import QUOTED
from analysis.evaluation.use.capacity import Flagged
from analysis.evaluation.use.decision import DecisionVerdict
from analysis.models.registry import CONTRACT_ONLY, HEALTH_SCORE, LAST_SETTLED_QUARTER
from analysis.wording.catalogue import Catalogue
from reports.evaluation.content import Found

Text = Catalogue
RIVALS = (CONTRACT_ONLY, HEALTH_SCORE, LAST_SETTLED_QUARTER)
"""With which a reader compares a forecast, as far as they compete."""


def in_short(text: Text, found: Found) -> list[str]:
    """Return the sentences that a reader in a hurry takes away; each follows from the numbers by rule."""
    skill, use = found.skill, found.use
    by_rival = {pair.versus: pair for pair in skill.pairs}
    rows = found.card.performance["auc"]
    said = [
        quoted_sentence(text, skill.choices[-1]),
        text(
            "forecasts.ranking",
            quarters=skill.ranking.n_folds,
            auc=text.share(rows.estimate, 0),
            low=text.share(rows.conf_low, 0),
            high=text.share(rows.conf_high, 0),
        ),
        *(lead_sentence(text, by_rival[rival]) for rival in RIVALS if rival in by_rival),
    ]
    said += [word_sentence(text, one) for one in use.calibration if one.model == QUOTED]
    if use.flagged and use.flagged.flagged is not None:
        said.append(flagged_sentence(text, use.flagged))
    if use.decisions:
        said.append(decision_sentence(text, use.decisions[-1]))
    return said


def quoted_sentence(text: Text, choice: Choice) -> str:
    """Say which model is quoted now, and why."""
    why = text(
        f"outlook.why_{choice.ground}",
        models=len(choice.scores) or 1,
        quarters=choice.n_quarters,
        events=choice.n_events,
    )
    return text("forecasts.quoted_now", model=text(f"model.{choice.model}"), why=why)


def lead_sentence(text: Text, pair: PairVerdict) -> str:
    """Say by how much the forecasts quoted then are better than another's, or that no difference is shown."""
    return text(
        f"forecasts.lead_{pair.lead}",
        versus=text(f"model.{pair.versus}"),
        estimate=text.number(100 * pair.estimate, 1),
        span=text.span(100 * pair.conf_low, 100 * pair.conf_high, 1),
    )


def word_sentence(text: Text, verdict: CalibrationVerdict) -> str:
    """Say whether probabilities can be taken at their word."""
    counts = text(
        "forecasts.level", left=verdict.n_events, expected=text.number(verdict.expected, 1),
        ratio=text.number(verdict.ratio.estimate), span=text.span(verdict.ratio.conf_low, verdict.ratio.conf_high),
    )  # fmt: skip
    return text(f"forecasts.word_{verdict.reading}", counts=counts)


def calibration_sentences(text: Text, verdict: CalibrationVerdict) -> list[str]:
    """Say what is found of level and spread, and how far the smooth curve lies from the forecasts."""
    said = [word_sentence(text, verdict)]
    if verdict.why_no_slope:
        return [*said, verdict.why_no_slope.in_words(text)]
    slope = verdict.slope
    said.append(
        text(
            f"forecasts.spread_{verdict.spread}",
            slope=text.number(slope.estimate),
            span=text.span(slope.conf_low, slope.conf_high),
        )
    )
    said.append(text("forecasts.distance", ici=text.share(verdict.ici), by_chance=text.share(verdict.ici_by_chance)))
    return said


def tiers_sentence(text: Text, tiers: pd.DataFrame) -> str:
    """Say whether a tier is shown to be off."""
    own = tiers[tiers["model"] == QUOTED]
    off = int(own["reading"].isin([Calibration.TOO_HIGH, Calibration.TOO_LOW]).sum())
    return text("forecasts.tiers_off" if off else "forecasts.tiers_hold", number=off)


def flagged_sentence(text: Text, flagged: Flagged) -> str:
    """Say how many of the accounts flagged last quarter left, and how many of those that others would have flagged."""
    numbers = {"left": flagged.left, "versus": flagged.left_by_versus, "chance": flagged.left_by_chance}
    return text(
        "forecasts.flagged_last",
        landmark=flagged.landmark,
        flagged=flagged.flagged,
        **{name: how_many_left(text, number) for name, number in numbers.items()},
    )


def caught_sentence(text: Text, caught_pairs: pd.DataFrame) -> str:
    """Say how many of all flagged left, beside those that the contract alone would have flagged; or nothing."""
    own = caught_pairs[(caught_pairs["model"] == QUOTED) & (caught_pairs["versus"] == CONTRACT_ONLY)]
    if own.empty:
        return ""
    line = own.iloc[0]
    return text(
        "forecasts.caught_together",
        quarters=int(line["n_quarters"]), flagged=int(line["flagged"]), caught=how_many_left(text, line["caught"]),
        versus=how_many_left(text, line["caught_versus"]), span=text.span(line["conf_low"], line["conf_high"], 1),
    )  # fmt: skip


def decision_sentence(text: Text, verdict: DecisionVerdict) -> str:
    """Say what looking after all from a risk on is worth, beside everyone and no one, and beside the contract alone."""
    worth = text(
        f"forecasts.best_{verdict.best}",
        threshold=text.share(verdict.threshold, 0), flagged=text.share(verdict.flagged, 0),
        wrong=round((1 - verdict.threshold) / verdict.threshold, 1), benefit=text.number(100 * verdict.net_benefit, 1),
        everyone=text.number(100 * verdict.treat_all, 1),
    )  # fmt: skip
    if verdict.versus == QUOTED:
        return worth
    beside = text(
        f"forecasts.beside_{verdict.lead}",
        difference=text.number(100 * verdict.difference, 1),
        span=text.span(100 * verdict.difference_low, 100 * verdict.difference_high, 1),
    )
    return text.listed([worth, beside], "list.sentences")


def groups_sentence(text: Text, verdict: GroupsVerdict) -> str:
    """Say whether forecasts are off by more in some groups than in others."""
    p = text.p_value(verdict.test.p_value)
    if verdict.reading is GroupReading.DIFFER and verdict.highest is not None and verdict.lowest is not None:
        high, low = (group_label(text, verdict.by, group) for group in (verdict.highest, verdict.lowest))
        return text("forecasts.groups_differ_most", highest=high, lowest=low, p=p)
    return text(f"forecasts.groups_{verdict.reading}", p=p)


def group_label(text: Text, by: str, group: str | None) -> str:
    """Name a group; what the source has named keeps its name."""
    if group is None or pd.isna(group):
        return text("group.unknown")
    if by == "term_kind":
        return text("forecasts.no_term") if group == "no_term" else text(f"term_kind.{group}")
    return text(f"phase.{group}") if by == "phase" else text.level(by, group)


def card_lines(text: Text, card: ModelCard) -> pd.DataFrame:
    """Return the model card as lines of words: item, topic, and what data say to it; nothing where they say nothing."""
    lines = []
    for item in card.items:
        said = [one.in_words(text) for one in item.says]
        lines.append((item.number, item.topic.in_words(text), text.listed(said, "list.sentences") or None))
    return pd.DataFrame(lines, columns=["item", "topic", "says"])


def named_models(text: Text, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its models called as readers know them."""
    names: Mapping[str, str] = {name: text(f"model.{name}") for name in table["model"].unique()}
    return table.assign(model=table["model"].map(names))


def how_many_left(text: Text, number: float | None) -> str:
    """Write how many left: whole where risks do not tie at the limit."""
    assert number is not None
    return text.number(number, 0 if float(number).is_integer() else 1)
