"""Contamination: whether interventions that the score set off have moved what is seen of the score."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.health_score.colours import COLOUR_NAMES
from analysis.health_score.left_frames import TREATED_BANDS, TREATED_COMPONENTS
from analysis.inference.joint_tests import SHOWN
from analysis.wording.remarks import Remark, remark

TOTAL = "total"


class Known(StrEnum):
    """What is known of interventions."""

    NO_TABLE = "no_table"
    """The source holds none: whether accounts were called is unknown."""
    NO_DATES = "no_dates"
    """They have no dates: whether they came before accounts left is unknown."""
    NONE = "none"
    """None began within any horizon that is judged."""
    SOME = "some"


class BandCase(StrEnum):
    """Whether a band's risk without interventions can be told."""

    JUDGED = "judged"
    UNTREATED = "untreated"
    """Nobody in it was treated: it is what is seen."""
    MOSTLY_TREATED = "mostly_treated"
    """So few were left alone that nothing can be said of them."""
    TOO_FEW = "too_few"
    """Too few left before an intervention, or none stayed without one."""


class Effect(StrEnum):
    """What interventions do to the verdicts on the score."""

    LOOKS_WORSE = "looks_worse"
    """Red accounts were kept: without interventions the score would tell more."""
    LOOKS_BETTER = "looks_better"
    NOT_SHOWN = "not_shown"
    NOTHING = "nothing"
    """Nobody was treated."""
    UNKNOWN = "unknown"


class Warned(StrEnum):
    """Whether the verdict on a component may be the work of interventions."""

    SHOWN = "shown"
    """Its low accounts are treated, and without that it would tell more."""
    POSSIBLE = "possible"
    """Its low accounts are treated, and that this makes no difference is not shown."""
    UNKNOWN = "unknown"
    """Whether accounts were treated, or what that did, can't be told."""
    CLEAR = "clear"


_NOT_SOME = {
    Known.NO_TABLE: "health_score.interventions_no_table",
    Known.NO_DATES: "health_score.interventions_no_dates",
    Known.NONE: "health_score.interventions_none",
}
_CASES = {
    BandCase.MOSTLY_TREATED: "health_score.contamination_mostly_treated",
    BandCase.TOO_FEW: "health_score.contamination_too_few",
    BandCase.JUDGED: "health_score.contamination_judged",
    BandCase.UNTREATED: "health_score.contamination_untreated",
}
_EFFECTS = {
    Effect.LOOKS_WORSE: "health_score.contamination_looks_worse",
    Effect.LOOKS_BETTER: "health_score.contamination_looks_better",
    Effect.NOT_SHOWN: "health_score.contamination_not_shown",
}


@dataclass(frozen=True, slots=True, eq=False)
class Contamination:
    """What interventions did to what is seen of a score.

    Attributes
    ----------
    known : Known
    effect : Effect
    bands : DataFrame
        As `TREATED_BANDS`; empty where nothing is known of interventions.
    components : DataFrame
        As `TREATED_COMPONENTS`; empty where nothing is known, or points of components are not.
    n_rows : int
        Settled rows with a score.
    n_unscored : int
        Settled rows without one, which nothing is said of.
    """

    known: Known
    effect: Effect
    bands: pd.DataFrame
    components: pd.DataFrame
    n_rows: int
    n_unscored: int

    def warning(self, component: str) -> Warned:
        """Return whether what is seen of a component may be the work of interventions."""
        if self.known in (Known.NO_TABLE, Known.NO_DATES):
            return Warned.UNKNOWN
        if self.known is Known.NONE:
            return Warned.CLEAR
        own = self.components.loc[self.components["name"] == component, "warning"]
        return Warned(own.iloc[0]) if len(own) else Warned.UNKNOWN

    @property
    def sentence(self) -> Remark:
        """What it does to the verdicts, in words."""
        if self.known is not Known.SOME:
            return remark(_NOT_SOME[self.known])
        if self.effect is Effect.UNKNOWN:
            refused = self.bands[self.bands["case"].isin([BandCase.MOSTLY_TREATED, BandCase.TOO_FEW])]
            band = self.bands.iloc[0] if refused.empty else refused.iloc[0]
            return remark(
                _CASES[BandCase(band["case"])],
                colour=remark(COLOUR_NAMES[band["colour"]]),
                treated=float(band["treated"]),
                events=int(band["n_events_untreated"]),
            )
        worst, whole = self.bands.iloc[0], self.components[self.components["name"] == TOTAL].iloc[0]
        return remark(
            _EFFECTS[self.effect],
            colour=remark(COLOUR_NAMES[worst["colour"]]),
            treated=float(worst["treated"]),
            seen=float(worst["risk"]),
            untreated=float(worst["untreated_risk"]),
            low=float(worst["untreated_low"]),
            high=float(worst["untreated_high"]),
            auc=float(whole["auc"]),
            untreated_auc=float(whole["untreated_auc"]),
        )


def nothing_known(known: Known, n_rows: int, n_unscored: int) -> Contamination:
    """Return what is said where there are no interventions to look at."""
    effect = Effect.NOTHING if known is Known.NONE else Effect.UNKNOWN
    bands, components = (pd.DataFrame(columns=schema.columns) for schema in (TREATED_BANDS, TREATED_COMPONENTS))
    return Contamination(known, effect, bands, components, n_rows, n_unscored)


def effect_of(components: pd.DataFrame) -> Effect:
    """Return what interventions do to the verdicts, by how well the whole score orders with and without them."""
    whole = components[components["name"] == TOTAL].iloc[0]
    if pd.isna(whole["p_value"]):
        return Effect.UNKNOWN
    if whole["p_value"] < SHOWN:
        return Effect.LOOKS_WORSE if whole["difference"] > 0 else Effect.LOOKS_BETTER
    return Effect.NOT_SHOWN
