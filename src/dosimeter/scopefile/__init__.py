"""Reads, writes and signs scope.toml: the written authorisation."""
