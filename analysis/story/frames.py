"""Frames: what the story of an account, and the stories of a book, hold."""

from analysis.declared.schema import Field, Kind, Schema

FACTS = Schema(
    "facts",
    "a dated fact of an account",
    (
        Field("day", Kind.DAY, "on which it was so; of a week the Monday", may_lack=True),
        Field("strand", Kind.TEXT, "what it is a fact of"),
        Field("what", Kind.TEXT, "what happened, or was so"),
        Field("value", Kind.NUMBER, "how much, where it is a number", may_lack=True),
    ),
)
WEEKS = Schema(
    "weeks",
    "a calendar week of an account, Monday to Sunday",
    (
        Field("week", Kind.DAY, "its Monday"),
        Field("events", Kind.NUMBER, "use in it"),
        Field("covered_days", Kind.WHOLE, "days of it that a subscription covers"),
        Field("logged_days", Kind.WHOLE, "days of it that were logged and are over"),
        Field("is_whole", Kind.FLAG, "whether all seven are both"),
        Field("usual", Kind.NUMBER, "median of the whole weeks of the baseline before it", may_lack=True),
    ),
)
PEERS = Schema(
    "peers",
    "a kind of account and calendar week",
    (
        Field("segment", Kind.TEXT, "the kind: label of the account today; '' where there is none"),
        Field("term_kind", Kind.TEXT, "and the term that sets its renewal clock"),
        Field("week", Kind.DAY, "its Monday"),
        Field("accounts", Kind.WHOLE, "of that kind, at risk all week"),
        Field("low", Kind.NUMBER, "lower quartile of their use, each seat by itself where seats are given"),
        Field("middle", Kind.NUMBER, "median"),
        Field("high", Kind.NUMBER, "upper quartile"),
    ),
)
FORECASTS = Schema(
    "forecasts",
    "a lifetime in the population of forecasts on a landmark",
    (
        Field("lifetime_id", Kind.KEY, "the lifetime"),
        Field("landmark", Kind.DAY, "before which all was known that it is made of"),
        Field("horizon_ends_on", Kind.DAY, "to which it reaches"),
        Field("learned_by", Kind.DAY, "by which all was settled that its model learned from"),
        Field("model", Kind.TEXT, "the one that would have been quoted"),
        Field("probability", Kind.NUMBER, "of leaving within the horizon"),
        Field("book", Kind.NUMBER, "the mean of all that were forecast from the landmark"),
    ),
)
STORIES = Schema(
    "stories",
    "a story, within so many months, of those whom it fits or of others",
    (
        Field("story", Kind.TEXT, "what is told"),
        Field("who", Kind.TEXT, "'fits', or 'others' among whom it might have"),
        Field("outcome", Kind.TEXT, "'left', or 'left or shrank'"),
        Field("months", Kind.WHOLE, "after the landmark, in which it is looked for"),
        Field("rows", Kind.WHOLE, "landmarks of these accounts whose months are settled"),
        Field("definition", Kind.TEXT, "by what was known on the landmark, with the thresholds of this book"),
        Field("difference", Kind.NUMBER, "share of those whom it fits less that of others", may_lack=True),
        Field("difference_low", Kind.NUMBER, "its 95% interval, by parent account", may_lack=True),
        Field("difference_high", Kind.NUMBER, "the other end of it", may_lack=True),
        Field("accounts", Kind.WHOLE, "different accounts behind the rows"),
        Field("estimate", Kind.NUMBER, "share of the rows with the outcome", may_lack=True),
        Field("conf_low", Kind.NUMBER, "its 95% interval, by parent account", may_lack=True),
        Field("conf_high", Kind.NUMBER, "the other end of it", may_lack=True),
        Field("examples", Kind.TEXT, "accounts that it fits and that went so, with the landmark", may_lack=True),
    ),
)
