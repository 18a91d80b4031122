"""What a jeweler takes to the bench: orthographic views of the atelier's own pieces."""
