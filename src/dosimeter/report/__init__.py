"""Reports: one pure document, and renderers that print it and decide nothing."""
