# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first look at a study
#
# This notebook walks through one study from end to end: what its data can measure, who is in it, how long accounts
# stay, what goes with leaving, whether a forecast can be trusted, and who is likely to leave next. Run the cells from
# top to bottom with Shift+Enter. Under each heading you will find what to read in the result, and what *not* to
# conclude from it: in churn analysis the second is often the more useful of the two.
#
# The data are a sample of 313 simulated accounts of a CRM product. For your own company, change the path in the cell
# that opens the study to your `study.toml`; nothing else needs to change.

# %%
import pandas as pd

from analysis.workbench import open_study
from reports.audits.displays import show_alarms, show_lags

pd.set_option("display.max_colwidth", None)

# %% [markdown]
# Opening a study checks the raw data against the contract and builds the cohort: one table of lifetimes cut into
# intervals, one table of forecast dates. The first time takes a few seconds; after that the finished cohort is reused
# until the data, the dates in the study or a query change. (Leave `progress` out to watch the work.)

# %%
tenure = open_study("../tests/data/crm5_sample/study.toml", out="../out", progress=lambda step: None)

# %% [markdown]
# ## 1. What can these data measure?
#
# Factors come in families: usage, relationship, champion, and the contract as the control that is always adjusted for.
# A family whose source tables are missing is *not measured here*.
#
# **Don't conclude** that a family without data does not matter. It is absent, not zero, and no model below can speak
# of it. The last column says which tables would change that.

# %%
pd.DataFrame(
    [(family.label_en, measured, ", ".join(family.unlocked_by)) for family, measured in tenure.families()],
    columns=["family", "measured here", "source tables that measure it"],
)

# %% [markdown]
# Each covariate says in advance which sign is expected of its effect (`+` means: more of it, sooner gone) and what a
# missing value means. An expectation written down before the result is what makes a surprise visible.

# %%
pd.DataFrame(tenure.covariates())[["family", "label_en", "unit", "expected_sign", "null_means"]]

# %% [markdown]
# ## 2. Who is in it?
#
# The book: how many accounts were customers when a quarter began, and how many of *those* left before it ended. That
# is the rate. Accounts that joined within the quarter are counted apart, as they were not there to leave from its
# first day.
#
# **Don't conclude** much from the difference between two quarters. With 15 accounts leaving, chance alone moves the
# count by about four in either direction.

# %%
tenure.book()

# %% [markdown]
# And how the accounts were counted, step by step. Read this table before any result: whoever fell out on the way is
# in none of the pictures below.

# %%
tenure.table("attrition")

# %% [markdown]
# ## 3. How long do accounts stay?
#
# Each curve starts at 100% on the first paid day and falls whenever an account leaves. Read off a height (the share
# still customers after a year) or a width (the day on which half have left). Steps at about 30, 181 and 365 days are
# ends of terms: that is when customers can go. The band is the 95% interval, and the numbers below the axis say how
# many accounts were still observed. Where few are left, the curve rests on few.
#
# **Don't conclude** that the segment is the reason. It is a label as it stands today, accounts may have been moved, and
# segments differ in much else. A picture like this describes; it does not explain. Overlapping bands call for patience,
# not for a story.

# %%
tenure.survival(by="segment")

# %% [markdown]
# And when before a renewal do they leave? Time runs to the right, to the end of the term; each level is the rate among
# those who had so many days left, and the numbers below say how many accounts that were, and how many of them left.
# Every kind of term has a clock of its own (`kind="monthly"`). The models learn it from the data.
#
# **Don't conclude** that an account is safe because the weeks in which most give notice have passed: look at the
# interval, not only at the level.

# %%
tenure.events.before_renewal()

# %% [markdown]
# ## 4. What goes with leaving?
#
# Hazard ratios from a Cox model in which every covariate follows its account through time, and is known *before* the
# interval it explains. A ratio of 1.5 means: of two accounts alike in all else in the model, the one that lies a
# standard deviation higher leaves at one and a half times the rate. To the right of 1 leaves sooner, to the left stays
# longer. An interval that crosses 1 is compatible with no effect at all.
#
# **Don't conclude**
# - that a ratio is a lever: customers who are about to go use the product less *because* they are going;
# - that a covariate whose interval crosses 1 is harmless. Covariates that say much the same share the effect between
#   them, so each one alone looks weak. Where they say so much the same that not even a sign can be read alone, the
#   column `read_with` names the others, and `tenure.read_together` tells what they say as one;
# - that the one interval among many that just misses 1 is a discovery. One in twenty does so by chance alone.

# %%
tenure.hazard_ratios()

# %% [markdown]
# One ratio stands for young and old accounts alike. Whether it may is tested: a small adjusted p value says that the
# ratio changes as accounts grow older. The picture shows the course of the covariate that changes most; where its
# band holds a level line, one number will do.

# %%
tenure.proportional_hazards()

