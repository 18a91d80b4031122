const MODES = [
  ["slide", "Slide"],
  ["blink", "Blink"],
  ["heat", "Heatmap"],
  ["loupe", "Loupe"],
]
const HINTS = {
  slide: "Drag the line, or use the arrow keys. Double-click for 1:1, Shift and arrows to move the picture.",
  blink: "What jumps has changed. Space holds the picture, Enter swaps it by hand, arrow keys move it when enlarged.",
  heat: "Blue: no more than enlarging brings. Magenta to violet: redesigned. The scale is the same for every close-up.",
  loupe: "Move over either picture, or use the arrow keys: the same spot of both, at the same scale.",
}
const ZOOMS = [
  ["Fit", 0],
  ["1:1", 1],
  ["2:1", 2],
  ["4:1", 4],
]
const BLINK_MS = 700
const GRAB_PX = 24
const GAP_PX = 2
const NARROW_PX = 420
const STEP = 0.005
const PAGE = 0.1

// The scale is absolute: middle grey is as far as enlarging goes harmlessly, on every close-up. Up to there a breath of
// blue, beyond it magenta to dark violet: hues no metal or gem of a catalogue picture has in quantity.
const HEAT = [
  [0, 120, 190, 225, 0],
  [0.5, 70, 160, 210, 80],
  [0.52, 240, 80, 175, 150],
  [0.7, 214, 20, 140, 215],
  [1, 70, 0, 90, 255],
]

function heatColour(value) {
  const above = Math.max(1, HEAT.findIndex(([at]) => at >= value))
  const [low, high] = [HEAT[above - 1], HEAT[above]]
  const t = (value - low[0]) / (high[0] - low[0])
  return low.slice(1).map((channel, i) => channel + t * (high[i + 1] - channel))
}

async function paintHeat(canvas, url) {
  const picture = new Image()
  picture.src = url
  await picture.decode()
  canvas.width = picture.naturalWidth
  canvas.height = picture.naturalHeight
  const pen = canvas.getContext("2d", { willReadFrequently: true })
  pen.drawImage(picture, 0, 0)
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height)
  const table = Array.from({ length: 256 }, (_, level) => heatColour(level / 255))
  for (let i = 0; i < pixels.data.length; i += 4) {
    const level = Math.round((pixels.data[i] + pixels.data[i + 1] + pixels.data[i + 2]) / 3)
    for (let c = 0; c < 4; c++) pixels.data[i + c] = table[level][c]
  }
  pen.putImageData(pixels, 0, 0)
}

function marks(boxes, side) {
  return boxes.filter(box => (box.side ?? side) === side).map(({ label, x, y, width, height }) => {
    const tag = element(y < 0.06 ? "span.mark-label.inside" : "span.mark-label", {}, label)
    const mark = element("div.mark", {}, tag)
    const place = { left: x, top: y, width, height }
    for (const [side, fraction] of Object.entries(place)) mark.style[side] = `${100 * fraction}%`
    return mark
  })
}

