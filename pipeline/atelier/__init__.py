"""The built-in offline jeweler: words to a spec, a spec to true geometry, geometry to pictures, drawings and GLB."""
