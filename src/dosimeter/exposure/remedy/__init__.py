"""How to close what was found: one module per product, each key as its vendor writes it."""
