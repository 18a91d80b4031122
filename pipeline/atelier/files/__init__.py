"""A built piece as files: GLB and STL."""
