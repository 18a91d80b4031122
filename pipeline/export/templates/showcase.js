const $ = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];

// Before and after: the range input lies over the picture, its value is where the master's pixels end.
for (const slider of all(".slider")) {
  const input = slider.querySelector("input");
  const move = () => {
    slider.style.setProperty("--at", `${input.value}%`);
    slider.classList.toggle("moved", Number(input.value) > 0);
    input.setAttribute("aria-valuetext", `${Math.round(input.value)} % master’s pixels`);
  };
  input.addEventListener("input", move);
  move();
}

// A region, its close-up and the line between them light up together.
const light = (number, on) => {
  for (const part of all(`[data-region="${number}"]`)) part.classList.toggle("lit", on);
};
for (const card of all(".close-up")) {
  const number = card.dataset.region;
  for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
    card.addEventListener(event, () => light(number, on));
  }
}

const leads = $("leads");
const svg = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
// How much room there is for the plates on one screen, and how wide the master may be in it.
const measure = () => {
  const plates = $("plates");
  const sketches = document.querySelector(".sketches:not(.views)");
  const above = plates.getBoundingClientRect().top + scrollY;
  const below = sketches ? sketches.getBoundingClientRect().bottom - plates.getBoundingClientRect().bottom : 0;
  const centre = document.querySelector(".centre");
  const picture = document.querySelector(".master .frame img");
  const caption = document.querySelector(".master figcaption").offsetHeight;
  const shape = picture.getAttribute("width") / picture.getAttribute("height");
  const drawn = Math.min(centre.clientWidth, (centre.clientHeight - caption - 4) * shape);
  for (const [name, px] of [["--above", above], ["--below", below + 12], ["--drawn", drawn]]) {
    plates.style.setProperty(name, `${Math.round(px)}px`);
  }
};
const draw = () => {
  measure();
  leads.replaceChildren();
  if (getComputedStyle(leads).display === "none") return;
  const origin = leads.getBoundingClientRect();
  const master = document.querySelector(".regions").getBoundingClientRect();
  for (const card of all(".close-up")) {
    const place = document.querySelector(`.master .regions [data-region="${card.dataset.region}"]`);
    if (!place) continue; // it lies on the whole view
    const region = place.getBoundingClientRect();
    const frame = card.querySelector(".frame").getBoundingClientRect();
    const leftward = frame.right <= region.left + region.width / 2;
    const from = { x: (leftward ? region.left : region.right) - origin.x, y: region.top + region.height / 2 - origin.y };
    const to = { x: (leftward ? frame.right : frame.left) - origin.x, y: frame.top + frame.height / 2 - origin.y };
    // Level over the picture, curved beside it: below the picture stands its caption, which no line may cross.
    const rim = leftward ? Math.max(master.left - origin.x, to.x) : Math.min(master.right - origin.x, to.x);
    const half = (rim + to.x) / 2;
    leads.append(
      svg("path", { d: `M${from.x} ${from.y}H${rim}C${half} ${from.y} ${half} ${to.y} ${to.x} ${to.y}`, "data-region": card.dataset.region }),
      svg("circle", { cx: to.x, cy: to.y, r: 2.5 }),
    );
  }
};
if (leads) {
  new ResizeObserver(draw).observe($("plates"));
  document.fonts?.ready.then(draw);
}

