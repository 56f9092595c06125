"""The vocabulary: frozen, slotted dataclasses that import the standard library alone.

No type here has a field that could hold a patient's value.
"""
