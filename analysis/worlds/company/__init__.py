"""A company: simulated month by month, with its tables and its truth."""
