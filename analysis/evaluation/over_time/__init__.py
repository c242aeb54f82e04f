"""Over time: scores by group and by quarter, and what has moved since the models learned."""
