"""The pictures of the quarterly report, each drawn from one frozen table."""

from collections.abc import Sequence

import pandas as pd

from analysis.figures.audits import coverage_height, draw_coverage, draw_ladder, ladder_height
from analysis.figures.effects import draw_coefficient_path, draw_hazard_ratios, forest_height
from analysis.figures.forecast import draw_book, draw_calibration, draw_outlook
from analysis.figures.style import as_svg
from analysis.figures.survival import (
    draw_before_renewal,
    draw_incidence,
    draw_mean_number,
    draw_rates,
    draw_survival,
)
from analysis.lifetimes.results import CAUSE_COLORS
from analysis.wording.catalogue import Catalogue
from analysis.workbench import Workbench
from reports.quarterly import sentences
from reports.quarterly.content import Summary
from reports.writing.alternatives import told_curves, told_intervals


def pictures(
    tenure: Workbench, summary: Summary, catalogue: Catalogue, labels: dict[str, str], terms: dict[str, str]
) -> dict[str, str]:
    """Return every picture of the quarterly report as SVG, by name.

    Parameters
    ----------
    tenure
        The study: its colours and tiers.
    summary
        All numbers.
    catalogue
        The language.
    labels, terms
        Labels of the families, and of the columns of the time-varying Cox model.
    """
    t = catalogue.text
    groups = summary.at_risk["group"].nunique()
    book = summary.book.assign(label=[t("book.bar", start=start) for start in summary.book["quarter_from"]])
    found = {
        "book": as_svg(
            "book", draw_book, size=(7.4, 2.9), alt=t("book.alt"),
            frame=book, at_start_label=t("book.at_start"), churned_label=t("book.churned_of_start"),
        ),
        "survival": as_svg(
            "survival", draw_survival, size=(7.4, 3.6 + 0.2 * groups), alt=t("survival.alt"),
            content=told_curves(catalogue, _named(summary.curves, catalogue), "group", catalogue.share),
            curves=_named(summary.curves, catalogue), at_risk=_named(summary.at_risk, catalogue),
            x_label=t("survival.x"), y_label=t("survival.y"), at_risk_label=t("survival.at_risk"),
            years_label=t("survival.x_years"),
        ),
    }  # fmt: skip
    found |= _event_figures(summary, catalogue)
    if summary.reading:
        found["outlook"] = as_svg(
            "outlook", draw_outlook, size=(7.4, 2.9), alt=t("outlook.alt"),
            content=told_curves(
                catalogue, _outline(summary.reading.outline, t("outlook.y")), "of", catalogue.share,
            ),
            probabilities=summary.reading.outline, tiers=tenure.study.report.risk_tiers,
            x_label=t("outlook.x"), y_label=t("outlook.y"),
        )  # fmt: skip
    if summary.skill:
        calibration = summary.skill.calibration.assign(
            model=summary.skill.calibration["model"].map(lambda m: t(f"model.{m}"))
        )
        found["calibration"] = as_svg(
            "calibration", draw_calibration, size=(7.0, 4.0), alt=t("scores.calibration_alt"),
            content=told_curves(
                catalogue, calibration, "model", catalogue.share,
                at="predicted", height="observed", write_at=catalogue.share,
            ),
            frame=calibration, x_label=t("scores.calibration_x"), y_label=t("scores.calibration_y"),
        )  # fmt: skip
    if summary.contest:
        for number, path in enumerate(summary.contest.paths):
            found[f"path_{number}"] = as_svg(
                f"path_{number}", draw_coefficient_path, size=(7.4, 2.6),
                alt=t("families.path_alt", covariate=terms[path.term]),
                content=told_curves(
                    catalogue, path.path.assign(of=terms[path.term]), "of", catalogue.ratio,
                ),
                frame=path.path, constant=path.constant, label=terms[path.term], color=tenure.colors[path.family],
                x_label=t("survival.x"), y_label=t("families.path_y"), years_label=t("survival.x_years"),
            )  # fmt: skip
    if fitted := summary.contest or summary.apart:
        ratios = fitted.ratios.query("not marks_missing")
        starred = {term for group in fitted.read_together for term in group.terms}
        ratios = ratios.assign(
            label=[f"{terms[term]} *" if term in starred else terms[term] for term in ratios["term"]]
        ).sort_values("estimate", ascending=False, kind="stable")
        ratios = ratios.sort_values("family", key=lambda column: column.map(list(labels).index), kind="stable")
        found["ratios"] = as_svg(
            "ratios", draw_hazard_ratios, size=(8.4, forest_height(ratios)), alt=t("families.ratios_alt"),
            content=told_intervals(
                catalogue, list(ratios["label"]),
                ratios.assign(conf_low=ratios["hazard_ratio_low"], conf_high=ratios["hazard_ratio_high"]),
                catalogue.number, estimate="hazard_ratio",
            ),
            frame=ratios, colors=tenure.colors, x_label=t("families.ratios_x"), family_labels=labels,
        )  # fmt: skip
    return found | _ground_figures(tenure, summary, catalogue, labels, terms)


