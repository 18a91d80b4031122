"""From a spec to a built piece: rings, pendants, earrings, bracelets, brooches and what they are made of."""
