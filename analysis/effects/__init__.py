"""Effects: what goes with churn, by column and by factor family."""
