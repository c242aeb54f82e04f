"""The page of an evaluation: frozen content becomes one self-contained HTML file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evaluation.rolling_origin import QUOTED
from analysis.figures.style import HIDDEN
from analysis.lifetimes.clock import BANDS
from analysis.lifetimes.events import PHASES
from analysis.models.registry import CONTRACT_ONLY
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from analysis.workbench import Workbench
from reports.evaluation import sentences
from reports.evaluation.content import Evaluated, Found
from reports.evaluation.pictures import pictures
from reports.writing.html import environment


def render_evaluation(
    tenure: Workbench, content: Evaluated, catalogue: Catalogue, provenance: Mapping[str, str]
) -> str:
    """Return the page of an evaluation as one HTML document.

    Parameters
    ----------
    tenure
        The study: its title, families and labels.
    content
        All numbers.
    catalogue
        The language.
    provenance
        What the page can be made again from.
    """
    language = catalogue.language
    functions: dict[str, Any] = {
        "say": partial(_say, catalogue),
        "group_label": partial(sentences.group_label, catalogue),
        "groups_sentence": partial(sentences.groups_sentence, catalogue),
        "decision_sentence": partial(sentences.decision_sentence, catalogue),
    }
    labels = {family.name: family.label(language) for family, _ in tenure.families()}
    return (
        environment(catalogue, **functions)
        .get_template("evaluation/page.html.j2")
        .render(
            language=language,
            study=tenure.study,
            standpoint=content.standpoint,
            no_forecast=content.no_forecast,
            f=content.found,
            mark=HIDDEN,
            labels=labels,
            colors=tenure.colors,
            provenance=provenance,
            **(_of_found(tenure, content.found, catalogue) if content.found else {}),
        )
    )


def _say(catalogue: Catalogue, remark: Remark) -> str:
    return remark.in_words(catalogue)


def _of_found(tenure: Workbench, found: Found, text: Catalogue) -> dict[str, Any]:
    """Return what the templates ask for where something could be forecast."""
    use = found.use
    labels = {covariate.name: covariate.label(text.language) for covariate in tenure.covariates()}
    calibration = next((one for one in use.calibration if one.model == QUOTED), None)
    drawn = pictures(found, text, tenure.colors, labels)
    moved = use.covariates.moved if use.covariates else ()
    return {
        "short": sentences.in_short(text, found),
        "pooled": found.skill.pooled.set_index(["model", "metric"]),
        "measures": use.measures.set_index(["model", "measure"]),
        "of_calibration": sentences.calibration_sentences(text, calibration) if calibration else [],
        "tiers": found.tiers[found.tiers["model"] == QUOTED],
        "of_tiers": sentences.tiers_sentence(text, found.tiers),
        "by_quarter": _by_quarter(use.by_group),
        "chosen": {f"{choice.landmark:%Y-%m-%d}": choice for choice in found.skill.choices},
        "caught": _caught(found.caught),
        "of_caught": sentences.caught_sentence(text, use.caught_pairs),
        "profit": use.profit[use.profit["model"] == QUOTED],
        "by_group": _by_group(use.by_group),
        "of_level": text.listed([_say(text, one) for one in found.card.says("23b")], "list.sentences"),
        "of_covariates": [
            *(_say(text, one) for one in found.card.says("16")),
            *([text("forecasts.moved", covariates=[labels[name] for name in moved])] if moved else []),
        ],
        "card": sentences.card_lines(text, found.card),
        "figures": {name: Markup(svg) for name, svg in drawn.items()},
    }


def _by_quarter(by_group: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each quarter of the forecasts quoted then, with how many the contract alone expected."""
    quarters = by_group[by_group["by"] == "quarter"]
    own = quarters[quarters["model"] == QUOTED]
    alone = quarters[quarters["model"] == CONTRACT_ONLY].set_index("group")["expected"]
    return own.assign(contract=own["group"].map(alone))


def _by_group(by_group: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of the forecasts quoted then, phases and kinds of term in their own order, others by label."""
    order = {name: place for place, name in enumerate((*PHASES, *BANDS))}
    own = by_group[by_group["model"] == QUOTED]
    return own.iloc[own["group"].map(order).fillna(-1).argsort(kind="stable")]


def _caught(caught: pd.DataFrame) -> pd.DataFrame:
    """Return one line a quarter: what the forecasts quoted then would have caught, and the contract alone."""
    own = caught[caught["model"] == QUOTED].set_index("landmark")
    alone = caught[caught["model"] == CONTRACT_ONLY].set_index("landmark")
    return own.assign(by_contract=alone["caught"].reindex(own.index)).reset_index()
