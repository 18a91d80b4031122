"""Hand out: a design as a document, made in the background and kept until the design changes."""

from typing import Literal

from pipeline.export import documents
from pipeline.jobs import Job
from pipeline.providers.base import Watch
from pipeline.stages.tools import MACHINE, StageOrder, Tools


class HandOutOrder(StageOrder):
    """One document of a design. It changes nothing of the design: visitors may order it too."""

    verb: Literal["export-page", "export-dossier", "export-archive", "export-shop"]

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the document."""
        kind = self.verb.removeprefix("export-")
        design = tools.store.load(self.design_id)

        def one(name: str, watch: Watch) -> None:
            documents.make(tools.store, design, name, watch.progress, tools.brand())

        job.each([(documents.DOCUMENTS[kind].name, kind)], one, place=MACHINE)
