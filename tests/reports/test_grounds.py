"""What the numbers rest on, in the report: alarms in words, early and late signals, coverage, the dictionary."""

import dataclasses
import math
import re

import numpy as np
import pandas as pd
import pytest
from pages import text_of
from samples import SAMPLE, SampleReport

from analysis.audits.alarm import Alarm, Verdict
from analysis.audits.compared import compared
from analysis.audits.signals import Signal, SignalOfColumn
from analysis.declared.claims import read_claims
from analysis.declared.factors import read_covariates
from analysis.wording.remarks import remark
from analysis.workbench import Workbench, open_study
from reports.messages import read_catalogue
from reports.quarterly import grounds
from reports.quarterly.content import Grounds, Summary
from reports.quarterly.kept import kept_summary
from reports.quarterly.page import render_quarterly

TEXT = read_catalogue("en")
LABELS = {"departures": "Departures"}


FOUND, NOT_FOUND, CANNOT_TELL = Verdict


class TestTooGood:
    ALARMS = (
        Alarm("too_good_forecast", "", FOUND, 0.99, 0.98, 1.0, n=40),
        Alarm("separates_alone", "departures", FOUND, 0.97, 0.95, 0.99, n=40),
        Alarm("separates_alone", "health_scores.value", FOUND, 0.96, 0.94, 0.99, n=40),
        Alarm("all_left", "departures", NOT_FOUND, 0.3, 0.2, 0.4, n=40),
        Alarm("gone_in_days", "", CANNOT_TELL),
    )

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_it_is_said_first_with_the_columns_that_date_it_and_not_again_among_the_rest(self, language):
        text = read_catalogue(language)
        (said,) = grounds.too_good_sentence(text, self.ALARMS, LABELS)
        for audit in ("too_good_forecast", "separates_alone"):
            assert text(f"audits.{audit}") in said
        for name in ("Departures", "contacts.started_on", "health_scores.value", "health_scores.scored_on"):
            assert name in said
        assert text("audits.all_left") not in said
        assert grounds.found_sentence(text, self.ALARMS, LABELS) == []

    def test_where_nothing_is_too_good_nothing_is_said(self):
        assert grounds.too_good_sentence(TEXT, self.ALARMS[3:], LABELS) == []

    def test_what_is_found_says_where_to_look_and_what_is_not_says_what_came_nearest(self):
        lines = grounds.alarm_lines(TEXT, self.ALARMS, LABELS)
        assert "look at contacts.started_on" in lines[1].meaning
        assert lines[1].estimate == "0.97 (0.95 to 0.99) of pairs in the right order"
        assert (lines[3].subject, lines[3].estimate) == ("Departures", "30 (20 to 40)% of those set apart left")
        assert lines[4].meaning == TEXT("audits.needs_gone_in_days")


