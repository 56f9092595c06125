"""File descriptors: each host in flight needs one."""

from __future__ import annotations

from typing import Final

_RESERVED: Final = 64
"""Kept for the store, the audit log, the report and the interpreter."""


def raise_descriptor_limit(hosts_in_flight: int) -> int:
    """Raise the soft limit as far as needed and allowed; how many hosts may be in flight then."""
    try:
        import resource
    except ImportError:
        return hosts_in_flight  # Not a Unix system: there is no such limit to raise.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hosts_in_flight + _RESERVED
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return hosts_in_flight
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(1, min(hosts_in_flight, limit - _RESERVED))