function buildCompare(root, parcel, memory) {
  const { labels, alt, height, boxes, start } = parcel.header
  const state = {
    mode: "slide",
    divider: 0.5,
    coarse: false,
    places: true,
    heat: 0.75,
    held: matchMedia("(prefers-reduced-motion: reduce)").matches,
    ...memory,
    zoom: start ? 1 : 0,
    centre: start ?? [0.5, 0.5],
    spot: [0.5, 0.5],
    lens: null,
    swapped: false,
  }
  if (state.mode === "heat" && !parcel.has("heatmap")) state.mode = "slide"

  const picture = (name, label) =>
    element("img.picture", { src: parcel.url(name), alt: `${label}: ${alt}`, draggable: "false" })
  const after = picture("after", labels[1])
  const before = picture("before", labels[0])
  const lensAfter = element("img.picture", { src: parcel.url("after"), alt: "", draggable: "false" })
  const lensBefore = element("img.picture", { src: parcel.url("before"), alt: "", draggable: "false" })
  const heat = element("canvas.picture", { "aria-hidden": "true" })
  const places = ["before", "after"].map(side => element("div.places", { "aria-hidden": "true" }, ...marks(boxes, side)))
  const lenses = [lensBefore, lensAfter].map(content => element("div.lens", { "aria-hidden": "true" }, content))
  const tags = labels.map((label, i) => element(i ? "span.tag.right" : "span.tag.left", {}, label))
  const afterPane = element("div.pane", {}, after, heat, places[1], lenses[1])
  const beforePane = element("div.pane", {}, before, places[0], lenses[0])
  const divider = element("div.divider", { "aria-hidden": "true" }, element("span.grip"))
  const range = element("input.position", {
    type: "range",
    min: 0,
    max: 100,
    step: 100 * STEP,
    "aria-label": `Divider between ${labels[0]} and ${labels[1]}`,
  })
  const stage = element("div.stage.focusable", { role: "group" }, afterPane, beforePane, divider, range, ...tags)

  const modeButtons = MODES.filter(([mode]) => mode !== "heat" || parcel.has("heatmap")).map(([mode, text]) =>
    textButton(text, () => set({ mode }), { "data-mode": mode }),
  )
  const zoomButtons = ZOOMS.map(([text, zoom]) => textButton(text, () => zoomTo(zoom), { "data-zoom": zoom }))
  const coarse = textButton("Pixels", () => set({ coarse: !state.coarse }), {
    title: "Show each pixel of the smaller picture as a square",
  })
  const showPlaces = textButton("Places", () => set({ places: !state.places }), {
    title: "Show the marked places",
    hidden: !boxes.length,
  })
  const hold = textButton("Hold", () => set({ held: !state.held }))
  const strength = element("input", {
    type: "range",
    min: 0,
    max: 100,
    value: 100 * state.heat,
    oninput: () => set({ heat: strength.value / 100 }),
  })
  const legend = element(
    "div.legend",
    {},
    element("span", {}, "same"),
    element("span.ramp", { role: "img", "aria-label": "Colours from no difference, blue as far as enlarging goes, to magenta and violet: redesigned" }),
    element("span", {}, "redesigned"),
    element("label.slider", {}, "Overlay", strength),
  )
  const bar = element(
    "div.bar",
    {},
    element("div.group", { role: "group", "aria-label": "View" }, ...modeButtons),
    element("div.group", { role: "group", "aria-label": "Scale" }, ...zoomButtons),
    coarse,
    showPlaces,
    hold,
    legend,
    element("div.end", {}, iconButton("expand", "Full screen", () => toggleFullScreen(root))),
  )
  const hint = element("p.hint")
  root.append(stage, bar, hint)

  // -- geometry, in CSS pixels; one scale for both panes, whatever the files' sizes

  const stacked = () => state.mode === "loupe" && stage.clientWidth < NARROW_PX
  const pane = () => {
    const { clientWidth, clientHeight } = stage
    if (state.mode !== "loupe") return [clientWidth, clientHeight]
    return stacked() ? [clientWidth, (clientHeight - GAP_PX) / 2] : [(clientWidth - GAP_PX) / 2, clientHeight]
  }
  const size = () => [after.naturalWidth || 1, after.naturalHeight || 1]
  const fit = () => {
    const [[width, high], [w, h]] = [pane(), size()]
    return Math.min(width / w, high / h)
  }
  const onePixel = () => 1 / window.devicePixelRatio
  const scale = () => (state.zoom && state.mode !== "loupe" ? state.zoom * onePixel() : fit())
  /** The loupe enlarges even where the picture already fits at 1:1. */
  const lensZoom = () => state.lens ?? [1, 2, 4].find(zoom => zoom * onePixel() > 1.5 * fit()) ?? 4

  /** Left, top, width and height of the picture in its pane, its centre kept inside. */
  function frame() {
    const [[width, high], [w, h], s] = [pane(), size(), scale()]
    const place = (room, length, centre) => {
      if (length <= room + 0.5) return (room - length) / 2
      return clamp(room / 2 - centre * length, room - length, 0)
    }
    return [place(width, w * s, state.centre[0]), place(high, h * s, state.centre[1]), w * s, h * s]
  }

  /** The visible part of the picture, left and right. */
  function visible() {
    const [[width], [left, , w]] = [pane(), frame()]
    return [Math.max(left, 0), Math.min(left + w, width)]
  }

  function lay(target, left, top, width, high) {
    Object.assign(target.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${high}px` })
  }

  function sharpen(target, shown) {
    const enlarged = (shown * window.devicePixelRatio) / (target.naturalWidth || 1) > 1.01
    target.style.imageRendering = state.coarse && enlarged ? "pixelated" : "auto"
  }

  function draw() {
    const [w0, h0] = size()
    stage.classList.toggle("stacked", stacked())
    if (!height) stage.style.aspectRatio = stacked() ? `${w0} / ${2 * h0}` : `${w0} / ${h0}`
    const [left, top, width, high] = frame()
    for (const target of [after, before, heat, ...places]) lay(target, left, top, width, high)
    for (const target of [after, before]) sharpen(target, width)

    const [from, to] = visible()
    const x = from + state.divider * (to - from)
    const slide = state.mode === "slide"
    beforePane.style.clipPath = slide ? `inset(0 calc(100% - ${x}px) 0 0)` : "none"
    beforePane.style.visibility =
      state.mode === "heat" || (state.mode === "blink" && state.swapped) ? "hidden" : "visible"
    divider.style.left = `${x}px`
    Object.assign(range.style, { left: `${from}px`, width: `${to - from}px` })

    if (state.mode === "loupe") {
      const s = lensZoom() * onePixel()
      const [w, h] = size().map(side => side * s)
      for (const [lens, content] of [[lenses[0], lensBefore], [lenses[1], lensAfter]]) {
        const [cx, cy] = [left + state.spot[0] * width, top + state.spot[1] * high]
        lens.style.transform = `translate(${cx}px, ${cy}px) translate(-50%, -50%)`
        const half = lens.clientWidth / 2
        lay(content, half - state.spot[0] * w, half - state.spot[1] * h, w, h)
        sharpen(content, w)
      }
    }
  }

  function describe() {
    const { mode } = state
    root.dataset.mode = mode
    for (const button of modeButtons) button.setAttribute("aria-pressed", button.dataset.mode === mode)
    const zoom = mode === "loupe" ? lensZoom() : state.zoom
    for (const button of zoomButtons) {
      button.setAttribute("aria-pressed", Number(button.dataset.zoom) === zoom)
      button.hidden = mode === "loupe" && button.dataset.zoom === "0"
    }
    coarse.setAttribute("aria-pressed", state.coarse)
    showPlaces.setAttribute("aria-pressed", state.places)
    hold.setAttribute("aria-pressed", state.held)
    hold.hidden = mode !== "blink"
    legend.hidden = mode !== "heat"
    heat.hidden = mode !== "heat"
    heat.style.opacity = state.heat
    strength.setAttribute("aria-valuetext", `${Math.round(100 * state.heat)} %`)
    divider.hidden = range.hidden = mode !== "slide"
    for (const lens of lenses) lens.hidden = mode !== "loupe"
    for (const layer of places) layer.hidden = !state.places
    tags[0].hidden = mode === "heat" || (mode === "blink" && state.swapped)
    tags[1].hidden = mode === "blink" && !state.swapped
    hint.textContent = HINTS[mode]
    stage.tabIndex = mode === "slide" ? -1 : 0
    stage.setAttribute("aria-label", `${labels[0]} and ${labels[1]}. ${HINTS[mode]}`)
    stage.style.touchAction = mode === "loupe" || state.zoom ? "none" : "pan-y"
    const share = Math.round(1000 * state.divider) / 10
    range.value = 100 * state.divider
    range.setAttribute("aria-valuetext", `${labels[0]} ${share} %, ${labels[1]} ${Math.round(1000 - 10 * share) / 10} %`)
  }

  function set(change) {
    Object.assign(state, change)
    if (state.mode !== "blink") state.swapped = false
    describe()
    draw()
  }

  /** Zoom to `zoom` device pixels per picture pixel (0 fits), keeping the picture's point under `at`. */
  function zoomTo(zoom, at) {
    if (state.mode === "loupe") {
      set({ lens: Math.max(zoom, 1) })
      return
    }
    const [width, high] = pane()
    const point = at ?? [width / 2, high / 2]
    const [left, top, w, h] = frame()
    const held = [(point[0] - left) / w, (point[1] - top) / h]
    state.zoom = zoom
    const [, , w2, h2] = frame()
    const centre = [held[0] + (width / 2 - point[0]) / w2, held[1] + (high / 2 - point[1]) / h2]
    set({ centre: settle(centre) })
  }

  /** Keep the centre where the picture still fills the pane, so that panning back answers at once. */
  function settle(centre) {
    const [room, [, , w, h]] = [pane(), frame()]
    return [w, h].map((length, i) => {
      const margin = Math.min(0.5, room[i] / length / 2)
      return clamp(centre[i], margin, 1 - margin)
    })
  }

  function pan(dx, dy) {
    const [, , w, h] = frame()
    set({ centre: settle([state.centre[0] - dx / w, state.centre[1] - dy / h]) })
  }

  // -- pointers: drag the line, drag the enlarged picture, two fingers to zoom, or move the loupe

  const pointers = new Map()
  let grip = null

  const local = event => {
    const bounds = stage.getBoundingClientRect()
    return [event.clientX - bounds.left, event.clientY - bounds.top]
  }

  function moveDivider(x) {
    const [from, to] = visible()
    set({ divider: clamp((x - from) / (to - from), 0, 1) })
  }

  function moveLoupe([x, y]) {
    const [[width, high], [left, top, w, h]] = [pane(), frame()]
    const inPane = [x > width ? x - width - GAP_PX : x, y > high ? y - high - GAP_PX : y]
    set({ spot: [clamp((inPane[0] - left) / w, 0, 1), clamp((inPane[1] - top) / h, 0, 1)] })
  }

  stage.onpointerdown = event => {
    if (event.button > 0) return
    const point = local(event)
    pointers.set(event.pointerId, point)
    stage.setPointerCapture(event.pointerId)
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()]
      grip = { kind: "pinch", distance: Math.hypot(a[0] - b[0], a[1] - b[1]), zoom: scale() / onePixel() }
      return
    }
    const [from, to] = visible()
    const near = Math.abs(point[0] - (from + state.divider * (to - from))) < GRAB_PX
    if (state.mode === "loupe") grip = { kind: "loupe" }
    else if (state.mode === "slide" && (near || !state.zoom)) grip = { kind: "divider" }
    else grip = { kind: "pan", point }
    const focus = state.mode === "slide" ? range : stage
    focus.focus({ preventScroll: true })
    if (grip.kind === "divider") moveDivider(point[0])
    if (grip.kind === "loupe") moveLoupe(point)
    event.preventDefault()
  }
  stage.onpointermove = event => {
    const point = local(event)
    if (state.mode === "loupe" && (event.pointerType === "mouse" || grip)) moveLoupe(point)
    if (!pointers.has(event.pointerId)) return
    pointers.set(event.pointerId, point)
    if (grip?.kind === "pinch" && pointers.size === 2) {
      const [a, b] = [...pointers.values()]
      const zoom = (grip.zoom * Math.hypot(a[0] - b[0], a[1] - b[1])) / Math.max(grip.distance, 1)
      const fitted = fit() / onePixel()
      zoomTo(zoom <= fitted * 1.02 ? 0 : Math.min(zoom, 8), [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2])
    } else if (grip?.kind === "divider") moveDivider(point[0])
    else if (grip?.kind === "pan") {
      pan(point[0] - grip.point[0], point[1] - grip.point[1])
      grip.point = point
    }
  }
  stage.onpointerup = stage.onpointercancel = event => {
    pointers.delete(event.pointerId)
    if (!pointers.size) grip = null
  }
  stage.ondblclick = event => zoomTo(state.zoom ? 0 : 1, local(event))
  const onWheel = event => {
    if (!event.ctrlKey) return
    event.preventDefault()
    const fitted = fit() / onePixel()
    const zoom = (state.zoom || fitted) * Math.exp(-event.deltaY / 200)
    zoomTo(zoom <= fitted ? 0 : Math.min(zoom, 8), local(event))
  }
  stage.addEventListener("wheel", onWheel, { passive: false })

  // -- keys, only while the stage or its slider has the focus

  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

  function moveByKey(event) {
    const way = WAYS[event.key]
    const { mode, divider, spot } = state
    if (mode === "loupe") {
      const jump = { Home: [0, 0.5], End: [1, 0.5], PageUp: [spot[0], spot[1] - PAGE], PageDown: [spot[0], spot[1] + PAGE] }
      const target = jump[event.key] ?? (way && [spot[0] + STEP * way[0], spot[1] + STEP * way[1]])
      if (target) set({ spot: target.map(value => clamp(value, 0, 1)) })
      return Boolean(target)
    }
    if (way && (mode !== "slide" || event.shiftKey)) {
      pan(-40 * way[0], -40 * way[1])
      return Boolean(state.zoom)
    }
    if (mode !== "slide") return false
    const jump = { Home: 0, End: 1, PageUp: divider + PAGE, PageDown: divider - PAGE }
    const target = jump[event.key] ?? (way && divider + STEP * (way[0] - way[1]))
    if (target !== undefined) set({ divider: clamp(target, 0, 1) })
    return target !== undefined
  }

  stage.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const zoomKeys = { 0: 0, 1: 1, 2: 2, 4: 4 }
    let used = true
    if (event.key in zoomKeys) zoomTo(zoomKeys[event.key])
    else if (event.key === " " && state.mode === "blink") set({ held: !state.held })
    else if (event.key === "Enter" && state.mode === "blink") set({ held: true, swapped: !state.swapped })
    else used = moveByKey(event)
    if (used) event.preventDefault()
  }
  range.oninput = () => set({ divider: range.value / 100 })

  // -- life

  const blink = setInterval(() => {
    if (state.mode === "blink" && !state.held) set({ swapped: !state.swapped })
  }, BLINK_MS)
  const measure = () => {
    if (height) stage.style.height = `${height}px`
    set({})
  }
  const watch = new ResizeObserver(draw)
  watch.observe(stage)
  after.onload = before.onload = () => {
    if (state.zoom === 1 && state.zoom * onePixel() <= fit()) state.zoom = 0 // all of it is seen at 1:1 or closer
    state.centre = settle(state.centre)
    measure()
  }
  if (parcel.has("heatmap")) paintHeat(heat, parcel.url("heatmap")).then(draw, () => set({ mode: "slide" }))
  measure()

  return {
    memory: state,
    dispose() {
      clearInterval(blink)
      watch.disconnect()
    },
  }
}

export default function (component) {
  return mountOnce(component, ".compare", buildCompare)
}