class TestAlarms:
    def test_what_these_data_cannot_tell_is_neither_found_nor_not(self):
        alarms = [
            Alarm("rewritten_score", "", FOUND, 0.5),
            Alarm("one_stay", "", NOT_FOUND, 1.0),
            Alarm("late_knowledge", "", CANNOT_TELL),
        ]
        verdicts = [line.verdict for line in grounds.alarm_lines(TEXT, alarms, LABELS)]
        assert verdicts == ["found", "not found", "cannot be told"]

    @pytest.mark.parametrize(
        ("alarm", "expected"),
        [
            (Alarm("look_ahead", "", FOUND, 12.0), "12 cells or rows differ"),
            (
                Alarm("late_knowledge", "departures", FOUND, math.log(1.5), math.log(1.2), math.log(1.8)),
                "hazard ratio × 1.50 (1.20 to 1.80)",
            ),
            (Alarm("one_stay", "", FOUND, 0.8), "rate of leaving × 0.80"),
            (Alarm("falling_hazard", "", FOUND, -1.0), "hazard ratio 0.50 for each doubling of tenure"),
            (Alarm("moved_labels", "segment", FOUND, math.log(4), n=9), "odds ratio of having been moved 4.00"),
            (Alarm("moved_labels", "segment", NOT_FOUND, n=0), "–"),
            (Alarm("calendar_moves", "book", FOUND, math.log(0.6)), "largest move \N{MINUS SIGN}40%"),
            (Alarm("rewritten_score", "", CANNOT_TELL), "–"),
            (
                Alarm("rewritten_score", "", CANNOT_TELL, -0.2, -0.5, 0.1),
                "\N{MINUS SIGN}0.20 (\N{MINUS SIGN}0.50 to 0.10) standard deviations of the score",
            ),
        ],
        ids=lambda value: value.audit if isinstance(value, Alarm) else "",
    )
    def test_an_estimate_says_what_kind_of_number_it_is(self, alarm, expected):
        (line,) = grounds.alarm_lines(TEXT, [alarm], LABELS)
        assert line.estimate == expected

    @pytest.mark.parametrize(
        ("audit", "subject", "expected"),
        [
            ("look_ahead", "", "one cell"),
            ("late_knowledge", "departures", "× 1.22 or ÷ 1.22, if stronger and surely so"),
            ("one_stay", "", "below × 0.90"),
            ("falling_hazard", "", "surely below 1"),
            ("moved_labels", "segment", "surely above 1"),
            ("rewritten_score", "", "0.3 either way, surely"),
            ("calendar_moves", "book", "a fall by 25% or the like rise"),
        ],
    )
    def test_every_line_says_from_what_size_on_a_thing_is_found(self, audit, subject, expected):
        (line,) = grounds.alarm_lines(TEXT, [Alarm(audit, subject, NOT_FOUND, 0.0)], LABELS)
        assert line.found_from == expected

    def test_a_raised_alarm_says_what_it_means_and_one_that_cannot_tell_what_it_would_take(self):
        alarms = [
            Alarm("calendar_moves", "book", FOUND, -1.0),
            Alarm("calendar_moves", "beside_the_book", NOT_FOUND, 0.0),
            Alarm("late_knowledge", "tickets.known_on", CANNOT_TELL),
            Alarm("late_knowledge", "departures", CANNOT_TELL, 0.1, -0.5, 0.7),
        ]
        raised, calm, untold, unsure = grounds.alarm_lines(TEXT, alarms, LABELS)
        assert "measured beside the book" in raised.meaning
        assert calm.meaning == ""
        assert "A day of learning would tell (known_on, ended_known_on)." in untold.meaning
        assert "it takes more leavers to tell" in unsure.meaning
        assert (bool(raised.looked_for), bool(calm.looked_for)) == (True, False)

    def test_one_sentence_names_all_that_was_found_and_where_nothing_was_there_is_none(self):
        alarms = [
            Alarm("late_knowledge", "departures", FOUND, 0.4),
            Alarm("one_stay", "", FOUND, 0.8),
            Alarm("rewritten_score", "", CANNOT_TELL),
        ]
        (sentence,) = grounds.found_sentence(TEXT, alarms, LABELS)
        assert "dated back (Departures); returns that" in sentence
        assert "score" not in sentence
        assert grounds.found_sentence(TEXT, alarms[2:], LABELS) == []

    def test_looking_ahead_comes_first_and_names_what_differs(self):
        looked = pd.DataFrame(
            {
                "day": [pd.Timestamp("2023-04-01").date()] * 2,
                "what": ["departures", "seats"],
                "compared": [1000, 1000],
                "recent": [60, 60],
                "differing": [3, 0],
            }
        )
        seen, later = compared(looked), compared(looked[1:])
        said = grounds.look_ahead_sentence(TEXT, seen, LABELS)
        assert said.endswith("These differ: Departures (3).")
        assert "2,000 cells" in said
        assert "120 of them of the last 31 days" in said
        assert len(grounds.warning(TEXT, seen)) == 1
        assert grounds.look_ahead_sentence(TEXT, later, LABELS).endswith("Nothing differs.")
        assert grounds.warning(TEXT, later) == []


@pytest.fixture(scope="module")
def tenure(sample_report: SampleReport) -> Workbench:
    return open_study(SAMPLE, out=sample_report.out.parent, progress=lambda message: None)


@pytest.fixture(scope="module")
def summary(tenure: Workbench) -> Summary:
    """The summary that the sample's report has kept."""
    return kept_summary(tenure)


