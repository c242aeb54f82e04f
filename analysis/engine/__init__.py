"""Engine: what runs SQL, and where its results are kept; knows nothing of churn."""
