"""A study to begin with: what `tenure init` writes."""
