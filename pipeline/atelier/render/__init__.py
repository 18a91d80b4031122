"""From a built piece to a path-traced picture, in a process of its own."""
