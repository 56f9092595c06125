"""Measures how exposed medical imaging archives are, and helps to close them."""

__version__ = "0.1.0"
