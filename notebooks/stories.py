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
# # Stories
#
# Every team has them: use surged, and then they migrated away; the sponsor left at the peak; sixty of three hundred
# seats do the work. Told one by one they convince. Here each is told of a single account, with all that was
# known of it, and counted: of those whom it fitted, how many left, beside the others?

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## How often do they end as told?
#
# Each story is a rule on what was known on a landmark. Its share that left is set beside that of the accounts among
# whom it might have been told and was not.
#
# **Don't conclude** that a story is true because its ending is frequent: look whether the others ended so less often.
# Nor that it is false because these few accounts don't show it; see the intervals.

# %%
study.stories()

# %% [markdown]
# ## A surge before a migration
#
# One account in one picture: contract, use against its usual and its peers', touches, tickets, people, score, and
# what would have been forecast month by month, with the reasons for the last. Read it from left to right, and ask at
# each day what was known by then.
#
# Here use is four times its usual early in 2025, by no more seats than before, and the score hardly stirs. A surge may
# be a roll-out, or an export of everything. **Don't conclude** which from use alone.

# %%
study.account("A000281")

# %% [markdown]
# ## The sponsor left at peak use
#
# Use says all is well; the one who bought it has gone, and at the renewal nobody remembers why.
#
# **Don't conclude** from one such account that use does not matter: the accounts at peak use that stayed are no
# story.

# %%
study.account("A000095")

# %% [markdown]
# ## Sixty of three hundred seats
#
# Few people do all the work, far fewer than what is paid for. Follow the seats paid past the renewal: this account did
# not leave, it came back smaller.

# %%
study.account("A000178")

# %% [markdown]
# ## Silence after onboarding
#
# The vendor called in its first weeks, and from then on only answered. When somebody called again, nobody came.
#
# **Don't conclude** that a call would have kept it. Vendors call those whom they think worth it, and that is known to
# neither use nor tickets.

# %%
study.account("A000148")

# %% [markdown]
# ## Low use, and renewed
#
# The story that is not told: for more than a year hardly any use, for longer a red score, and it renewed, a seat
# smaller. Among accounts of low use before a renewal, most renew.

# %%
study.account("A000256")

# %% [markdown]
# Next: `try_a_covariate`. If you believe a story, write it as a covariate, and see what it adds.
