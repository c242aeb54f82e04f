"""Events beside the contract: what else a source says of who left, and when."""
