"""Contest: what each factor family is worth to a forecast, and which leads."""
