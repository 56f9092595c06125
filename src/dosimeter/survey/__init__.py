"""Orchestration: which probes, in which order, over which hosts, and what is kept of them."""
