"""Meshes, solids and cut stones: shapes that know nothing of jewelry's kinds."""
