"""Light at a surface: splitting at a dielectric, mirroring in a rough metal, and film.

All functions take and give Dr.Jit arrays, one entry per path.
"""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Stones are shown a little under and with more contrast than the metal around them, as in a photographer's
# second exposure.
STONE_EXPOSURE = 0.72
STONE_CONTRAST = 1.6
STONE_PIVOT = 0.55
# Of the contrast this share is a colourless stone's colours' as well: more would turn the gold seen in it to copper.
PALE_VIVID = 0.3
# Between luminance and the strongest channel, what a stone's brightness is judged by; and where its shoulder begins.
STONE_NORM, STONE_KNEE = 0.9, 0.45
# Linear; 0.9 is 243 of 255. Below the knee colours stay as they are.
GAMUT_KNEE, GAMUT_CEILING = 0.55, 0.9
# Of its colour a bright place keeps at least this much.
GAMUT_SHARE = 0.8
# GGX has long tails: a rare sample far off the mirror direction is a speck that no denoiser takes for noise.
LOBE_SHARE = 0.75


def split(direction: Array, normal: Array, entering: Array, ior: Array) -> tuple[Array, Array, Array]:
    """Unpolarised Fresnel reflectance of a dielectric, the reflected and the refracted direction."""
    cosine = dr.abs(dr.dot(direction, normal))
    eta = dr.select(entering, 1 / ior, ior)
    squared = eta * eta * (1 - cosine * cosine)
    inside = dr.safe_sqrt(1 - squared)
    parallel = (inside - cosine / eta) / (inside + cosine / eta)
    perpendicular = (cosine - inside / eta) / (cosine + inside / eta)
    share = 0.5 * (parallel * parallel + perpendicular * perpendicular)
    share = dr.select(squared >= 1, mi.Float(1.0), dr.clip(share, 0, 1))
    turned = direction + 2 * cosine * normal
    bent = eta * direction + (eta * cosine - inside) * normal
    return share, turned, dr.normalize(bent)


def schlick(normal_incidence: Array, cosine: Array) -> Array:
    """Fresnel reflectance after Schlick (1994)."""
    rest = dr.clip(1 - cosine, 0, 1)
    return normal_incidence + (1 - normal_incidence) * rest * dr.square(dr.square(rest))


def reflect(
    direction: Array,
    normal: Array,
    along: Array,
    across: Array,
    rough_along: Array,
    rough_across: Array,
    pair: Array,
) -> tuple[Array, Array, Array]:
    """Mirror off a rough facet, GGX with visible normals (Heitz 2018): direction, weight less Fresnel, cosine."""
    view = mi.Vector3f(-dr.dot(direction, along), -dr.dot(direction, across), -dr.dot(direction, normal))
    view = dr.normalize(mi.Vector3f(view.x, view.y, dr.maximum(view.z, 1e-3)))
    stretched = dr.normalize(mi.Vector3f(rough_along * view.x, rough_across * view.y, view.z))
    length = stretched.x * stretched.x + stretched.y * stretched.y
    first = dr.select(
        length > 1e-9,
        mi.Vector3f(-stretched.y, stretched.x, 0) * dr.rsqrt(dr.maximum(length, 1e-12)),
        mi.Vector3f(1, 0, 0),
    )
    second = dr.cross(stretched, first)
    radius, angle = dr.sqrt(pair.x * LOBE_SHARE), 2 * np.pi * pair.y
    u, v = radius * dr.cos(angle), radius * dr.sin(angle)
    blend = 0.5 * (1 + stretched.z)
    v = (1 - blend) * dr.safe_sqrt(1 - u * u) + blend * v
    facet = u * first + v * second + dr.safe_sqrt(1 - u * u - v * v) * stretched
    facet = dr.normalize(
        mi.Vector3f(rough_along * facet.x, rough_across * facet.y, dr.maximum(facet.z, 1e-6))
    )
    cosine = dr.dot(view, facet)
    out = 2 * cosine * facet - view

    def masking(w: Array) -> Array:
        spread = dr.square(rough_along * w.x) + dr.square(rough_across * w.y)
        return 0.5 * (dr.sqrt(1 + spread / dr.maximum(w.z * w.z, 1e-9)) - 1)

    hidden = masking(view)
    weight = dr.select(out.z > 1e-4, (1 + hidden) / (1 + hidden + masking(out)), mi.Float(0.0))
    return dr.normalize(out.x * along + out.y * across + out.z * normal), weight, cosine


