"""A fleet of thousands of synthetic archives on loopback: the 2019 study, replayed (ADR 0027)."""