def _outline(probabilities: Sequence[float], name: str) -> pd.DataFrame:
    """Return the outlook as a curve: an account's place, and its probability."""
    return pd.DataFrame({"of": name, "time": range(1, len(probabilities) + 1), "estimate": probabilities})


def _named(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Word the groups that the source does not name."""
    return table.assign(group=[sentences.group(catalogue, group) for group in table["group"]])


def _ground_figures(
    tenure: Workbench, summary: Summary, catalogue: Catalogue, labels: dict[str, str], terms: dict[str, str]
) -> dict[str, str]:
    t, found = catalogue.text, {}
    ladder = summary.grounds.ladder
    if ladder and ladder.signals:
        effects = ladder.effects.assign(label=ladder.effects["term"].map(terms))
        lags = {lag: t("grounds.lag", days=lag) if lag else t("grounds.today") for lag in ladder.lags}
        found["ladder"] = as_svg(
            "ladder", draw_ladder, size=(7.4, ladder_height(effects)), alt=t("grounds.ladder_alt"),
            frame=effects, colors=tenure.colors, lag_labels=lags, x_label=t("families.ratios_x"),
        )  # fmt: skip
    thin, starts = summary.grounds.gaps.lines, summary.grounds.gaps.quarters
    if not thin.empty:
        covariates = {covariate.name: covariate.label(catalogue.language) for covariate in tenure.covariates()}
        thin = thin.assign(label=thin["covariate"].map(covariates))
        quarters = [t("book.bar", start=start) for start in starts]
        found["coverage"] = as_svg(
            "coverage", draw_coverage, size=(7.4, coverage_height(thin)), alt=t("grounds.coverage_alt"),
            frame=thin, colors=tenure.colors, family_labels=labels, quarter_labels=quarters,
            legend_title=t("grounds.rows_with_value"),
        )  # fmt: skip
    return found


def _event_figures(summary: Summary, catalogue: Catalogue) -> dict[str, str]:
    t, events = catalogue.text, summary.events
    phases = {group: t(f"phase.{group}") for group in events.by_phase["group"]}
    clocks = {group: t(f"clock.{group}") for group in events.by_clock["group"]}
    causes = {cause: t(f"cause.{cause}") for cause in dict.fromkeys(events.ends["cause"])}
    words_of_rates = {"x_label": t("events.rate_x"), "events_label": t("events.events")}
    found = {
        "by_phase": as_svg(
            "by_phase", draw_rates, size=(7.4, 0.9 + 0.36 * len(phases)), alt=t("events.by_phase"),
            content=told_intervals(
                catalogue, list(phases.values()), events.by_phase, catalogue.number, estimate="rate"
            ),
            frame=events.by_phase, labels=phases, **words_of_rates,
        ),
        "by_clock": as_svg(
            "by_clock", draw_rates, size=(7.4, 0.9 + 0.36 * len(clocks)), alt=t("events.by_clock"),
            content=told_intervals(
                catalogue, list(clocks.values()), events.by_clock, catalogue.number, estimate="rate"
            ),
            frame=events.by_clock, labels=clocks, **words_of_rates,
        ),
    }  # fmt: skip
    if not events.ends.empty:
        found["ends"] = as_svg(
            "ends", draw_incidence, size=(7.4, 3.4), alt=t("events.ends_alt"),
            content=told_curves(catalogue, events.ends, "cause", catalogue.share, names=causes),
            frame=events.ends, colors=CAUSE_COLORS, labels=causes, x_label=t("survival.x"), y_label=t("events.ends_y"),
            years_label=t("survival.x_years"),
        )  # fmt: skip
    for kind in events.kinds:
        bands = events.before_renewal[events.before_renewal["kind"] == kind]
        days = [catalogue.count(day) for day in bands["days_from"]]
        found[f"before_{kind}"] = as_svg(
            f"before_{kind}", draw_before_renewal, size=(7.4, 3.0),
            alt=t("events.before_alt", kind=t(f"term_kind.{kind}")),
            content=told_intervals(
                catalogue, [t("events.before_from", day=day) for day in days], bands, catalogue.number, estimate="rate"
            ),
            frame=bands,
            x_label=t("events.before_x"), y_label=t("events.before_y"),
            at_risk_label=t("survival.at_risk"), events_label=t("events.events"),
        )  # fmt: skip
    if not events.changes.empty:
        changes = events.changes.assign(group=events.changes["group"].map(lambda kind: t(f"change.{kind}")))
        found["changes"] = as_svg(
            "changes", draw_mean_number, size=(7.4, 3.4), alt=t("events.changes_alt"),
            content=told_curves(catalogue, changes, "group", catalogue.number),
            frame=changes, x_label=t("survival.x"), y_label=t("events.changes_y"), years_label=t("survival.x_years"),
        )  # fmt: skip
    return found
