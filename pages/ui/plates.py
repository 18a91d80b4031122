"""The pictures of a showcase that carry no figure of their own: the whole view, the sheets, the model's sides."""

from pages.ui.components.plates import Plate
from pages.ui.workbench import workbench
from pipeline.records import Branch, Model3D, Sketch


def whole_plates(branch: Branch, name: str) -> list[Plate]:
    """The whole view beside the close-ups, where any was cut from it."""
    if branch.whole is None or not any(c.region.shot for c in branch.chosen_close_ups):
        return []
    shot = branch.whole
    return [
        Plate(
            image=workbench().store.thumbnail(shot, 900),
            full=lambda: workbench().store.read(shot),
            title="whole view",
            caption=f"second picture of the same geometry, {shot.width} x {shot.height} px",
            alt=f"The whole of {name}",
        )
    ]


def sketch_plate(drawn: Sketch) -> Plate:
    """A card of the bottom row."""
    return Plate(
        image=workbench().store.thumbnail(drawn.sheet, 900),
        full=lambda: workbench().store.read(drawn.sheet),
        title=drawn.title,
        caption=drawn.style,
        alt=f"Technical sketch: {drawn.title}",
    )


def view_plates(model: Model3D | None) -> list[Plate]:
    """The model from its sides, and turning."""
    if model is None:
        return []
    plates = [
        Plate(
            image=workbench().store.thumbnail(view.picture, 384),
            full=lambda view=view: workbench().store.read(view.picture),  # type: ignore[misc]
            title=view.name,
            alt=f"The 3D model, {view.name}",
        )
        for view in model.views
    ]
    if model.turntable:
        loop = workbench().store.read(model.turntable.loop)
        plates.append(Plate(image=loop, title="turntable", alt="The 3D model turning once round"))
    return plates
