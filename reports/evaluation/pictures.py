"""The pictures of an evaluation, each drawn from one frozen table."""

from collections.abc import Mapping

from analysis.evaluation.displays import farthest
from analysis.evaluation.over_time.covariates import MOVED, SOMEWHAT
from analysis.evaluation.rolling_origin import QUOTED
from analysis.figures.evaluation import (
    covariate_drift_height,
    draw_calibration_curve,
    draw_covariate_drift,
    draw_decision_curve,
    draw_gain,
    draw_observed_over_time,
)
from analysis.figures.style import as_svg
from analysis.wording.catalogue import Catalogue
from reports.evaluation.content import Found
from reports.evaluation.sentences import named_models
from reports.writing.alternatives import told_curves


def pictures(found: Found, text: Catalogue, colors: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return every picture as SVG, by name; one that nothing can be drawn of is left out.

    Parameters
    ----------
    found
        All numbers.
    text
        The language.
    colors
        Colour of each family.
    labels
        Label of each covariate.
    """
    use, t = found.use, text.text
    drawn = {}
    if len(use.curves):
        drawn["curve"] = as_svg(
            "curve", draw_calibration_curve, size=(7.4, 4.2), alt=t("forecasts.curve_alt"),
            content=told_curves(
                text, named_models(text, use.curves), "model", text.share, at="risk", height="observed",
                write_at=text.share,
            ),
            curves=named_models(text, use.curves), spread=named_models(text, use.spread),
            x_label=t("forecasts.curve_x"), y_label=t("forecasts.curve_y"), right_label=t("forecasts.curve_right"),
            spread_label=t("forecasts.curve_spread"),
        )  # fmt: skip
    quarters = found.quarters[found.quarters["model"] == QUOTED]
    if len(quarters):
        drawn["quarters"] = as_svg(
            "quarters", draw_observed_over_time, size=(7.4, 3.2), alt=t("forecasts.quarters_alt"),
            frame=quarters.assign(label=[t("book.bar", start=day) for day in quarters["landmark"]]),
            y_label=t("forecasts.accounts"), observed_label=t("forecasts.left_interval"),
            expected_label=t("forecasts.forecast_to_leave"),
        )  # fmt: skip
    if len(use.gain):
        drawn["gain"] = as_svg(
            "gain", draw_gain, size=(7.4, 3.8), alt=t("forecasts.gain_alt"),
            content=told_curves(
                text, named_models(text, use.gain), "model", text.share, at="contacted", height="caught",
                write_at=text.share,
            ),
            frame=named_models(text, use.gain), capacity_share=found.capacity_share,
            x_label=t("forecasts.gain_x"), y_label=t("forecasts.gain_y"), chance_label=t("forecasts.by_chance"),
            capacity_label=t("forecasts.capacity"),
        )  # fmt: skip
    if len(use.decision):
        drawn["decision"] = as_svg(
            "decision", draw_decision_curve, size=(7.4, 3.8), alt=t("forecasts.decision_alt"),
            content=told_curves(
                text, named_models(text, use.decision).assign(per_100=100 * use.decision["net_benefit"]), "model",
                text.number, at="threshold", height="per_100", write_at=text.share,
            ),
            frame=named_models(text, use.decision), x_label=t("forecasts.decision_x"),
            y_label=t("forecasts.decision_y"), all_label=t("forecasts.everyone"), none_label=t("forecasts.no_one"),
        )  # fmt: skip
    far = farthest(use.covariate_drift)
    if len(far):
        drawn["drift"] = as_svg(
            "drift", draw_covariate_drift, size=(7.4, covariate_drift_height(far)), alt=t("forecasts.drift_alt"),
            frame=far.assign(label=far["covariate"].map(labels)), colors=colors, limits=(SOMEWHAT, MOVED),
            x_label=t("forecasts.drift_x"), first_label=t("forecasts.first_quarter"),
            last_label=t("forecasts.last_quarter"),
        )  # fmt: skip
    return drawn
