"""The sides a piece is shown from: one table for every engine that shows it."""

Angles = tuple[float, float]
"""Azimuth from the front towards the piece's left and elevation above the table, degrees."""

MASTER = "master"
RAISED = "raised"
"""From above the head: the side a ring's master is taken from, so that its stone leads and its hoop is whole."""
RAISED_ANGLES: Angles = (20.0, 42.0)
STANDING: dict[str, Angles] = {
    MASTER: (24.0, 17.0),
    "front": (0.0, 5.0),
    "three-quarter": (-40.0, 32.0),
    "side": (90.0, 6.0),
    "back": (180.0, 14.0),
    "other three-quarter": (140.0, 24.0),
    "top": (0.0, 76.0),
}
LYING: dict[str, Angles] = {
    MASTER: (0.0, 70.0),
    "front": (0.0, 38.0),
    "three-quarter": (-38.0, 42.0),
    "side": (90.0, 24.0),
    "back": (180.0, 44.0),
    "other three-quarter": (142.0, 38.0),
    "top": (0.0, 89.0),
}
"""Pieces that stand, as rings do, and pieces that lie, by the view's name."""
STILLS = tuple(name for name in STANDING if name != MASTER)
"""The six stills, in the order they are shown."""
PENDANT_FRONT: Angles = (0.0, 78.0)
"""Onto the face of a pendant that lies on the table: that is the front of its necklace."""
SIDES = {"front": "front", "back": "back", "top": "top", "side": "left"}
"""Stills that show one side of the piece straight on, and which; left is the piece's own."""

TURNTABLE_STANDING, TURNTABLE_LYING = 18.0, 34.0
"""Elevation of the turntable's camera, degrees."""
LOW = 0.6
"""A piece stands when it is taller than this share of its width."""
