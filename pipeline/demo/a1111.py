"""A stand-in of Automatic1111's web UI and Forge, after modules/api/api.py, models.py and modules/progress.py.

What their models do not name is refused here, where they would pass it over. One picture is drawn at a time. An
interrupt stops whatever is drawn, and the call it belongs to answers 200 with the half-drawn picture, as theirs do.
"""

import base64
import json
import threading
import time
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, STATUS_OF, Call, Reply, Situation, StandIn, b64
from pipeline.demo.tasks import Shelf
from pipeline.demo.waiting import anything

_TEXT, _SIDE, _PART = checks.text(), checks.whole(64, 4096), checks.number(0, 1)
_DRAWN = {
    "prompt": _TEXT,
    "negative_prompt": _TEXT,
    "styles": anything,
    "seed": checks.whole(-1, 2**32 - 1),
    "sampler_name": _TEXT,
    "sampler_index": _TEXT,
    "scheduler": _TEXT,
    "batch_size": checks.whole(1, 8),
    "n_iter": checks.whole(1, 100),
    "steps": checks.whole(1, 150),
    "cfg_scale": checks.number(0, 30),
    "width": _SIDE,
    "height": _SIDE,
    "denoising_strength": _PART,
    "override_settings": anything,
    "override_settings_restore_afterwards": checks.flag,
    "send_images": checks.flag,
    "save_images": checks.flag,
    "alwayson_scripts": anything,
    "script_name": _TEXT,
    "script_args": anything,
    "force_task_id": _TEXT,
}
_DRAWN_ANEW = {
    **_DRAWN,
    "init_images": anything,
    "resize_mode": checks.whole(0, 3),
    "mask": _TEXT,
    "mask_blur": anything,
}
_UPSCALERS = ("None", "Lanczos", "Nearest", "ESRGAN_4x", "R-ESRGAN 4x+", "R-ESRGAN 4x+ Anime6B")
_ENLARGED = {
    "resize_mode": checks.whole(0, 1),
    "show_extras_results": checks.flag,
    "gfpgan_visibility": _PART,
    "codeformer_visibility": _PART,
    "codeformer_weight": _PART,
    "upscaling_resize": checks.number(0.01, 8),
    "upscaling_resize_w": checks.whole(1, 16_384),
    "upscaling_resize_h": checks.whole(1, 16_384),
    "upscaling_crop": checks.flag,
    "upscaler_1": _TEXT,
    "upscaler_2": _TEXT,
    "extras_upscaler_2_visibility": _PART,
    "upscale_first": checks.flag,
}


