"""Loupe's pipeline: pure Python, no user interface, nothing happens on import."""