// The lightbox shows the embedded picture itself, fitted or at one picture pixel per screen pixel.
const lightbox = $("lightbox");
const canvas = $("lightbox-canvas");
const image = $("lightbox-image");
const views = all("img[data-caption]");
let shown = 0;
const size = (full) => {
  canvas.classList.toggle("full", full);
  $("lightbox-size").setAttribute("aria-pressed", String(full));
  image.style.width = full ? `${image.naturalWidth / devicePixelRatio}px` : "";
};
const show = (index) => {
  shown = (index + views.length) % views.length;
  const view = views[shown];
  image.src = view.src;
  image.alt = view.alt;
  $("lightbox-caption").textContent = `${view.dataset.caption} · ${view.naturalWidth} × ${view.naturalHeight} px`;
  size(false);
};
const open = (index) => {
  show(index);
  if (!lightbox.open) lightbox.showModal();
  canvas.focus();
};
const zoomAt = (event) => {
  const full = !canvas.classList.contains("full");
  const box = image.getBoundingClientRect();
  const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
  const left = box.left + (box.width - image.naturalWidth * scale) / 2;
  const top = box.top + (box.height - image.naturalHeight * scale) / 2;
  const place = { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale };
  size(full);
  if (full) {
    canvas.scrollTo(place.x / devicePixelRatio - canvas.clientWidth / 2, place.y / devicePixelRatio - canvas.clientHeight / 2);
  }
};
for (const button of all("[data-zoom]")) {
  const picture = button.querySelector("img") ?? button.parentElement.querySelector("img.after");
  button.addEventListener("click", () => open(views.indexOf(picture)));
}
image.addEventListener("click", zoomAt);
$("lightbox-size").addEventListener("click", () => size(!canvas.classList.contains("full")));
$("lightbox-previous").addEventListener("click", () => show(shown - 1));
$("lightbox-next").addEventListener("click", () => show(shown + 1));
$("lightbox-close").addEventListener("click", () => lightbox.close());
lightbox.addEventListener("keydown", (event) => {
  const full = canvas.classList.contains("full");
  if (event.key === "ArrowRight" && !full) show(shown + 1);
  else if (event.key === "ArrowLeft" && !full) show(shown - 1);
  else if (event.key === "+" || event.key === "1") size(true);
  else if (event.key === "-" || event.key === "0") size(false);
});
lightbox.addEventListener("close", () => {
  if (document.fullscreenElement) document.exitFullscreen();
});

// Tools
$("tools").hidden = false;
const theme = $("theme");
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  name();
});
name();
$("print").addEventListener("click", () => print());
$("present").hidden = views.length === 0;
$("present").addEventListener("click", () => {
  document.documentElement.requestFullscreen?.().catch(() => {});
  open(0);
});

// The 3D view, from the bytes inside this file.
const turntable = $("turntable");
if (turntable) {
  const waiting = $("waiting");
  const button = $("studio-light");
  const still = (text) => {
    turntable.remove();
    button?.remove();
    waiting.hidden = false;
    waiting.textContent = text;
  };
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  turntable.toggleAttribute("auto-rotate", moves);
  if (!document.createElement("canvas").getContext("webgl2")) {
    still("This browser cannot draw in 3D; the model is in the design’s archive.");
  } else {
    waiting.hidden = true;
    const bytes = (id) => Uint8Array.from(atob($(id).textContent), (letter) => letter.charCodeAt(0));
    const memory = (id, type) => URL.createObjectURL(new Blob([bytes(id)], { type }));
    turntable.addEventListener("load", () => {
      const size = turntable.getDimensions();
      if (size.y > 0.25 * Math.max(size.x, size.z)) return;
      turntable.cameraOrbit = "24deg 32deg 96%"; // a piece that lies flat is seen from above, and closer
      turntable.jumpCameraToGoal();
    });
    // Followed light is for a piece that stands still: then it is shown with all samples.
    const press = (on) => {
      button.setAttribute("aria-pressed", String(on));
      turntable.toggleAttribute("auto-rotate", moves && !on);
      traced.set(on, 1);
    };
    const tooSlow = () => {
      button.title = "Switched off: the graphics of this computer are too slow for it. Press to try again.";
      press(false);
    };
    const traced = button && studioSwitch(turntable, JSON.parse(new TextDecoder().decode(bytes("studio"))), async () => bytes("tables").buffer, {
      turning: () => false,
      slow: tooSlow,
      unlit: () => {
        press(false);
        button.hidden = true;
      },
    });
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => press(button.getAttribute("aria-pressed") !== "true"));
    }
    turntable.addEventListener("error", ({ detail }) => {
      // A system takes its graphics back from a frame of seconds; the viewer begins again by itself.
      if (detail?.type === "webglcontextlost" && traced?.shown()) tooSlow();
      else still("The 3D model could not be shown; it is in the design’s archive.");
    });
    turntable.environmentImage = `${memory("light", "image/vnd.radiance")}#.hdr`; // it goes by the ending
    turntable.src = memory("glb", "model/gltf-binary");
  }
}
