"""The page of a health score's audit: for those who own the score, weight by weight, in sentences and pictures."""
