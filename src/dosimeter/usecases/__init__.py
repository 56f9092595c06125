"""One verb a file: wires the parts together for the front ends."""
