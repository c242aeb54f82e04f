"""Money: what the book pays in a year, how it changed, what falls due, and what of it is at risk."""