def tone(light: Array, stone: Array, *, pale: Array = False) -> Array:
    """Filmic shoulder above 0.6; metal highlights lose colour as film does, stones keep theirs.

    A stone's shoulder bends the brightness of its colour as a whole, so that its hue stays; what is brighter than the
    screen's colours is drawn toward grey of the same luminance and never clips (after the idea of the ACES reference
    gamut compression, 2020). What a `pale` stone, one without colour of its own, shows of gold keeps gold's colour.
    """
    light = light * dr.select(stone, mi.Float(STONE_EXPOSURE), mi.Float(1.0))
    luminance = _luminance(light)
    white = dr.select(stone, mi.Float(0.0), dr.clip((luminance - 1.1) * 0.4, 0, 1) * 0.35)
    light = light * (1 - white) + luminance * white
    # Contrast channel by channel, so that fire and body colour gain as well; then the brightness of the whole colour is
    # bent. Luminance alone would take a saturated red for dark and raise it out of the screen's colours.
    share = dr.select(pale, mi.Float(PALE_VIVID), mi.Float(1.0)) * (STONE_CONTRAST - 1)
    whole = dr.maximum(_norm(light), 1e-6) / STONE_PIVOT
    vivid = light * dr.power(dr.maximum(light, 1e-6) / STONE_PIVOT, share)
    vivid = vivid * dr.power(whole, STONE_CONTRAST - 1 - share)
    luminance = _luminance(vivid)
    norm = dr.maximum(_norm(vivid), 1e-6)
    scale = _shoulder(norm, STONE_KNEE) / norm
    return dr.select(stone, _within_gamut(vivid * scale, luminance * scale), _shoulder(light, 0.6))


def _luminance(light: Array) -> Array:
    return 0.2126 * light.x + 0.7152 * light.y + 0.0722 * light.z


def _norm(light: Array) -> Array:
    """What the brightness of a stone's colour is judged by: between its luminance and its strongest channel."""
    luminance = _luminance(light)
    return luminance + STONE_NORM * (dr.max(light) - luminance)


def _shoulder(light: Array, knee: float) -> Array:
    """Linear up to the knee, from there bent toward 1."""
    return dr.select(light < knee, light, knee + (1 - knee) * (1 - dr.exp(-(light - knee) / (1 - knee))))


def _within_gamut(light: Array, luminance: Array) -> Array:
    """Colour whose strongest channel stays below the ceiling, white excepted: a little greyer, for the rest darker."""
    most = dr.max(light)
    room = dr.maximum(dr.maximum(luminance, GAMUT_CEILING) - GAMUT_KNEE, 1e-4)
    highest = dr.maximum(GAMUT_KNEE + room * (1 - dr.exp(-(most - GAMUT_KNEE) / room)), luminance)
    share = dr.clip((highest - luminance) / dr.maximum(most - luminance, 1e-4), GAMUT_SHARE, 1)
    darker = highest / dr.maximum(luminance + share * (most - luminance), 1e-4)
    drawn = (luminance + share * (light - luminance)) * dr.minimum(darker, 1)
    return dr.select(most > GAMUT_KNEE, drawn, light)


def encode(light: Array) -> Array:
    """Linear to sRGB (IEC 61966-2-1)."""
    light = dr.clip(light, 0, 1)
    return dr.select(
        light <= 0.0031308, 12.92 * light, 1.055 * dr.power(dr.maximum(light, 1e-8), 1 / 2.4) - 0.055
    )
