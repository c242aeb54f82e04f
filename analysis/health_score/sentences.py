"""Sentences: what is said of each weight, of what the score leaves out, and of what its components carry."""

from collections.abc import Sequence

from analysis.contest.values import LOG_SCORE
from analysis.declared.factors import control_family, families_named
from analysis.health_score.colours import COLOUR_NAMES, ColourMeanings
from analysis.health_score.contamination import Contamination, Warned
from analysis.health_score.left_out import COMPONENT, FAMILY, Carried, LeftOut, Missed
from analysis.health_score.scored import COLOURS
from analysis.health_score.weights import Verdict, WeightVerdicts
from analysis.wording.remarks import Remark, remark

_TOLD = {
    Verdict.KEEP: "health_score.told_keep",
    Verdict.RAISE: "health_score.told_raise",
    Verdict.LOWER: "health_score.told_lower",
    Verdict.CANNOT_TELL: "health_score.told_cannot_tell",
}
_MISSED = {
    Missed.LEFT_OUT: "health_score.family_left_out",
    Missed.NOT_SHOWN: "health_score.family_not_shown",
    Missed.NOTHING_TO_GAIN: "health_score.family_nothing_to_gain",
}
_WARNED = {
    Warned.SHOWN: "health_score.warned_shown",
    Warned.POSSIBLE: "health_score.warned_possible",
}
_CARRIED = {
    Carried.NEEDED: "health_score.component_needed",
    Carried.NOT_SHOWN: "health_score.component_not_shown",
    Carried.NOT_NEEDED: "health_score.component_not_needed",
    Carried.HARMFUL: "health_score.component_harmful",
}


def weight_remarks(found: WeightVerdicts) -> tuple[Remark, ...]:
    """Return what to do with each weight, those to be changed first."""
    lines = sorted(found.table.to_dict("records"), key=lambda line: _ORDER.index(Verdict(line["verdict"])))
    return tuple(
        remark(
            _TOLD[Verdict(line["verdict"])],
            component=line["component"],
            published=float(line["published"]),
            low=float(line["conf_low"]),
            high=float(line["conf_high"]),
        )
        for line in lines
    )


_ORDER = (Verdict.LOWER, Verdict.RAISE, Verdict.KEEP, Verdict.CANNOT_TELL)


def intervention_remarks(found: Contamination, components: Sequence[str]) -> tuple[Remark, ...]:
    """Return of which components what is seen may be the work of interventions."""
    told = []
    for warned, code in _WARNED.items():
        own = tuple(name for name in components if found.warning(name) is warned)
        if own:
            told.append(remark(code, components=own))
    return tuple(told)


def family_remarks(found: LeftOut) -> tuple[Remark, ...]:
    """Return what knowing each family adds to the score: those left out first, the contract last."""
    names = sorted(found.families, key=lambda name: (name == control_family(), found.families[name] != Missed.LEFT_OUT))
    return tuple(
        remark(_MISSED[found.families[name]], family=families_named([name])[0], **_gain(found, FAMILY, name))
        for name in names
    )


def colour_remarks(found: ColourMeanings) -> tuple[Remark, ...]:
    """Return how many of each colour left, and how many of those who left wore it; what is hidden is not told."""
    told = found.table[found.table["rate"].notna() & found.table["share_of_leavers"].notna()]
    return tuple(
        remark(
            "health_score.colour_rate",
            colour=remark(COLOUR_NAMES[line["colour"]]),
            rate=float(line["rate"]),
            low=float(line["conf_low"]),
            high=float(line["conf_high"]),
            share=float(line["share_of_leavers"]),
        )
        for line in told.to_dict("records")
        if line["colour"] in COLOURS
    )


def component_remarks(found: LeftOut) -> tuple[Remark, ...]:
    """Return what is lost without each component."""
    return tuple(
        remark(_CARRIED[verdict], component=name, **_gain(found, COMPONENT, name))
        for name, verdict in found.components.items()
    )


def _gain(found: LeftOut, part: str, name: str) -> dict[str, float]:
    """Return points of skill with their interval: with the contract known, where it is."""
    table = found.table
    own = table[(table["part"] == part) & (table["name"] == name) & (table["metric"] == LOG_SCORE)].iloc[-1]
    return {"estimate": float(own["estimate"]), "low": float(own["conf_low"]), "high": float(own["conf_high"])}
