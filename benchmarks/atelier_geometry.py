"""Re-measure what the atelier claims about words and geometry: 200 random specs build closed, as does every prompt
of the table, and the prompts are read right in kind, metal, stone and count.

Run: python -m benchmarks.atelier_geometry [count [first seed]]; from seed 3000 on each spec is one of the later forms.
"""

import sys
import time
from collections import defaultdict

import numpy as np

from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.stl import to_stl
from pipeline.atelier.geometry.mesh import Mesh
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.text import fold
from pipeline.atelier.pieces.build import build
from tests.atelier.language.prompt_table import rows
from tests.atelier.language.test_prompt import count_of, stone_of
from tests.atelier.random_spec import random_spec
from tests.atelier.soundness import open_at

STRANGE = ("flurbish", "quetzal", "zeppelin", "vorpal", "Kühlschrank", "печать")
"""Words that mean nothing to a jeweler: one is put into each prompt, and has to come back as not understood."""


def measure(count: int = 200, first: int = 0) -> None:
    """Print one table of geometry and the figures of the grammar."""
    build_s, glb_s, size, faces, closed = (defaultdict(list) for _ in range(5))
    for seed in range(first, first + count):
        spec = random_spec(seed)
        start = time.process_time()
        piece = build(spec)
        built = time.process_time()
        glb = to_glb(piece)
        build_s[spec.kind].append(built - start)
        glb_s[spec.kind].append(time.process_time() - built)
        size[spec.kind].append(len(glb))
        faces[spec.kind].append(sum(len(part.faces) for part in piece.parts))
        closed[spec.kind].append(all(not open_at(Mesh(p.vertices, p.faces)) for p in piece.parts))
    print(f"{count} random valid specs", flush=True)
    print(
        "kind        pieces  closed  build CPU-s (median, worst)  triangles (median)  GLB kB (median, worst)  GLB CPU-s"
    )
    for kind in sorted(build_s):
        print(
            f"{kind:10s} {len(closed[kind]):7d} {sum(closed[kind]):7d} {np.median(build_s[kind]):14.2f}, "
            f"{max(build_s[kind]):5.2f} {np.median(faces[kind]):22,.0f} {np.median(size[kind]) / 1e3:15,.0f}, "
            f"{max(size[kind]) / 1e3:7,.0f} {np.median(glb_s[kind]):12.2f}"
        )
    print(f"{sum(map(sum, closed.values()))} of {count} closed")
    grammar()
    start = time.process_time()
    stl = to_stl(build(read("six prong diamond solitaire in platinum").spec))
    print(f"solitaire as STL: {len(stl) / 1e6:.1f} MB, {time.process_time() - start:.2f} CPU-s with building")


def grammar() -> None:
    """Print how the table's prompts are read, column by column, and whether each becomes closed bodies."""
    table, right, reported, shut, seconds = rows(), np.zeros(4, int), 0, 0, 0.0
    for number, (*expected, prompt) in enumerate(table):
        start = time.process_time()
        spec = read(prompt).spec
        seconds += time.process_time() - start
        found = (spec.kind, spec.metal, stone_of(spec), count_of(spec))
        right += [a == b for a, b in zip(found, expected, strict=True)]
        word = STRANGE[number % len(STRANGE)]
        reported += fold(word) in read(f"{prompt} {word}").unknown
        shut += all(not open_at(Mesh(part.vertices, part.faces)) for part in build(spec).parts)
    shares = ", ".join(
        f"{column} {100 * share / len(table):.1f} %"
        for column, share in zip(("kind", "metal", "stone", "count"), right, strict=True)
    )
    print(
        f"{len(table)} prompts: {shares} right, {1e3 * seconds / len(table):.1f} ms each; {shut} build closed"
    )
    print(f"a strange word put into each is reported: {reported} of {len(table)}")


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:3]))
