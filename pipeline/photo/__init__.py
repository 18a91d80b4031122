"""What can be read from, or made out of, a picture alone: mask, checklist, crops, enlargement, relief."""
