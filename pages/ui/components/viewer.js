// Theta, phi and radius of model-viewer's camera-orbit; glTF's front is +z and up is +y.
const VIEWS = [
  ["Three-quarter", "32deg 68deg 138%"],
  ["Front", "0deg 90deg 138%"],
  ["Side", "90deg 90deg 138%"],
  ["Top", "0deg 0deg 138%"],
]
// A piece that lies flat, such as a necklace, shows itself from higher up and closer.
const LYING = { flatness: 0.25, orbit: "24deg 32deg 108%" }
const HINT = "Drag to turn, pinch or scroll to come closer. With the keyboard: arrow keys, PageUp and PageDown."
const NO_WEBGL = "This browser cannot show 3D: WebGL 2 is missing or switched off."
// The library follows a new size in steps; from then on its camera stays.
const RESIZED_MS = 300
const STUDIO_LIGHT = "Light followed through metal and stones, as in the master; off for a quick view"
const NOT_LOADED = "The model could not be shown. Download the GLB to open it elsewhere."

function hasWebGL2() {
  const context = document.createElement("canvas").getContext("webgl2")
  // Browsers allow few contexts at a time: give this one back.
  context?.getExtension("WEBGL_lose_context")?.loseContext()
  return Boolean(context)
}

async function loadLibrary(url) {
  if (!customElements.get("model-viewer")) await import(new URL(url, document.baseURI).href)
  await customElements.whenDefined("model-viewer")
}

/** The picture on screen with its backdrop, as PNG. */
async function snapshot(model, stage) {
  const shot = await createImageBitmap(await model.toBlob({ mimeType: "image/png", idealAspect: false }))
  const canvas = element("canvas", { width: shot.width, height: shot.height })
  const pen = canvas.getContext("2d")
  pen.fillStyle = getComputedStyle(stage).backgroundColor
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(shot, 0, 0)
  return new Promise(resolve => canvas.toBlob(resolve, "image/png"))
}

/** The field of view to ask for, so that the master's square is shown whole after the library widened it its own way. */
function squareFieldOfView(degrees, aspect, modelAspect) {
  const wanted = Math.tan((parseFloat(degrees) * Math.PI) / 360) * Math.max(1, 1 / aspect)
  const asked = wanted / Math.max(1, modelAspect / aspect)
  return `${(Math.atan(asked) * 360) / Math.PI}deg`
}

