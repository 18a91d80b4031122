"""A stand-in of fal's queue."""

from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.gemini import SHAPES, SIZES, pixels_of
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.tasks import Task
from pipeline.demo.waiting import Waiting, anything
from pipeline.images import Pixels

_NAMED_GLB = {"fal-ai/sam-3", "fal-ai/hunyuan-3d", "fal-ai/trellis-2"}
"""Where the result is `model_glb`; the older ones call it `model_mesh`."""


class FalQueue(Waiting):
    """queue.fal.run with the endpoints the adapter knows."""

    name = "fal"
    _EDIT = "fal-ai/bytedance/seedream/v4/edit"

    def authorized(self, call: Call) -> bool:
        """The key follows the word Key."""
        return call.headers.get("authorization") == f"Key {self.key}"

    def answer(self, call: Call) -> Reply:
        """Submit, status, result, cancel."""
        owner = "/".join(call.path.split("/")[1:3])
        if "/requests/" in call.path:
            task_id, _, verb = call.path.partition("/requests/")[2].partition("/")
            return self._task(call, owner, task_id, verb)
        endpoint = call.path.removeprefix("/")
        if call.method != "POST" or endpoint not in self._contracts():
            return self.refuse("gone", f"Application {endpoint!r} not found")
        required, optional = self._contracts()[endpoint]
        body = call.json()
        said = checks.body(body, required, optional) or self._size_complaint(endpoint, body)
        return self.take_order(body, said, lambda situation: self._submitted(endpoint, body, situation))

    def _contracts(self) -> dict[str, tuple[dict[str, checks.Check], dict[str, checks.Check]]]:
        seed, picture = checks.whole(0, 2**32), checks.uri(("png", "jpeg", "webp"), 10_000_000)
        seedream = {
            "image_size": anything,
            "num_images": checks.whole(1, 6),
            "max_images": checks.whole(1, 6),
            "seed": seed,
            "sync_mode": checks.flag,
            "enable_safety_checker": checks.flag,
        }
        png = checks.one_of("png", "jpg", "webp")
        return {
            "fal-ai/bytedance/seedream/v4/text-to-image": ({"prompt": checks.text(1)}, seedream),
            "fal-ai/bytedance/seedream/v4.5/text-to-image": ({"prompt": checks.text(1)}, seedream),
            self._EDIT: ({"prompt": checks.text(1), "image_urls": checks.uris(1, 10)}, seedream),
            "fal-ai/bytedance/seedream/v4.5/edit": (
                {"prompt": checks.text(1), "image_urls": checks.uris(1, 10)},
                seedream,
            ),
            "bytedance/seedream/v5/pro/edit": (
                {"prompt": checks.text(1), "image_urls": checks.uris(1, 10)},
                {"image_size": anything, "output_format": checks.one_of("png", "jpeg")},
            ),
            "fal-ai/nano-banana-pro/edit": (
                {"prompt": checks.text(3, 50_000), "image_urls": checks.uris(1, 14)},
                {
                    "num_images": checks.whole(1, 4),
                    "seed": seed,
                    "aspect_ratio": checks.one_of("auto", *SHAPES),
                    "resolution": checks.one_of(*SIZES),
                    "output_format": checks.one_of("png", "jpeg", "webp"),
                    "safety_tolerance": checks.one_of("1", "2", "3", "4", "5", "6"),
                    "limit_generations": checks.flag,
                    "sync_mode": checks.flag,
                },
            ),
            "fal-ai/flux-2-pro/edit": (
                {"prompt": checks.text(1), "image_urls": checks.uris(1, 9)},
                {
                    "image_size": anything,
                    "seed": seed,
                    "safety_tolerance": checks.one_of("1", "2", "3", "4", "5"),
                    "enable_safety_checker": checks.flag,
                    "output_format": checks.one_of("png", "jpeg"),
                    "sync_mode": checks.flag,
                },
            ),
            "clarityai/crystal-upscaler": (
                {"image_url": picture},
                {
                    "scale_factor": checks.number(1, 200),
                    "creativity": checks.number(0, 10),
                    "output_format": checks.one_of("png", "jpg"),
                },
            ),
            "fal-ai/hunyuan-3d/v3.1/pro/image-to-3d": (
                {"input_image_url": picture},
                {
                    **{
                        f"{side}_image_url": picture
                        for side in ("back", "left", "right", "top", "bottom", "left_front", "right_front")
                    },
                    "generate_type": checks.one_of("Normal", "Geometry"),
                    "enable_pbr": checks.flag,
                    "face_count": checks.whole(40_000, 1_500_000),
                },
            ),
            "fal-ai/seedvr/upscale/image": (
                {"image_url": picture},
                {
                    "upscale_mode": checks.one_of("target", "factor"),
                    "upscale_factor": checks.number(1, 10),
                    "noise_scale": checks.number(0, 1),
                    "output_format": png,
                    "seed": seed,
                },
            ),
            "fal-ai/clarity-upscaler": (
                {"image_url": picture},
                {
                    "prompt": checks.text(),
                    "negative_prompt": checks.text(),
                    "upscale_factor": checks.number(1, 4),
                    "creativity": checks.number(0, 1),
                    "resemblance": checks.number(0, 1),
                    "guidance_scale": checks.number(0, 20),
                    "num_inference_steps": checks.whole(4, 50),
                    "seed": seed,
                },
            ),
            "fal-ai/topaz/upscale/image": (
                {"image_url": picture},
                {
                    "model": checks.one_of(
                        "Standard V2", "High Fidelity V2", "CGI", "Low Resolution V2", "Text Refine"
                    ),
                    "upscale_factor": checks.number(1, 4),
                    "face_enhancement": checks.one_of(False),  # noqa: FBT003 - must be switched off
                    "crop_to_fill": checks.flag,
                    "output_format": checks.one_of("png", "jpeg"),
                },
            ),
            "fal-ai/trellis-2": (
                {"image_url": picture},
                {"seed": seed, "resolution": checks.one_of(512, 1024, 1536)},
            ),
            "fal-ai/trellis": ({"image_url": picture}, {"seed": seed, "texture_size": anything}),
            "fal-ai/sam-3/3d-objects": (
                {"image_url": picture},
                {
                    "prompt": checks.text(1),
                    "mask_urls": anything,
                    "point_prompts": anything,
                    "box_prompts": anything,
                    "pointmap_url": checks.text(1),
                    "detection_threshold": checks.number(0.1, 1),
                    "export_textured_glb": checks.flag,
                    "seed": seed,
                },
            ),
            "fal-ai/hunyuan3d/v2": (
                {"input_image_url": picture},
                {"seed": seed, "textured_mesh": checks.flag, "octree_resolution": checks.whole(1, 1024)},
            ),
        }

    @staticmethod
    def _size_complaint(endpoint: str, body: Any) -> str:
        if "image_size" not in body:
            return ""
        size = body["image_size"]
        said = checks.body(size, {"width": checks.whole(1, 4096), "height": checks.whole(1, 4096)}, {})
        ranges = {
            "v4.5": (3_686_400, 16_777_216),
            "v5/pro": (1_048_576, 4_194_304),
            "flux": (4096, 4_194_304),
        }
        least, most = next((r for word, r in ranges.items() if word in endpoint), (921_600, 16_777_216))
        return said or ("" if least <= size["width"] * size["height"] <= most else "image_too_small")

    def _submitted(self, endpoint: str, body: Any, situation: Situation) -> Reply:
        if endpoint.endswith(("trellis", "trellis-2", "hunyuan3d/v2", "image-to-3d", "3d-objects")):
            sent = checks.unpacked(body.get("image_url") or body["input_image_url"]) or b""
            task = self.begin(self.artist.modelled(sent), "glb", situation)
        else:
            task = self.begin(pictures.png(self._pixels(body)), "png", situation)
        owner = "/".join(endpoint.split("/")[:2])
        base = f"{self.origin}/{owner}/requests/{task.id}"
        status = {
            "request_id": task.id,
            "status": "IN_QUEUE",
            "queue_position": 1,
            "gateway_request_id": task.id,
        }
        if situation == "empty":
            return Reply.json(status)
        return Reply.json(
            {**status, "response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}
        )

    def _pixels(self, body: Any) -> Pixels:
        url = body.get("image_url") or (body.get("image_urls") or [""])[0]
        if not url:
            size = body["image_size"]
            return self.artist.drawn(body["prompt"], size["width"], size["height"], body.get("seed", 0))
        sent = checks.unpacked(url) or b""
        if "resolution" in body:
            width, height = pixels_of(body["aspect_ratio"], body["resolution"])
            return self.artist.edited(sent, width, height, body["prompt"])
        if "image_size" in body:
            size = body["image_size"]
            return self.artist.edited(sent, size["width"], size["height"], body["prompt"])
        width, height = checks.sides(sent)
        factor = int(body.get("upscale_factor") or body.get("scale_factor", 2))
        return pictures.enhanced(sent, factor * width, factor * height)

    def _task(self, call: Call, owner: str, task_id: str, verb: str) -> Reply:
        if (call.method, verb) == ("PUT", "cancel"):
            return (
                Reply.json({"status": "CANCELLATION_REQUESTED"}, 202)
                if self.shelf.cancel(task_id)
                else self._late()
            )
        task = self.shelf.look(task_id)
        if task is None or owner.count("/") != 1:
            return Reply.json({"detail": "Request not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        if verb == "status":
            state = (
                "COMPLETED" if task.fraction >= 1 else "IN_PROGRESS" if task.fraction > 0.2 else "IN_QUEUE"
            )
            return Reply.json(
                {"status": state, "request_id": task_id, "queue_position": 0},
                200 if state == "COMPLETED" else 202,
            )
        return self._result(task, owner)

    def _result(self, task: Task, owner: str) -> Reply:
        if task.situation == "task moderated":
            detail = {
                "loc": ["body"],
                "msg": "flagged by a content checker",
                "type": "content_policy_violation",
            }
            return Reply.json({"detail": [detail]}, 422)
        if task.situation == "failed":
            return Reply.json({"detail": "Internal Server Error", "error_type": "runner_server_error"}, 500)
        if task.situation == "soft":
            return Reply.json({"images": [], "detail": None})
        link = {"url": self.link(task), "content_type": "image/png"}
        if task.file.endswith("glb"):
            name = "model_glb" if owner in _NAMED_GLB else "model_mesh"
            return Reply.json({name: {**link, "content_type": "model/gltf-binary"}})
        return Reply.json({"images": [link], "image": link, "seed": 5})

    @staticmethod
    def _late() -> Reply:
        return Reply.json({"status": "ALREADY_COMPLETED"}, 400)

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Fal's error bodies."""
        if kind in {"invalid", "moderated"}:
            error_type = "content_policy_violation" if kind == "moderated" else words.partition(" ")[0]
            return Reply.json({"detail": [{"loc": ["body"], "msg": words or kind, "type": error_type}]}, 422)
        status, said = {
            "key": (401, "Cannot access application: authentication is required"),
            "rate limited": (429, "Too many requests"),
            "quota": (403, "User is locked. Reason: Exhausted balance."),
            "gone": (404, "Application not found"),
            "down": (503, "Service unavailable"),
            "gateway": (504, "Gateway timeout"),
        }[kind]
        headers = {"retry_after": "3"} if kind == "rate limited" else {}
        return Reply.json({"detail": words or said}, status, **headers)
