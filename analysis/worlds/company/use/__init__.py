"""Use: what users do with the product, day by day and feature by feature."""
