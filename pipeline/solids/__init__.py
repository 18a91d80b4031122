"""GLBs as triangles: read, checked, looked at from any side, and laid over the master."""
