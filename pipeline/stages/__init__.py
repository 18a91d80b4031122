"""One verb each: generate, crop, enhance, sketch, model3d, hand out. Each has its order and changes one design."""
