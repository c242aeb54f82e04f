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
# # Forecasts, and whether to trust them
#
# Who leaves within the next three months? Each model learns from what was known before a quarter began, forecasts
# that quarter, and is scored on what came of it; then the next. No number below is of rows that a model had seen.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## The scores
#
# - `auc`: how often an account that left was placed above one that stayed; 0.5 is a coin.
# - `brier`: mean squared error of the probabilities; lower is better, and what is low depends on how rare leaving is.
# - `log_score`: how surprising what happened was, on average, by the probabilities; lower is better.
# - `ipa`: how much of the `brier` error is saved against guessing the average; 0 is no better than that, below 0 worse.
# - `observed_over_expected`: 1 if as many left as forecast; above 1, more left.
#
# The picture has the `ipa` of all. Two rivals keep it honest: the contract alone, and simply last quarter's rate.
#
# **Don't conclude** that the model with the best number has won: see the pairs, below, and mind the intervals. A
# forecast can order accounts well (`auc`) and still know little about each one of them (`ipa` close to 0).

# %%
study.evaluation.scores()

# %% [markdown]
# Every two models on the same accounts, by each score in turn: an interval that holds 0 says that neither is shown to
# be better.

# %%
study.evaluation.pairs()

# %% [markdown]
# ## Which one is quoted
#
# The model that had done best in the quarters before: chosen then, by what was known then. The choice is part of what
# is scored, so nothing is picked by its luck. While too few had left in quarters before (`ground` is `inner_folds`),
# it was chosen on accounts that were left out of the training rows. The last line is the choice for today.

# %%
study.evaluation.choices()

# %% [markdown]
# ## Forest and boosting, beside the contract alone
#
# Name models, or bring functions that make your own (`study.evaluate`). The picture has each beside the contract
# alone, on the same quarters.
#
# **Don't conclude** that trees know no more than the contract: with few leavers there is little for them to find.

# %%
study.forest()

# %%
study.boosting()

# %% [markdown]
# ## Is 20% twenty of a hundred?
#
# A calibrated forecast lies on the diagonal. The band says how much is known; the marks below, where forecasts lie.
#
# **Don't conclude** anything from the curve's end where hardly a forecast lies.

# %%
study.evaluation.calibration()

# %%
study.evaluation.tiers()

# %% [markdown]
# ## Is it worth acting on?
#
# Net benefit at each threshold of risk, beside calling nobody and calling all. Choose the threshold by what a call
# costs and what a kept account is worth; where the line is not above both, the forecast is no help.
#
# **Don't conclude** that calls keep accounts. This counts whom one would have called, not what a call does.

# %%
study.evaluation.decision()

# %%
study.evaluation.gain()

# %% [markdown]
# ## Who is likely to leave next?
#
# Every account at risk on the last landmark, most likely first by the model that is quoted. The area under the curve
# is the number expected to leave.
#
# **Don't conclude** that the first account on the list *will* leave. Among accounts given 20%, four of five stay. And
# the models disagree about single accounts: use the list to decide whom to call first, not whom to write off.

# %%
study.outlook()

# %% [markdown]
# In sum, by cause, all causes competing:

# %%
study.expected_ends()

# %% [markdown]
# Next: `contest`, for what knowing usage, relationship or champion adds to such forecasts.
