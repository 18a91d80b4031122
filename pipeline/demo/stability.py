"""A stand-in of Stability AI, v2beta."""

from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, Call, Reply, Situation, StandIn


class StabilityStable(StandIn):
    """v2beta: multipart in, bytes out."""

    name = "stability"
    SHAPES = ("1:1", "16:9", "9:16", "3:2", "2:3", "5:4", "4:5", "21:9", "9:21")

    def answer(self, call: Call) -> Reply:
        """Five paid endpoints and the balance."""
        if (call.method, call.path) == ("GET", "/v1/user/balance"):
            return Reply.json({"credits": 1234.5})
        parts = call.parts()
        texts = {name: part.text for name, part in (parts or {}).items() if part.filename is None}
        image = parts["image"].data if parts and "image" in parts else b""
        picture = checks.picture(parts["image"].media_type if parts and image else "image/png")
        seed, output = checks.whole(0, 4_294_967_294), checks.one_of("png", "jpeg", "webp")
        prompt = checks.text(1, 10_000)
        contracts: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            "/v2beta/stable-image/generate/sd3": (
                {"prompt": prompt},
                {
                    "mode": checks.one_of("text-to-image"),
                    "model": checks.one_of("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"),
                    "aspect_ratio": checks.one_of(*self.SHAPES),
                    "seed": seed,
                    "output_format": checks.one_of("png", "jpeg"),
                },
            ),
            "/v2beta/stable-image/upscale/fast": ({"image": picture}, {"output_format": output}),
            "/v2beta/stable-image/upscale/conservative": (
                {"image": picture, "prompt": prompt},
                {"seed": seed, "output_format": output, "creativity": checks.number(0.2, 0.5)},
            ),
            "/v2beta/stable-image/control/structure": (
                {"image": picture, "prompt": prompt},
                {"seed": seed, "output_format": output, "control_strength": checks.number(0, 1)},
            ),
            "/v2beta/3d/stable-point-aware-3d": ({"image": picture}, {"seed": seed}),
        }
        if call.method != "POST" or call.path not in contracts:
            return self.refuse("gone", call.path)
        required, optional = contracts[call.path]
        said = checks.form(parts, required, optional, ("image",))
        said = said or self._size_complaint(call.path, image)
        said = said or ("payload too large" if len(call.body) > 10 * 2**20 else "")
        return self.take_order(texts, said, lambda situation: self._answer(call, texts, image, situation))

    @staticmethod
    def _size_complaint(path: str, image: bytes) -> str:
        if not image:
            return ""
        width, height = checks.sides(image)
        fits = {
            "fast": min(width, height) >= 32 and max(width, height) <= 1536 and width * height <= 1_048_576,
            "conservative": min(width, height) >= 64 and 4096 <= width * height <= 9_437_184,
            "structure": min(width, height) >= 64
            and width * height <= 9_437_184
            and 0.4 <= width / height <= 2.5,
            "stable-point-aware-3d": min(width, height) >= 640 and width * height <= 4_194_304,
        }[path.rpartition("/")[2]]
        return "" if fits else f"image: {width}x{height} is outside the allowed range"

    def _answer(self, call: Call, texts: dict[str, str], image: bytes, situation: Situation) -> Reply:
        work = call.path.rpartition("/")[2]
        if situation == "empty" or (situation == "soft" and work == "stable-point-aware-3d"):
            return Reply(200, b"")
        if situation == "junk":
            return Reply(200, JUNK)
        if work == "stable-point-aware-3d":
            return Reply(200, self.artist.modelled(image), {"content-type": "model/gltf-binary"})
        if call.headers.get("accept") != "image/*":
            return Reply.json({"id": "x", "name": "bad_request", "errors": ["accept must be image/*"]}, 400)
        if work == "sd3":
            pixels = self.artist.drawn(texts["prompt"], 1024, 1024, int(texts.get("seed", "0")))
        else:
            width, height = checks.sides(image)
            if work == "fast":
                width, height = 4 * width, 4 * height
            elif work == "conservative":
                grow = max(1, round((4_000_000 / (width * height)) ** 0.5))
                width, height = grow * width, grow * height
            draw = pictures.sketched if work == "structure" else pictures.enhanced
            pixels = draw(image, width, height)
        finish = "CONTENT_FILTERED" if situation == "soft" else "SUCCESS"
        headers = {"content-type": "image/png", "finish-reason": finish, "seed": texts.get("seed", "7")}
        return Reply(200, pictures.png(pixels), headers)

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Stability's error body."""
        status, name = {
            "key": (401, "unauthorized"),
            "invalid": (400, "bad_request"),
            "moderated": (403, "content_moderation"),
            "rate limited": (429, "rate_limit_exceeded"),
            "quota": (402, "payment_required"),
            "gone": (404, "not_found"),
            "down": (500, "internal_error"),
            "gateway": (504, "gateway_timeout"),
        }[kind]
        headers = {"retry_after": "60"} if kind == "rate limited" else {}
        return Reply.json({"id": "ed14", "name": name, "errors": [words or kind]}, status, **headers)
