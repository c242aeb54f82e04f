"""The quarter on one page: what is expected to go, what was said before, a row for each family, what is not known."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.audits.signals import Signal, family_signals
from analysis.forecast.past_quarters import LOSS
from analysis.wording.catalogue import MISSING, Catalogue
from reports.claims import sentences as of_claims
from reports.contest import sentences as of_contest
from reports.contest.families import Told, family_lines
from reports.quarterly.content import Summary
from reports.quarterly.earlier import Since, since_sentences
from reports.quarterly.sentences import gain_sentence
from reports.quarterly.trust import record_of

Text = Catalogue


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family on the first page, in words; an empty text where nothing is told."""

    family: str
    verdict: str
    worth: Told
    signal: str
    points: Told | None
    touched: Told | None


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that is seen first, and what it is."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """All that the first page says, in words.

    Attributes
    ----------
    warnings
        What must be read before anything else.
    tiles
        The first is the most important one.
    outlook, record
        What is expected, and what would have been said of the last settled quarter.
    compared, families
        Which family matters most, and a row for each.
    unknown
        What cannot be known yet.
    """

    warnings: list[str]
    tiles: list[Tile]
    outlook: list[str]
    record: list[str]
    compared: list[str]
    families: list[FamilyRow]
    unknown: list[str]


def first_page(
    text: Text,
    summary: Summary,
    since: Since | None,
    labels: Mapping[str, str],
    unmeasured: Mapping[str, tuple[str, ...]],
    warnings: list[str],
    found: list[str],
) -> FirstPage:
    """Return what the first page says.

    Parameters
    ----------
    text
        The language.
    summary
        All numbers.
    since
        What the report of a quarter ago said; None where there is none.
    labels
        Of the families.
    unmeasured
        What each family that is not measured needs.
    warnings, found
        Sentences of the audits: to be read before, and beside, all others.
    """
    return FirstPage(
        warnings=warnings,
        tiles=_tiles(text, summary),
        outlook=outlook_sentences(text, summary),
        record=since_sentences(text, since, summary.standpoint.landmark) or record_sentences(text, summary),
        compared=family_sentences(text, summary, labels),
        families=family_rows(text, summary),
        unknown=[*unknown_sentences(text, summary, labels, unmeasured), *found],
    )


def outlook_sentences(text: Text, summary: Summary) -> list[str]:
    """Say how much is expected to go, in money and accounts, or why nothing is forecast; and what is under notice."""
    said = money_sentences(text, summary)
    standpoint, reading = summary.standpoint, summary.reading
    if reading:
        quoted = reading.quoted
        span = {"stands_on": standpoint.stands_on, "horizon_end": standpoint.horizon_ends_on}
        said.append(
            text(
                "short.outlook",
                expected=round(quoted.expected),
                at_risk=standpoint.n_at_risk,
                low=quoted.low,
                high=quoted.high,
                **span,
            )
        )
    if summary.no_forecast:
        said.append(text("short.no_forecast", reason=summary.no_forecast))
    if not summary.known_leavers.empty:
        said.append(_under_notice(text, summary))
    return said


def money_sentences(text: Text, summary: Summary) -> list[str]:
    """Say what is expected to end by the end of the horizon, in money, and what falls due; nothing without prices."""
    brief, day, said = summary.brief, summary.standpoint.horizon_ends_on, []
    if brief.arr_at_risk_expected is not None and brief.arr_now is not None:
        told = {"expected": _money(text, summary, brief.arr_at_risk_expected), "day": day}
        told |= {"arr": _money(text, summary, brief.arr_now)}
        if brief.arr_at_risk_low is None:
            said.append(text("short.money_ahead_bare", **told))
        else:
            low, high = (_money(text, summary, end) for end in (brief.arr_at_risk_low, brief.arr_at_risk_high))
            said.append(text("short.money_ahead", span=text("list.span", low=low, high=high), **told))
        if brief.n_under_notice and brief.arr_under_notice is not None:
            said.append(text("short.announced", announced=_money(text, summary, brief.arr_under_notice)))
    if brief.renewals_due:
        paid = _money(text, summary, brief.renewals_due_arr)
        key = "short.renewals_pay" if brief.renewals_due_arr is not None else "short.renewals"
        said.append(text(key, number=brief.renewals_due, paid=paid, day=day))
    return said


def _under_notice(text: Text, summary: Summary) -> str:
    leavers = summary.known_leavers
    known = leavers["mrr"].dropna()
    if len(known) < max(1, summary.accounts.report.min_cell):
        return text("short.known_leavers", number=len(leavers))
    paid = _money(text, summary, 12 * float(known.sum()))
    return text("short.known_leavers_pay", number=len(leavers), paid=paid)


def record_sentences(text: Text, summary: Summary) -> list[str]:
    """Say of the last settled quarter what would have been said of it at its start, and what came."""
    said = []
    if summary.reading and not summary.reading.record.empty:
        last = record_of(summary.reading).iloc[-1]
        said.append(
            text(
                "short.record",
                quarter=last["landmark"],
                expected=round(last["expected"]),
                low=round(last["low"]),
                high=round(last["high"]),
                observed=round(last["observed"]),
            )
        )
        losses = summary.reading.record.query("of == @LOSS and level == 0.95", local_dict={"LOSS": LOSS})
        if len(losses) and losses["landmark"].iloc[-1] == last["landmark"]:
            own = losses.iloc[-1]
            said.append(
                text(
                    "short.record_loss",
                    expected=_money(text, summary, own["expected"]),
                    observed=_money(text, summary, own["observed"]),
                )
            )
    elif summary.last:
        said.append(
            text(
                "short.last",
                quarter=summary.last.quarter_from,
                churned=summary.last.churned,
                at_start=summary.last.at_start,
                rate=text.share(summary.last.rate),
            )
        )
    return said


def family_rows(text: Text, summary: Summary) -> list[FamilyRow]:
    """Return a row for each family that is measured, as they rank; none where they are not compared."""
    if not summary.contest:
        return []
    ladder = summary.grounds.ladder
    signals = family_signals(ladder) if ladder else {}
    rows = []
    for line in family_lines(text, summary.contest.compared, summary.brief.currency):
        signal = signals.get(line.family, Signal.NEITHER)
        says = text(f"short.signal_{signal}") if signal is not Signal.NEITHER else ""
        if line.verdict:
            rows.append(
                FamilyRow(line.family, line.verdict, line.worth, says, line.points, line.revenue or line.accounts)
            )
    return rows


def family_sentences(text: Text, summary: Summary, labels: Mapping[str, str]) -> list[str]:
    """Say which family matters most, or that it is not shown, and whether all together improve the forecast."""
    if not summary.contest:
        return []
    ranking = summary.contest.compared.ranking
    return [of_contest.rank_sentence(text, ranking, labels), gain_sentence(text, summary.contest.gain)]


def unknown_sentences(
    text: Text, summary: Summary, labels: Mapping[str, str], unmeasured: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """Say what cannot be known yet, and what it would take."""
    said = []
    if summary.no_contest and not summary.no_forecast:
        said.append(text("short.no_contest", reason=summary.no_contest))
    if unmeasured:
        tables = list(dict.fromkeys(table for needed in unmeasured.values() for table in needed))
        names = [labels[family] for family in unmeasured]
        said.append(text("short.not_measured", families=names, tables=tables))
    if summary.reading and summary.reading.quoted.rests_on_prior:
        said.append(text("short.few_quarters", quarters=summary.reading.quoted.n_quarters))
    if summary.reading and summary.reading.loss and summary.reading.loss.n_unknown:
        said.append(text("outlook.loss_unknown", unknown=summary.reading.loss.n_unknown))
    said += [of_claims.counted(text, summary.judged), *of_claims.since_last(text, summary.judged)]
    return said


def _money(text: Text, summary: Summary, value: float | None) -> str:
    return MISSING if value is None else text.money(value, summary.brief.currency)


def _tiles(text: Text, summary: Summary) -> list[Tile]:
    tiles, standpoint = [], summary.standpoint
    if summary.reading:
        quoted = summary.reading.quoted
        if summary.brief.arr_at_risk_expected is not None:
            expected = _money(text, summary, summary.brief.arr_at_risk_expected)
            tiles.append(Tile(expected, text("tile.loss", day=standpoint.horizon_ends_on)))
        label = text("tile.expected", at_risk=standpoint.n_at_risk, day=standpoint.horizon_ends_on)
        tiles.append(Tile(text.number(quoted.expected, 0), label))
    else:
        tiles.append(Tile(text.count(standpoint.n_at_risk), text("tile.at_risk", number=standpoint.n_at_risk)))
    if not summary.known_leavers.empty:
        tiles.append(Tile(text.count(len(summary.known_leavers)), text("tile.under_notice")))
    if summary.last:
        tiles.append(Tile(text.share(summary.last.rate), text("tile.last_rate")))
    return tiles
