"""One verb each: generate, crop, enhance, sketch, model3d. A stage changes one design through the store."""
