"""One file per probe, each ending in ``PROBE = Probe(...)``. A probe never imports another."""
