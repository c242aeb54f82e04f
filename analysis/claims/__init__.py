"""Claims: what practice says of leaving, put to the test on a study's data, and judged by rule."""