# %% [markdown]
# ## 5. So does the family matter?
#
# Because single lines mislead, the question is put to the family as a whole.
#
# Taken together, do its columns go with leaving at all, given everything else in the model? A small p value says that
# they do. It does not say how much. The statistic is a mean over the columns, about 1 where the family says nothing.

# %%
tenure.family_tests()

# %% [markdown]
# What is *knowing* a family worth, whatever else is known? For each subset of the families a model forecasts accounts
# of later quarters that it has not learned from; a family's worth is what it adds on average over all orders. An
# interval that reaches zero means that no worth is shown. This is how families are judged, here and in the reports.
#
# **Don't conclude** that a family of no worth has no effect: it says nothing here that the contract does not say.

# %%
tenure.contest.values()

# %% [markdown]
# Which family matters more is another question. Two worths rise and fall together when accounts are drawn again, so
# their intervals may overlap though their difference is sure: look at the difference, row by row.

# %%
tenure.contest.contrasts()

# %% [markdown]
# In points of churn: accounts at the 90th percentile of what the family says, beside those at the 10th.

# %%
tenure.effects.risk_differences()

# %% [markdown]
# And what practice says of leaving, claim by claim, put to the test on these data.
#
# **Don't conclude** from 'inconclusive' that a claim is wrong: see how small an effect these data could have shown.

# %%
tenure.claims()

# %% [markdown]
# A health score is a claim, too: that its weights are right. `health_score.toml` beside the study says what this one is
# made of; a published history is audited as it was published. Ring: the weight in use; dot: where who left puts it.
#
# **Don't conclude** that a raised weight keeps anybody: what goes with leaving makes a better warning.

# %%
tenure.health_score()

# %% [markdown]
# Move the sliders: who would be green, how many of those who left would have been, and how many calls would be right.

# %%
tenure.score_audit.sliders()

# %% [markdown]
# ## 6. Can the forecast be trusted?
#
# Each model was fitted on what was known before a quarter began and scored on that quarter. Two rivals keep it honest:
# the contract alone, and simply last quarter's rate.
#
# - `auc`: how often an account that left was placed above one that stayed; 0.5 is a coin.
# - `brier`: mean squared error of the probabilities; lower is better, and what is low depends on how rare leaving is.
# - `ipa`: how much of that error is saved against guessing the average; 0 is no better than the average, below 0 worse.
# - `observed_over_expected`: 1 if as many left as forecast; above 1, more left.
#
# **Don't conclude** that the model with the best number has won: compare the models in pairs, as the quarterly report
# does, and mind the width of the intervals. A forecast can put accounts in a sensible order (`auc`) and still know
# little about each one of them (`ipa` close to 0).

# %%
tenure.evaluation.scores()

# %% [markdown]
# ## 7. Who is likely to leave next?
#
# Every account at risk on the last landmark, most likely first, by the model that had the better Brier score above. The
# area under the curve is the number of accounts expected to leave; the dashed lines are the limits of the risk tiers.
#
# **Don't conclude** that the first account on the list *will* leave. Among accounts given 20%, four of five stay. And
# the models disagree about single accounts, as the columns beside each other show: use the list to decide whom to call
# first, not whom to write off.

# %%
tenure.outlook()

# %% [markdown]
# ## 8. What could make all this wrong?
#
# The audits look for it on these data: a covariate that knows the future, facts that were dated back, labels and scores
# that were rewritten, a calendar that moves the use of all at once. Each line says whether it was found, not found, or
# cannot be told from these data. The lag ladder asks what the factors of 30, 60 and 90 days earlier say of leaving
# today, below by family: a p value for each. In `tenure.audits.lag_ladder`, a covariate whose effect is gone when
# looked at earlier has the signal `late`: it may be a symptom of a decision that was made already.
#
# **Don't conclude** that what was not found is not there, or that an early signal is a cause.

# %%
show_alarms(tenure.audits)

# %%
show_lags(tenure, tenure.audits)

# %% [markdown]
# ## 9. A question of your own
#
# Every table of the cohort can be asked in SQL (`show tables` lists them). For example: when a term ends, how often
# does the account leave there and then, and how often does anybody leave in between?
#
# **Don't conclude** that monthly accounts are the safer ones because they leave at fewer of their renewals: they come
# to twelve of them a year.

# %%
tenure.query("""
    select
        term,
        renewal_due = 1 as a_term_ends_here,
        count(*) as intervals,
        count(*) filter (event = 1) as left_here,
        round(left_here / intervals, 3) as share_left
    from counting_process
    group by all
    order by all
""")

# %% [markdown]
# Counts are intervals here, not accounts: one account passes through many. For the number of accounts behind a result,
# count `distinct lifetime_id`.
#
# ## Where to go from here
#
# Every result above is a table first: `tenure.evaluation.scores().frame()` returns the numbers, `tenure.book().plot()`
# the picture alone, to put on axes of your own. `tenure.landmarks` and `tenure.counting_process` are the rows that the
# models learned from. And `tenure report quarterly` writes all this as one page for those who have to decide.
