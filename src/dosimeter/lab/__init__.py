"""Synthetic archives on loopback: one for each verdict and trap, full of invented patients."""
