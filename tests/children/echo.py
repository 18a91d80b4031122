"""A child for the tests: echoes, sleeps, grows, dies or raises as it is asked."""

import os
import time

import numpy as np

from pipeline.child import serve
from pipeline.errors import BadInput


def work(header, arrays, progress, cancelled):
    match header["op"]:
        case "echo":
            progress(0.5)
            return {"words": header["words"]}, list(arrays)
        case "wait":
            until = time.monotonic() + header["seconds"]
            while time.monotonic() < until and not cancelled():
                time.sleep(0.02)
            return {}, []
        case "hang":
            time.sleep(header["seconds"])
            return {}, []
        case "grow":
            held = [np.ones(8_000_000) for _ in range(12)]
            time.sleep(2)
            return {"held": len(held)}, []
        case "die":
            print("the last straw", file=os.sys.stderr, flush=True)
            os._exit(3)
        case "refuse":
            raise BadInput("This cannot be used; choose another.")
        case _:
            raise KeyError(header["op"])


if __name__ == "__main__":
    serve(work, subject="The echo")
