"""Ring sizes and the inside diameter they stand for, in mm.

Italy, Spain and France count the inner circumference from 40 mm, so does Brazil; Germany and the Netherlands name the
inside diameter; Japan (JIS) has 13 mm for number 1 and a third of a millimetre a number.

EU (ISO 8653) is the inner circumference in mm; US 11.63 + 0.8128 n is the inside diameter; UK letters step the
inner circumference by 1.25 mm from A = 37.8 mm (BS EN 28653).
"""

import math

_US_ZERO_MM, _US_STEP_MM = 11.63, 0.8128
_UK_A_MM, _UK_STEP_MM = 37.8, 1.25


def from_european(size: float) -> float:
    """Inside diameter of an EU size."""
    return size / math.pi


def european(inner_diameter_mm: float) -> float:
    """EU size of an inside diameter: the inverse of `from_european`."""
    return math.pi * inner_diameter_mm


def from_american(size: float) -> float:
    """Inside diameter of a US size."""
    return _US_ZERO_MM + _US_STEP_MM * size


def from_british(letter: str, half: float = 0.0) -> float:
    """Inside diameter of a UK size, a letter a to z, and `half` a letter more (0 or 0.5)."""
    return (_UK_A_MM + _UK_STEP_MM * (ord(letter) - ord("a") + half)) / math.pi


def from_forty(size: float) -> float:
    """Inside diameter of an Italian, Spanish, older French, Brazilian or Indian size: circumferences beyond 40 mm."""
    return (40 + size) / math.pi


def from_japanese(size: float) -> float:
    """Inside diameter of a Japanese size."""
    return 13 + (size - 1) / 3


def from_indian_bangle(sixteenths: float) -> float:
    """Inside diameter of an Indian bangle of two inches and so many sixteenths: size 2.4 is 57.2 mm."""
    return 25.4 * (2 + sixteenths / 16)


def in_words(inner_diameter_mm: float) -> str:
    """The size in all three systems; US by quarters, UK by whole letters, A to Z."""
    circumference = math.pi * inner_diameter_mm
    american = round((inner_diameter_mm - _US_ZERO_MM) / _US_STEP_MM * 4) / 4
    letter = min(max(round((circumference - _UK_A_MM) / _UK_STEP_MM), 0), 25)
    return f"EU {circumference:.0f} / US {american:g} / UK {chr(ord('A') + letter)}"
