"""Pictures of a score's order, colours and warnings: they are drawn, and no English is left in Japanese ones."""

import re

import pytest
from family_predictors import FAMILIES, predictor_rows
from scored_rows import REPORT, TIME, drawn_book, scored_of

from analysis.evaluation.rolling_origin import QUOTED
from analysis.health_score import order_displays as shown
from analysis.health_score.alarms import alarms_of
from analysis.health_score.colours import colour_meanings
from analysis.health_score.flagged_families import flagged_families
from analysis.health_score.lead_time import lead_times
from analysis.health_score.ordering import ordering
from analysis.health_score.settled import settled_rows
from analysis.health_score.warning import warnings_of
from analysis.models.registry import CONTRACT_ONLY
from reports.messages import read_catalogue

BOOK = drawn_book(says=0.6)
OWN = settled_rows(BOOK)
PREDICTIONS = OWN.rows.rename(columns={"risk_date": "landmark"})[["landmark", "lifetime_id"]].assign(
    **{QUOTED: OWN.event * 0.5 + 0.1, CONTRACT_ONLY: 0.1}
)
PREDICTORS = predictor_rows({"champion": 2.0}, n_clusters=400)
GREEN = scored_of(PREDICTORS[["lifetime_id"]].assign(risk_date=PREDICTORS["landmark"]), PREDICTORS["usage"] * 0 + 80.0)


@pytest.fixture(scope="module")
def found():
    return {
        "ordering": ordering(BOOK, REPORT, PREDICTIONS),
        "colours": colour_meanings(BOOK, REPORT),
        "warnings": warnings_of(BOOK, REPORT, TIME),
        "leads": lead_times(BOOK, REPORT, TIME),
        "alarms": alarms_of(BOOK, REPORT, TIME, PREDICTIONS),
        "flagged": flagged_families(GREEN, PREDICTORS, FAMILIES, REPORT),
    }


def displays(found):
    return [
        shown.show_ordering(found["ordering"]),
        shown.show_colours(found["colours"]),
        shown.show_score_curve(found["colours"], (40.0, 60.0)),
        shown.show_warnings(found["warnings"]),
        shown.show_lead_times(found["leads"]),
        shown.show_alarms(found["alarms"]),
        shown.show_flagged(found["flagged"]),
    ]


def test_every_display_is_drawn(found):
    for display in displays(found):
        ax = display.plot().axes[0]
        assert ax.get_xlabel()


def test_a_table_that_is_too_thin_has_a_sentence_and_no_picture():
    few = drawn_book(says=3.0, n_accounts=12, hazard=0.02, seed=3)
    for display in (
        shown.show_ordering(ordering(few, REPORT)),
        shown.show_colours(colour_meanings(few, REPORT)),
        shown.show_warnings(warnings_of(few, REPORT, TIME)),
        shown.show_alarms(alarms_of(few, REPORT, TIME)),
        shown.show_lead_times(lead_times(few, REPORT, TIME)),
    ):
        assert display.draw is None
        assert display.notes


def test_no_english_is_left_in_japanese_pictures_and_sentences(found):
    catalogue = read_catalogue("ja")
    said = [
        *(shown.axis(name, catalogue) for name in shown.AXES),
        *shown.warning_names(catalogue),
        *shown.flagged_names(catalogue),
        *shown.lead_names(catalogue).values(),
    ]
    for frame in (
        shown.drawn_ordering(found["ordering"], catalogue),
        shown.drawn_colours(found["colours"], catalogue),
        shown.drawn_warnings(found["warnings"], catalogue),
        shown.drawn_leads(found["leads"], catalogue),
        shown.drawn_alarms(found["alarms"], catalogue),
        shown.drawn_flagged(found["flagged"], catalogue),
    ):
        said += [text for name in ("label", "text", "below") if name in frame for text in frame[name]]
    verdicts = [found["ordering"].verdict, *found["ordering"].beside, found["colours"].verdict]
    verdicts += [*found["warnings"].verdicts, *found["alarms"].verdicts]
    remarks = [one.remark for one in verdicts]
    remarks += [
        note for name in ("ordering", "colours", "warnings", "leads", "alarms", "flagged") for note in found[name].notes
    ]
    said += [one.in_words(catalogue) for one in remarks]
    assert len(said) > 50
    assert [text for text in said if re.search(r"[A-Za-z]{2,}", text)] == []
