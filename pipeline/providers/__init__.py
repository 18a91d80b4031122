"""Everyone who can generate, enhance, sketch or model: remote services and the built-in ones."""