def eventful(content: Grounds) -> Grounds:
    """Return grounds in which everything was found that can be: the sample has little of it."""
    assert content.ladder is not None
    first, second = FIRST_TERMS
    signals = tuple(
        SignalOfColumn(term, term, "usage", signal, 0.4, 0.1, -0.3, -0.5, -0.1)
        for term, signal in ((second, Signal.EARLY), (first, Signal.LATE))
    )
    lines = content.ladder.tests[["lag"]].drop_duplicates()
    effects = pd.concat(
        [lines.assign(term=line.term, family="usage", hazard_ratio=1.1, hazard_ratio_low=1.0, hazard_ratio_high=1.2)
         for line in signals]
    )  # fmt: skip
    late = {"covariate": "seats", "family": "contract", "cells": 7, "as_known": 0.1}
    late |= {"as_observed": 0.5, "change": 0.4, "conf_low": 0.2, "conf_high": 0.6, "p_holm": 0.0, "flatters": True}
    return dataclasses.replace(
        content,
        alarms=tuple(dataclasses.replace(alarm, verdict=FOUND, estimate=0.5, n=3) for alarm in content.alarms),
        compared=dataclasses.replace(content.compared, differing=(("seats", 1),)),
        ladder=dataclasses.replace(content.ladder, signals=signals, effects=effects),
        late_knowledge=pd.DataFrame([late, late | {"covariate": "mrr_per_seat", "change": np.nan, "flatters": False}]),
        delays=pd.DataFrame([("contacts", "ended_on", 50, 20.0, 35.0, 0.79)], columns=DELAYS),
    )


FIRST_TERMS = ("active_day_share", "events_per_seat_day")
TOO_FEW = remark("declared.too_few_for_contest", needed=30, found=3)
DELAYS = ["table", "fact", "rows", "median_days", "p90_days", "newest_quarter_known"]


def page_of(tenure: Workbench, summary: Summary, language: str) -> str:
    return render_quarterly(
        tenure, summary, None, read_catalogue(language), {}, {"accounts_file": "a.csv", "leavers_file": "l.csv"}
    )


class TestSection:
    @pytest.mark.slow
    def test_says_what_was_found_by_the_audits(self, tenure, summary):
        found = dataclasses.replace(summary, grounds=eventful(summary.grounds))
        page = page_of(tenure, found, "en")
        text = text_of(page)
        first = re.search(r'<section id="short">\s*<h2>[^<]*</h2>\s*<p class="raised">(.*?)</p>', page).group(1)
        assert first.startswith("A covariate, a choice of rows, or an outcome knows the future")
        assert text.count(") late signal (may be a symptom)") == text.count(") early signal ") == 1
        assert "contacts.ended_on 50 20 35 79%" in text
        assert "Seats 7 1.11 1.65 1.49 (1.22 to 1.82) yes" in text
        assert page.count("<svg role") == 23

    @pytest.mark.slow
    def test_says_so_in_japanese_too(self, tenure, summary):
        page = page_of(tenure, dataclasses.replace(summary, grounds=eventful(summary.grounds)), "ja")
        assert "遅い兆候（症状かもしれない）" in page
        assert "直すまで、この報告の結果を信頼しないでください" in page

    @pytest.mark.slow
    @pytest.mark.parametrize("has_contest", [True, False], ids=["too young", "too few events"])
    def test_says_why_there_is_no_ladder(self, tenure, summary, has_contest):
        nothing = dataclasses.replace(summary.grounds, ladder=None)
        without = dataclasses.replace(summary, grounds=nothing)
        if not has_contest:
            without = dataclasses.replace(without, contest=None, no_contest=TOO_FEW)
        section = text_of(page_of(tenure, without, "en")).partition("Early and late signals ")[2]
        assert section.startswith("Not made: too few" if has_contest else "Not compared: It needs 30 lifetimes")

    def test_every_covariate_stands_in_it_and_every_claim_in_the_ledger(self, sample_report):
        page = sample_report.page.replace("<wbr>", "")
        assert [covariate.name for covariate in read_covariates() if f"<small>{covariate.name}<" not in page] == []
        ledger = page.partition('<section id="ledger">')[2].partition("</section>")[0]
        assert [claim.name for claim in read_claims() if f'<th scope="row">{claim.name}' not in ledger] == []

    def test_nothing_in_it_is_called_a_cause(self, sample_report):
        section = text_of(
            "<details>" + sample_report.page.partition('<details id="grounds">')[2].split('<details id="methods">')[0]
        )
        assert "may be a symptom" in section
        assert not re.search(r"\b(causes?|drives?|because of)\b", section)