class A1111Server(StandIn):
    """Text to picture, picture to picture, extras; progress and interrupt."""

    name = "a1111"

    def __init__(self, shelf: Shelf, **options: Any) -> None:
        super().__init__(shelf, **options)
        self.drawing: list[tuple[str, str]] = []
        """Task and job of what is drawn, the first, and of what waits."""
        self.interrupts = 0
        self.with_page = True
        """Without a page (`--nowebui`) there is no /internal/progress."""
        self.keeps_account = True
        """Older ones know nothing there of what is asked for over the API."""
        self._interrupted = threading.Event()
        self._turn = threading.Lock()
        self._begun = 0.0

    def authorized(self, call: Call) -> bool:
        """`--api-auth`: a user and a password."""
        scheme, _, coded = call.headers.get("authorization", "").partition(" ")
        return scheme == "Basic" and base64.b64decode(coded).decode() == self.key

    def answer(self, call: Call) -> Reply:
        """The calls a client needs."""
        match call.method, call.path:
            case "GET", "/sdapi/v1/options":
                return Reply.json({"sd_model_checkpoint": "juggernautXL_v9.safetensors [c9e3e68f89]"})
            case "GET", "/sdapi/v1/progress":
                return Reply.json(self._progress())
            case "POST", "/internal/progress" if self.with_page:
                return Reply.json(self._progress_of(call.json().get("id_task")))
            case "POST", "/sdapi/v1/interrupt":
                self.interrupts += 1
                self._interrupted.set()
                return Reply.json({})
            case "POST", "/sdapi/v1/txt2img":
                return self._drawn(call.json(), "scripts_txt2img")
            case "POST", "/sdapi/v1/img2img":
                return self._drawn(call.json(), "scripts_img2img")
            case "POST", "/sdapi/v1/extra-single-image":
                return self._enlarged(call.json())
        return Reply.json({"detail": "Not Found"}, 404)

    def _progress(self) -> dict[str, Any]:
        job = self.drawing[0][1] if self.drawing else ""
        state = {
            "skipped": False,
            "interrupted": self._interrupted.is_set(),
            "job": job,
            "job_count": int(bool(job)),
        }
        return {
            "progress": self._fraction() if job else 0,
            "eta_relative": 1.0,
            "state": {
                **state,
                "job_timestamp": "20261129",
                "job_no": 0,
                "sampling_step": 3,
                "sampling_steps": 30,
            },
            "current_image": None,
            "textinfo": None,
        }

    def _progress_of(self, task: Any) -> dict[str, Any]:
        drawing = self.drawing if self.keeps_account else []
        active = bool(drawing) and drawing[0][0] == task
        queued = any(waiting == task for waiting, _ in drawing[1:])
        return {
            "active": active,
            "queued": queued,
            "completed": False,
            "progress": self._fraction() if active else None,
        }

    def _fraction(self) -> float:
        return min(1.0, (time.time() - self._begun) / self.work_s) if self.work_s else 1.0

    def draw(self, task: str, job: str) -> bool:
        """Draw one picture, after those that came before; False when it was interrupted."""
        self.drawing.append((task, job))
        with self._turn:
            self._begun = time.time()
            self._interrupted.clear()
            try:
                return not (self.work_s and self._interrupted.wait(self.work_s))
            finally:
                self.drawing.remove((task, job))

    def _drawn(self, body: Any, job: str) -> Reply:
        anew = job == "scripts_img2img"
        complaint = checks.body(body, {}, _DRAWN_ANEW if anew else _DRAWN)
        if not complaint and anew:
            complaint = checks.uris(1, 16)(body.get("init_images"))
        return self.take_order(body, complaint, lambda situation: self._picture(body, job, situation))

    def _picture(self, body: Any, job: str, situation: Situation) -> Reply:
        whole = self.draw(str(body.get("force_task_id")), job)
        width, height = body["width"] // 8 * 8, body["height"] // 8 * 8
        sent = checks.unpacked(body["init_images"][0]) if "init_images" in body else None
        pixels = (
            self.artist.drawn(body.get("prompt", ""), width, height, body.get("seed", 0))
            if sent is None
            else self.artist.edited(sent, width, height, body.get("prompt", ""))
        )
        if not whole:
            pixels = pixels // 2 + 60  # half of its noise is still in it
        info = {
            "seed": body.get("seed"),
            "sd_model_name": "juggernautXL_v9",
            "width": width,
            "height": height,
        }
        images = {"empty": [], "soft": None, "junk": [b64(JUNK)]}.get(situation, [b64(pictures.png(pixels))])
        return Reply.json({"images": images, "parameters": {}, "info": json.dumps(info)})

    def _enlarged(self, body: Any) -> Reply:
        complaint = checks.body(body, {"image": checks.uri()}, _ENLARGED)
        if not complaint and body.get("upscaler_1", "None") not in _UPSCALERS:
            words = f"could not find upscaler named {body['upscaler_1']}"
            return Reply.json({"error": "AssertionError", "detail": "", "body": "", "errors": words}, 500)
        return self.take_order(body, complaint, lambda situation: self._larger(body, situation))

    def _larger(self, body: Any, situation: Situation) -> Reply:
        self.draw("", "extras")
        sent = checks.unpacked(body["image"]) or b""
        width, height = checks.sides(sent)
        factor = int(body.get("upscaling_resize", 2))
        data = (
            JUNK
            if situation == "junk"
            else pictures.png(pictures.enhanced(sent, factor * width, factor * height))
        )
        return Reply.json({"image": None if situation in {"empty", "soft"} else b64(data), "html_info": ""})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Its own way for a wrong key or body, a proxy's for the rest."""
        if kind == "key":
            return Reply.json({"detail": words or "Incorrect username or password"}, 401)
        if kind == "invalid":
            return Reply.json({"detail": [{"loc": ["body"], "msg": words, "type": "value_error"}]}, 422)
        headers = {"retry_after": "5"} if kind == "rate limited" else {}
        return Reply.json({"message": words or kind}, STATUS_OF[kind], **headers)
