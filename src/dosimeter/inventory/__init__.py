"""Reads inventories, one file per format, and turns them into endpoints inside the scope."""
