"""Learned enlargement on the CPU: networks trained elsewhere, run in tiles in a process of their own."""
