"""Counting: which question next, and what the answers prove. Pure; a probe performs it."""
