"""Values of the three primary colours that travel together through a stone: one list entry each, or one for all."""

from typing import Any

import drjit as dr
import mitsuba

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

RED, GREEN, BLUE = range(3)


def led(values: list[Array], leader: Array) -> Array:
    """The value of the leading colour."""
    if len(values) == 1:
        return values[0]
    return dr.select(leader == RED, values[RED], dr.select(leader == BLUE, values[BLUE], values[GREEN]))


def of_each(values: list[Array]) -> Array:
    """A colour of one value for each primary, or of the only one; a value may be a colour itself, which has its own."""
    return mi.Color3f(*map(_primary, values, range(3))) if len(values) == 3 else mi.Color3f(values[0])


def _primary(value: Array, colour: int) -> Array:
    return value[colour] if isinstance(value, mi.Color3f) else value


def marked(colours: list[Array], active: Array) -> Array:
    """Bit 1 << colour of each that is true."""
    bits = mi.UInt32(0)
    for colour, true in enumerate(colours):
        bits = bits | dr.select(active & true, mi.UInt32(1 << colour), mi.UInt32(0))
    return bits


def number(value: float) -> Array:
    """A number that is not compiled in: every piece would pay for a compilation of its own."""
    return dr.opaque(mi.Float, float(value))
