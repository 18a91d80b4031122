"""A stand-in of Replicate's predictions."""

from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting, anything
from pipeline.images import Pixels
from pipeline.providers.call.answers import data_uri


class ReplicateApi(Waiting):
    """Predictions."""

    name = "replicate"

    @property
    def url(self) -> str:
        """The base url ends with the version."""
        return f"{self.origin}/v1"

    def answer(self, call: Call) -> Reply:
        """Create, get, cancel."""
        if (call.method, call.path) == ("GET", "/v1/account"):
            return Reply.json({"type": "user", "username": "demo"})
        if (call.method, call.path) == ("POST", "/v1/files"):
            return self._uploaded(call)
        if (call.method, call.path) == ("POST", "/v1/predictions"):
            body = self._with_files(call.json())
            said = checks.body(body, {"version": checks.text(3), "input": anything}, {})
            said = said or self._input_complaint(body["version"], body["input"])
            return self.take_order(body, said, lambda situation: self._created(body, situation))
        task_id, _, verb = call.path.removeprefix("/v1/predictions/").partition("/")
        if verb == "cancel":
            done = self.shelf.cancel(task_id)
            return Reply.json({"id": task_id, "status": "canceled" if done else "succeeded"})
        return self._progress(task_id)

    def _uploaded(self, call: Call) -> Reply:
        parts = call.parts() or {}
        kind = parts["content"].media_type if "content" in parts else ""
        said = checks.form(parts, {"content": checks.picture(kind)}, {}, ("content",))
        if said:
            self.refused.append(said)
            return self.refuse("invalid", said)
        name = self.shelf.put_file(parts["content"].data, kind.rpartition("/")[2])
        return Reply.json({"id": name, "urls": {"get": self.file_url(name)}}, 201)

    def _with_files(self, body: Any) -> Any:
        """The body with uploaded pictures in place of their addresses; too large a data URI is cut to nothing."""
        if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
            return body
        return {**body, "input": {name: self._resolved(value) for name, value in body["input"].items()}}

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(part) for part in value]
        if not isinstance(value, str) or not value.startswith(("data:", self.origin)):
            return value
        if value.startswith("data:"):
            return value if len(checks.unpacked(value) or b"") <= 256_000 else "data: larger than 256 kB"
        data = self.shelf.file(value.removeprefix(self.file_url(""))) or b""
        return data_uri(data)

    @staticmethod
    def _input_complaint(version: str, given: Any) -> str:
        picture = checks.uri(("png", "jpeg", "webp"), 10_000_000)
        seed, prompt = checks.whole(0, 2**32), checks.text(1)
        switched_off = {"enhance_prompt": checks.one_of(False)}  # noqa: FBT003 - must be switched off
        contracts: dict[str, tuple[dict[str, checks.Check], dict[str, checks.Check]]] = {
            "seedream": (
                {"prompt": prompt},
                {
                    "image_input": checks.uris(1, 10),
                    "size": checks.one_of("1K", "2K", "4K", "custom"),
                    "width": checks.whole(1024, 4096),
                    "height": checks.whole(1024, 4096),
                    "sequential_image_generation": checks.one_of("disabled", "auto"),
                    "max_images": checks.whole(1, 15),
                    "aspect_ratio": checks.text(),
                    **(switched_off if version.endswith("seedream-4") else {}),
                },
            ),
            "sdxl": (
                {},
                {
                    "prompt": prompt,
                    "width": checks.whole(64, 2048),
                    "height": checks.whole(64, 2048),
                    "num_outputs": checks.whole(1, 4),
                    "seed": seed,
                    "apply_watermark": checks.flag,
                },
            ),
            "clarity": (
                {"image": picture},
                {
                    "prompt": prompt,
                    "scale_factor": checks.number(1, 4),
                    "creativity": checks.number(0, 1),
                    "resemblance": checks.number(0, 3),
                    "seed": seed,
                    "output_format": checks.one_of("png", "jpg", "webp"),
                },
            ),
            "trellis": (
                {"images": checks.uris(1, 8)},
                {
                    "seed": seed,
                    "randomize_seed": checks.flag,
                    "generate_model": checks.flag,
                    "generate_color": checks.flag,
                    "texture_size": checks.whole(512, 2048),
                },
            ),
            "hunyuan": ({"image": picture}, {"seed": seed, "remove_background": checks.flag}),
        }
        contract = next((fields for word, fields in contracts.items() if word in version), None)
        if contract is None or ("/" in version and "seedream" not in version and ":" not in version):
            return f"version {version} does not exist"
        return checks.body(given, *contract)

    def _created(self, body: Any, situation: Situation) -> Reply:
        given = body["input"]
        sent = given.get("image") or (given.get("image_input") or given.get("images") or [""])[0]
        data = checks.unpacked(sent) if sent else b""
        if "trellis" in body["version"] or "hunyuan" in body["version"]:
            task = self.begin(self.artist.modelled(data or b""), "glb", situation)
        else:
            task = self.begin(pictures.png(self._pixels(given, data or b"")), "png", situation)
        if situation == "empty":
            return Reply.json({"status": "starting"}, 201)
        return Reply.json({"id": task.id, "status": "starting", "urls": {}, "input": {}}, 201)

    def _pixels(self, given: Any, sent: bytes) -> Pixels:
        if not sent:
            return self.artist.drawn(given["prompt"], given["width"], given["height"], given.get("seed", 0))
        if "scale_factor" in given:
            width, height = checks.sides(sent)
            return pictures.enhanced(
                sent, int(given["scale_factor"]) * width, int(given["scale_factor"]) * height
            )
        return self.artist.edited(sent, given["width"], given["height"], given["prompt"])

    def _progress(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"title": "Not found", "detail": "Prediction not found", "status": 404}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        prediction: dict[str, Any] = {"id": task_id, "error": None, "output": None}
        if task.cancelled:
            return Reply.json({**prediction, "status": "canceled"})
        if task.fraction < 1:
            return Reply.json({**prediction, "status": "processing" if task.fraction > 0.2 else "starting"})
        errors = {
            "failed": "CUDA out of memory",
            "task moderated": "NSFW content detected. Try another prompt.",
        }
        if task.situation in errors:
            return Reply.json({**prediction, "status": "failed", "error": errors[task.situation]})
        if task.situation == "soft":
            return Reply.json({**prediction, "status": "succeeded", "data_removed": True})
        link = self.link(task)
        return Reply.json(
            {
                **prediction,
                "status": "succeeded",
                "output": {"model_file": link} if "glb" in task.file else [link],
            }
        )

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Problem-style bodies."""
        status, title = {
            "key": (401, "Unauthenticated"),
            "invalid": (422, "Input validation failed"),
            "moderated": (422, "Input validation failed"),
            "rate limited": (429, "Throttled"),
            "quota": (402, "Insufficient credit"),
            "gone": (422, "Invalid version or not permitted"),
            "down": (503, "Service unavailable"),
            "gateway": (504, "Gateway timeout"),
        }[kind]
        if kind == "moderated":
            words = "The prompt was flagged as sensitive (E005)"
        headers = {"retry_after": "30"} if kind == "rate limited" else {}
        return Reply.json({"title": title, "detail": words or title, "status": status}, status, **headers)