function download(blob, name) {
  const url = URL.createObjectURL(blob)
  element("a", { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

function buildViewer(root, parcel, memory) {
  const { alt, height, turning, library, master, studio, hotspots = [] } = parcel.header
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  // Begun by hand, or with the comparison it is for: what any graphics makes of it is not known before.
  const state = { dark: false, exposure: 1, traced: false, ...memory, view: VIEWS[0][0], turning: turning && !still }
  let gone = false

  const poster = parcel.has("poster") ? element("img.poster", { src: parcel.url("poster"), alt }) : null
  const progress = element("div.progress", { role: "progressbar", "aria-label": "Loading the model" }, element("span"))
  const message = element("p.message", { role: "status", hidden: true })
  const stage = element("div.stage", {}, poster, progress, message)
  stage.style.height = `${height}px`
  root.append(stage)

  function giveUp(sentence) {
    progress.hidden = true
    message.hidden = false
    message.textContent = poster ? `${sentence} This is its picture.` : sentence
    stage.classList.add("still")
    model?.remove()
    bar?.remove()
    hint?.remove()
  }

  let model = null
  let bar = null
  let hint = null
  if (!hasWebGL2()) {
    giveUp(NO_WEBGL)
    return { memory: state, dispose() {} }
  }

  model = element(
    "model-viewer",
    {
      alt,
      "camera-controls": true,
      "camera-orbit": VIEWS[0][1],
      "min-camera-orbit": master ? "auto 0deg 8%" : "auto 0deg auto",
      "max-camera-orbit": master ? "auto 180deg 1000%" : "auto 180deg auto",
      "min-field-of-view": "8deg",
      "touch-action": "pan-y",
      "interaction-prompt": "none",
      "shadow-intensity": "0.7",
      "shadow-softness": "1",
      "tone-mapping": "neutral",
      ar: true,
      // Scene Viewer wants an address it can fetch; our model lives in the page only.
      "ar-modes": "webxr quick-look",
    },
    // What goes to a room goes with glTF's own materials.
    element("button.button.ar", { type: "button", slot: "ar-button", onclick: () => set({ traced: false }) }, "View in your room"),
    element("span", { slot: "progress-bar" }),
    // The library's own centre dot swallows a drag that starts on it.
    element("span.aim", { slot: "pan-target" }),
    ...hotspots.map(({ text, at }, k) =>
      element("button.mark", {
        type: "button", slot: `hotspot-${k + 1}`, "data-position": at.map(each => `${each}m`).join(" "), title: text,
        "aria-label": text, onclick: () => { model.cameraTarget = at.map(each => `${each}m`).join(" ") },
      }, String(k + 1))),
  )
  // Scrolling the page must not zoom by accident: the wheel belongs to the model once it is in use.
  model.disableZoom = true

  const viewButtons = VIEWS.map(([name, orbit]) =>
    textButton(name, () => {
      model.cameraOrbit = name === VIEWS[0][0] ? threeQuarter : orbit
      model.cameraTarget = "auto auto auto"
      model.fieldOfView = "auto"
      model.resetTurntableRotation?.(0)
      set({ view: name, turning: false })
    }, { "data-view": name }),
  )
  // From the master's camera the model lies over its picture: blinking shows what differs.
  const over = master && poster ? element("img.over", { src: parcel.url("poster"), alt: "", hidden: true }) : null
  // Software that computes WebGL on the processor takes seconds a traced frame.
  const compared = () => ({ traced: state.traced || (!state.over && Boolean(studio) && !isSoftware()) })
  const asMaster =
    over &&
    textButton("As the master", () => set({ ...compared(), over: !state.over, view: null, turning: false }), {
      title: "The model from the master's camera, and the master blinked over it",
    })
  const light = studio && textButton("Studio light", () => set({ over: state.over, traced: !state.traced }), {
    title: STUDIO_LIGHT,
  })
  const tracing =
    studio &&
    studioSwitch(model, studio, () => fetch(parcel.url("tables")).then(reply => reply.arrayBuffer()), {
      turning: () => state.turning,
      slow: leaveStudio,
      unlit: () => { light.hidden = true },
    })
  const turn = textButton("Turntable", () => set({ turning: !state.turning }))
  const dark = textButton("Dark", () => set({ dark: !state.dark }), { title: "Dark backdrop" })
  const exposure = element("input", {
    type: "range",
    min: 0.4,
    max: 2,
    step: 0.05,
    value: state.exposure,
    oninput: () => set({ exposure: Number(exposure.value) }),
  })
  const take = async () => download(await snapshot(model, stage), "model.png")
  bar = element(
    "div.bar",
    {},
    element("div.group", { role: "group", "aria-label": "View" }, ...viewButtons),
    asMaster,
    light,
    turn,
    dark,
    element("label.slider", {}, "Exposure", exposure),
    element(
      "div.end",
      {},
      iconButton("camera", "Save this view as PNG", take),
      iconButton("expand", "Full screen", () => toggleFullScreen(root)),
    ),
  )
  hint = element("p.hint", {}, HINT)
  root.append(bar, hint)

  function set(change) {
    const begins = change.over && !state.over
    Object.assign(state, { over: false }, change)
    if (begins) standAsMaster()
    if (over) over.hidden = !state.over
    asMaster?.setAttribute("aria-pressed", Boolean(state.over))
    for (const button of viewButtons) button.setAttribute("aria-pressed", button.dataset.view === state.view)
    turn.setAttribute("aria-pressed", state.turning)
    dark.setAttribute("aria-pressed", state.dark)
    stage.classList.toggle("dark", state.dark)
    exposure.setAttribute("aria-valuetext", `${state.exposure.toFixed(2)} times`)
    model.toggleAttribute("auto-rotate", state.turning)
    model.setAttribute("exposure", state.exposure)
    light?.setAttribute("aria-pressed", Boolean(state.traced))
    tracing?.set(Boolean(state.traced), state.exposure)
  }

  function leaveStudio() {
    light.title = "Switched off: the graphics of this computer are too slow for it. Press to try again."
    set({ over: state.over, traced: false })
  }

  function standAsMaster() {
    const aspect = stage.clientWidth / stage.clientHeight
    model.resetTurntableRotation?.(0)
    model.cameraTarget = master.target
    model.cameraOrbit = master.orbit
    model.fieldOfView = squareFieldOfView(master.fieldOfView, aspect, model.getIdealAspect?.() ?? 1)
    model.jumpCameraToGoal?.()
  }

  let resized = 0
  const size = new ResizeObserver(() => {
    clearTimeout(resized)
    resized = setTimeout(() => state.over && standAsMaster(), RESIZED_MS)
  })
  size.observe(stage)

  let threeQuarter = VIEWS[0][1]
  model.addEventListener("load", () => {
    const { x, y, z } = model.getDimensions()
    if (y < LYING.flatness * Math.min(x, z) && state.view === VIEWS[0][0]) {
      threeQuarter = model.cameraOrbit = LYING.orbit
      model.jumpCameraToGoal()
    }
    if (state.over) standAsMaster()
    progress.hidden = true
    stage.classList.add("ready")
    poster?.setAttribute("aria-hidden", "true")
  })
  model.addEventListener("progress", ({ detail }) => {
    const share = Math.round(100 * detail.totalProgress)
    progress.setAttribute("aria-valuenow", share)
    progress.firstChild.style.width = `${share}%`
  })
  model.addEventListener("error", ({ detail }) => {
    // A system takes its graphics back from a frame of seconds; the library begins again by itself.
    if (detail?.type === "webglcontextlost" && tracing?.shown()) leaveStudio()
    else giveUp(NOT_LOADED)
  })
  model.addEventListener("camera-change", ({ detail }) => {
    if (detail.source === "user-interaction" && (state.view || state.over)) set({ view: null })
  })
  model.addEventListener("pointerdown", () => (model.disableZoom = false))
  model.addEventListener("focus", () => (model.disableZoom = false))
  model.addEventListener("pointerleave", event => {
    if (event.pointerType === "mouse" && !event.buttons) model.disableZoom = true
  })
  set({})

  loadLibrary(library).then(
    () => {
      if (gone) return
      if (over) stage.append(over)
      // model-viewer tells an HDR file by the end of its address.
      model.setAttribute("environment-image", `${parcel.url("environment")}#.hdr`)
      model.setAttribute("src", parcel.url("glb"))
      stage.prepend(model)
    },
    () => giveUp(NOT_LOADED),
  )

  return {
    memory: state,
    dispose() {
      gone = true
      size.disconnect()
      clearTimeout(resized)
      tracing?.dispose()
      model.remove()
    },
  }
}

export default function (component) {
  return mountOnce(component, ".viewer", buildViewer)
}
