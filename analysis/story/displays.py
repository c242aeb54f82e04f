"""Displays of stories: that of one account, and those of a book with how often they end as told."""

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.declared.factors import Covariate
from analysis.figures.display import Display
from analysis.figures.health_score import draw_pairs, pairs_height
from analysis.figures.story import draw_story, story_size
from analysis.forecast.reasons import Explanation
from analysis.story.base_rates import FITS, Stories, in_a_sentence
from analysis.story.facts import facts_of
from analysis.story.picture import Strand, edges_of, frames_of
from analysis.story.reasons import reasons_told
from analysis.story.scores import ScoresTold
from analysis.story.told import Told

_NAMES = ("accounts that it fits", "others")
_LETTERS = 84
"""That a line below a picture holds."""


def show_account(
    told: Told,
    strands: Sequence[Strand],
    weeks: pd.DataFrame,
    band: pd.DataFrame,
    scores: ScoresTold,
    forecasts: pd.DataFrame,
    why: Explanation | None,
    covariates: Mapping[str, Covariate],
    title: str,
) -> Display:
    """Return the story of an account: its dated facts, and the picture of its strands.

    Parameters
    ----------
    told
        What is known of it.
    strands
        From the top down.
    weeks, band, scores, forecasts
        As `analysis.story.facts.facts_of` takes them.
    why
        Of its last forecast.
    covariates
        By name.
    title
        The account in one sentence.
    """
    lacking = tuple(f"{one.label}: {one.note}." for one in strands if one.note)
    reasons = reasons_told(forecasts.iloc[-1], why, covariates) if len(forecasts) else []
    foot = [line for reason in reasons for line in textwrap.wrap(reason, _LETTERS, subsequent_indent="    ")]
    ahead = forecasts["horizon_ends_on"].iloc[-1] if len(forecasts) else None
    frames = frames_of(told, strands, edges_of(told, ahead))
    return Display(
        title,
        facts_of(told, weeks, band, scores, forecasts),
        lambda ax: draw_story(ax, **frames, foot=foot),
        size=story_size(frames["lanes"], foot),
        notes=(f"As known on the morning of {told.snapshot:%Y-%m-%d}.", *reasons, *lacking),
    )


def show_stories(found: Stories) -> Display:
    """Return the stories of a book: who they fit, how many of these left, and how many others did."""
    table = found.table
    shown = table[(table["months"] == table["months"].min()) & table["estimate"].notna()]
    of = [f"{one.rows:,} landmarks, {one.accounts:,} accounts" for one in shown.itertuples()]
    drawn = pd.DataFrame({
        "label": shown["story"],
        "who": (shown["who"] != FITS).astype(int),
        **{name: shown[name] for name in ("estimate", "conf_low", "conf_high")},
        "text": [f"{estimate:.1%} of {rows}" for estimate, rows in zip(shown["estimate"], of, strict=True)],
    })  # fmt: skip
    lacking = tuple(
        f"{story}: not told, for {', '.join(names)} is not measured." for story, names in found.lacking.items()
    )
    sentences = tuple(in_a_sentence(table, story) for story in dict.fromkeys(table["story"]))
    months = int(table["months"].min()) if len(table) else 0
    x_label = f"Share that left within {months} months (of few seats: left or shrank)"
    return Display(
        "Stories, and how often they end as told",
        table,
        (lambda ax: draw_pairs(ax, drawn, _NAMES, x_label)) if len(drawn) else None,
        size=(10.0, pairs_height(drawn)) if len(drawn) else (7.0, 3.6),
        notes=(*sentences, *lacking),
    )
