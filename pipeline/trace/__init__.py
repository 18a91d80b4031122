"""From one picture to the atelier's own geometry: families of pieces laid over it, camera and sizes that fit best."""
