const LEAST_PX = 16
const SLIP_PX = 6
const GRIP_PX = 44
const LARGEST = 16 // screen pixels for one pixel of the picture
const STEP = 1.5
const PAUSE_MS = 350
const CORNERS = [
  ["top left", 0, 0],
  ["top right", 1, 0],
  ["bottom left", 0, 1],
  ["bottom right", 1, 1],
]
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

const freshId = () => `r${[...crypto.getRandomValues(new Uint8Array(4))].map(n => n.toString(16).padStart(2, "0")).join("")}`

/** The label, or where it is taken the same word with the next free number. */
function freshLabel(label, taken) {
  if (!taken.includes(label)) return label
  const [, word, number] = label.match(/^(.*?)\s*(\d*)$/)
  let count = Number(number || 1)
  while (taken.includes(`${word} ${count}`)) count += 1
  return `${word} ${count}`
}

/**
 * Boxes on a picture, drawn, moved and resized by finger, mouse or keys; numbers are the picture's own pixels.
 * What the hand did last is newer than what comes back from Python: `sent` holds what is still on its way.
 */
function buildBoxes(root, parcel, memory, { setStateValue, setTriggerValue }) {
  const { width, height, next, most, alt, locked } = parcel.header
  const asText = boxes => JSON.stringify(boxes.map(({ id, label, x, y, width, height }) => [id, label, x, y, width, height]))
  const state = memory ?? {
    boxes: [], sent: [], given: new Set(), removed: new Set(),
    selected: null, drawing: false, grip: null, timer: null, pointers: new Map(), zoom: 0, centre: [0.5, 0.5],
    closer: false, focus: null,
  }
  const echo = state.sent.indexOf(asText(parcel.header.boxes))
  if (echo < 0) {
    state.sent = []
    if (!state.grip && !state.timer) {
      state.boxes = parcel.header.boxes.map(box => ({ ...box }))
      for (const { id } of state.boxes) state.removed.delete(id)
    }
  } else state.sent = state.sent.slice(echo + 1)
  for (const { id } of parcel.header.boxes) state.given.add(id)

  const picture = element("img.picture", { src: parcel.url(parcel.has("full") ? "full" : "picture"), alt, draggable: "false" })
  if (parcel.has("full")) picture.style.backgroundImage = `url("${parcel.url("picture")}")`
  const layer = element("div.layer")
  const sheet = element("div.sheet", {}, picture, layer)
  const stage = element("div.stage.focusable", { role: "group", tabindex: -1, "data-focus": "stage", "aria-label": "Picture with its boxes" }, sheet)
  const draw = textButton("Draw a box", event => begins(event), { "data-focus": "draw" })
  const name = element("input.name", {
    type: "text", maxlength: 40, "data-focus": "name", "aria-label": "Label of the chosen box", onchange: () => rename(name.value),
  })
  const remove = textButton("Delete the box", () => drop())
  const closer = textButton("Closer", () => zoomTo(scale() * STEP), { "data-focus": "closer" })
  const farther = textButton("Farther", () => zoomTo(scale() / STEP), { "data-focus": "farther" })
  const whole = textButton("Whole picture", () => zoomTo(0), { "data-focus": "whole" })
  const share = element("span.share", { "aria-live": "polite" })
  const hint = element("p.hint", { "aria-live": "polite" })
  const grips = CORNERS.map(([corner, right, low]) => {
    const grip = element("button.grip", { type: "button", "data-corner": corner, "data-focus": corner })
    grip.onpointerdown = event => begin(event, { kind: "resize", fixed: opposite(right, low) })
    grip.onkeydown = event => byKey(event, (box, dx, dy) => resized(box, right, low, dx, dy))
    return grip
  })
  const view = element("div.group", { role: "group", "aria-label": "Scale" }, closer, farther, whole)
  const bar = element("div.bar", { role: "group", "aria-label": "Boxes" }, draw, element("div.end", {}, share, view))
  // Below the picture, which would else jump under the hand when a box is chosen.
  const chosenBar = element("div.bar", { role: "group", "aria-label": "The chosen box" }, name, remove)
  root.append(bar, stage, chosenBar, hint)

  const shapes = new Map()
  const chosen = () => state.boxes.find(box => box.id === state.selected)

  // -- to Python

  function send() {
    clearTimeout(state.timer)
    state.timer = null
    state.sent.push(asText(state.boxes))
    setStateValue("placed", {
      boxes: state.boxes.map(box => ({ ...box, given: state.given.has(box.id) })),
      removed: [...state.removed],
    })
  }

  /** Arrow keys come in flocks: told when they pause. */
  function sendSoon() {
    clearTimeout(state.timer)
    state.timer = setTimeout(send, PAUSE_MS)
  }

  // -- geometry: screen pixels a picture pixel, the sheet's corner in the stage

  const fit = () => Math.max(stage.clientWidth, 1) / width
  const scale = () => state.zoom || fit()

  function corner() {
    const lay = (room, length, centre) => (length <= room + 0.5 ? 0 : clamp(room / 2 - centre * length, room - length, 0))
    const s = scale()
    return [lay(stage.clientWidth, width * s, state.centre[0]), lay(stage.clientHeight, height * s, state.centre[1])]
  }

  const local = event => {
    const frame = stage.getBoundingClientRect()
    return [event.clientX - frame.left, event.clientY - frame.top]
  }

  /** A pointer's place in the picture's pixels. */
  function place(event) {
    const [[x, y], [left, top], s] = [local(event), corner(), scale()]
    return [Math.round(clamp((x - left) / s, 0, width)), Math.round(clamp((y - top) / s, 0, height))]
  }

  function zoomTo(zoom, at = [stage.clientWidth / 2, stage.clientHeight / 2]) {
    const [[left, top], s] = [corner(), scale()]
    const held = [(at[0] - left) / s / width, (at[1] - top) / s / height]
    state.zoom = zoom <= fit() * 1.01 ? 0 : Math.min(zoom, LARGEST)
    const after = scale()
    state.centre = [
      held[0] + (stage.clientWidth / 2 - at[0]) / (width * after),
      held[1] + (stage.clientHeight / 2 - at[1]) / (height * after),
    ]
    settle()
    if (state.zoom && !state.closer) setStateValue("closer", (state.closer = true))
    paint()
  }

  /** The centre no further out than the picture fills the stage, so that panning back answers at once. */
  function settle() {
    const s = scale()
    state.centre = [[stage.clientWidth, width * s], [stage.clientHeight, height * s]].map(([room, length], i) => {
      const margin = Math.min(0.5, room / length / 2)
      return clamp(state.centre[i], margin, 1 - margin)
    })
  }

  function pan(dx, dy) {
    const s = scale()
    state.centre = [state.centre[0] - dx / (width * s), state.centre[1] - dy / (height * s)]
    settle()
    paint()
  }

  const between = (a, b) => ({
    x: Math.min(a[0], b[0]), y: Math.min(a[1], b[1]), width: Math.abs(a[0] - b[0]), height: Math.abs(a[1] - b[1]),
  })
  const moved = (box, dx, dy) => ({
    ...box, x: clamp(box.x + dx, 0, width - box.width), y: clamp(box.y + dy, 0, height - box.height),
  })

  function opposite(right, low) {
    const box = chosen()
    return [right ? box.x : box.x + box.width, low ? box.y : box.y + box.height]
  }

  /** The box with one corner moved; never smaller than can be judged, never outside. */
  function resized(box, right, low, dx, dy) {
    const along = (start, length, far, by, most) => {
      const [from, to] = [far ? start : clamp(start + by, 0, start + length - LEAST_PX), far ? clamp(start + length + by, start + LEAST_PX, most) : start + length]
      return [from, to - from]
    }
    const [x, w] = along(box.x, box.width, right, dx, width)
    const [y, h] = along(box.y, box.height, low, dy, height)
    return { ...box, x, y, width: w, height: h }
  }

  /** At least as large as can be judged, inside the picture. */
  function rounded(box) {
    const [w, h] = [Math.max(box.width, LEAST_PX), Math.max(box.height, LEAST_PX)]
    return { ...box, x: Math.min(box.x, width - w), y: Math.min(box.y, height - h), width: w, height: h }
  }

  const replace = box => (state.boxes = state.boxes.map(other => (other.id === box.id ? box : other)))

  // -- what the tools do

  function begins(event) {
    if (event.detail) set({ drawing: !state.drawing, selected: null })
    else add() // by key: nothing to drag with
  }

  function add() {
    const [[left, top], s] = [corner(), scale()]
    const [w, h] = [stage.clientWidth / s, stage.clientHeight / s]
    const side = Math.round(Math.max(Math.min(w, h) / 4, LEAST_PX))
    const middle = [-left / s + Math.min(w, width) / 2, -top / s + Math.min(h, height) / 2]
    const [x, y] = middle.map(value => Math.round(value - side / 2))
    const box = rounded({ id: freshId(), label: nextLabel(), x: Math.max(x, 0), y: Math.max(y, 0), width: side, height: side })
    state.boxes = [...state.boxes, box]
    set({ selected: box.id, drawing: false })
    send()
    shapes.get(box.id).focus({ preventScroll: true })
  }

  const nextLabel = () => freshLabel(next, state.boxes.map(box => box.label))

  function drop() {
    state.removed.add(state.selected)
    state.boxes = state.boxes.filter(box => box.id !== state.selected)
    set({ selected: null })
    send()
    stage.focus({ preventScroll: true })
  }

  function rename(label) {
    const box = chosen()
    if (box && label.trim()) {
      replace({ ...box, label: label.trim() })
      send()
    }
    paint()
  }

  // -- painting

  function shapeOf(box) {
    if (!shapes.has(box.id)) {
      const shape = element("button.box", { type: "button", "data-id": box.id, "data-focus": box.id }, element("span.label"))
      shape.onpointerdown = event => takes(event, box.id)
      shape.onclick = event => {
        if (state.drawing) return
        set({ selected: box.id })
        if (!event.detail) shape.focus({ preventScroll: true })
      }
      shape.ondblclick = () => name.focus()
      shape.onkeydown = event => {
        if (event.key === "Delete" || event.key === "Backspace") set({ selected: box.id }), drop(), event.preventDefault()
        else byKey(event, moved, box.id)
      }
      shapes.set(box.id, shape)
    }
    return shapes.get(box.id)
  }

  function lay(target, box) {
    const sides = { left: box.x / width, top: box.y / height, width: box.width / width, height: box.height / height }
    for (const [side, value] of Object.entries(sides)) target.style[side] = `${100 * value}%`
  }

  function hintText() {
    if (locked) return "You are looking as a visitor: the boxes stay as they are."
    if (state.drawing) return "Drag over the part you want to see closer."
    if (chosen()) return "Drag the box to move it, a corner to resize it. Arrow keys move it by a pixel, with Shift by ten; Delete removes it."
    if (state.zoom) return "Drag to move the picture; press Whole picture to see all of it. Press Draw a box to add one here."
    return matchMedia("(pointer: coarse)").matches
      ? "Press Draw a box and drag; tap a box to move or resize it. The page scrolls over the picture."
      : "Drag on the picture to draw a box; press one to move or resize it. Ctrl and the wheel come closer."
  }

  function paint() {
    const box = chosen()
    if (!box) state.selected = null
    draw.setAttribute("aria-pressed", state.drawing)
    draw.disabled = locked || state.boxes.length >= most
    name.disabled = remove.disabled = !box || locked
    name.placeholder = box ? "Label" : "No box chosen"
    if (!box) name.value = ""
    if (box && root.getRootNode().activeElement !== name) name.value = box.label
    farther.disabled = whole.disabled = !state.zoom
    closer.disabled = scale() >= LARGEST
    share.textContent = `${Math.round(100 * scale())} %`
    share.title = "100 %: one pixel of the master on one of the screen"
    stage.classList.toggle("drawing", state.drawing)
    stage.classList.toggle("near", Boolean(state.zoom))
    stage.tabIndex = state.zoom ? 0 : -1
    hint.textContent = hintText()
    const [[left, top], s] = [corner(), scale()]
    Object.assign(sheet.style, { left: `${left}px`, top: `${top}px`, width: `${width * s}px`, height: `${height * s}px` })
    picture.style.imageRendering = s > 3 ? "pixelated" : "auto"
    for (const item of state.boxes) {
      const shape = shapeOf(item)
      const is = item.id === state.selected
      lay(shape, item)
      shape.classList.toggle("selected", is)
      shape.classList.toggle("small", Math.min(item.width, item.height) * s < 80)
      shape.setAttribute("aria-pressed", is)
      shape.setAttribute("aria-label", `${item.label}: ${item.width} x ${item.height} px at ${item.x}, ${item.y}`)
      shape.firstChild.textContent = item.label
    }
    const shown = state.boxes.map(shapeOf)
    const rest = box && !locked ? grips : []
    if (box) placeGrips(box, s)
    const wanted = [...shown, ...rest]
    if (wanted.length !== layer.children.length || wanted.some((child, i) => layer.children[i] !== child)) layer.replaceChildren(...wanted)
  }

  /** On the corners; of a small box further out, so that its middle can be taken. */
  function placeGrips(box, s) {
    for (const [i, [corner, right, low]] of CORNERS.entries()) {
      const out = side => (side * s < 2 * GRIP_PX ? GRIP_PX / 3 : 0)
      const [x, y] = [box.x + right * box.width, box.y + low * box.height]
      const [dx, dy] = [(right ? 1 : -1) * out(box.width), (low ? 1 : -1) * out(box.height)]
      grips[i].style.left = `calc(${(100 * x) / width}% + ${dx}px)`
      grips[i].style.top = `calc(${(100 * y) / height}% + ${dy}px)`
      grips[i].setAttribute("aria-label", `The ${corner} corner of ${box.label}`)
    }
  }

  function set(change) {
    Object.assign(state, change)
    paint()
  }

  // -- pointers; the root holds them, so that a redraw under the hand loses none

  const byMouse = event => event.pointerType === "mouse"

  function hold(event) {
    root.setPointerCapture(event.pointerId)
    event.preventDefault()
    event.stopPropagation()
  }

  function begin(event, what) {
    if (event.button > 0 || state.grip || locked || state.pointers.size) return
    state.pointers.set(event.pointerId, local(event))
    state.grip = { ...what, pointer: event.pointerId, start: local(event), at: place(event), box: chosen(), changed: false }
    hold(event)
  }

  /** A mouse takes a box at once; a finger takes the one it chose, so that the page scrolls over the others. */
  function takes(event, id) {
    if (state.drawing || locked || event.button > 0 || state.pointers.size) return
    if (byMouse(event)) set({ selected: id })
    else if (id !== state.selected) return // it goes on to the stage, and a tap ends in a click
    shapes.get(id).focus({ preventScroll: true })
    begin(event, { kind: "move" })
  }

  stage.onpointerdown = event => {
    if (event.button > 0) return
    state.pointers.set(event.pointerId, local(event))
    if (state.pointers.size === 2) {
      if (state.grip?.kind === "draw") state.boxes = state.boxes.filter(box => box.id !== state.selected)
      else if (state.grip?.changed && state.grip.kind !== "pan") send()
      const [a, b] = [...state.pointers.values()]
      state.grip = { kind: "pinch", distance: Math.hypot(a[0] - b[0], a[1] - b[1]), zoom: scale(), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] }
      hold(event)
    } else if (!locked && state.boxes.length < most && (state.drawing || (byMouse(event) && !state.zoom))) {
      const id = freshId()
      const at = place(event)
      state.boxes = [...state.boxes, { id, label: nextLabel(), ...between(at, at) }]
      state.selected = id
      state.grip = { kind: "draw", pointer: event.pointerId, start: local(event), fixed: at, box: chosen(), changed: false }
      hold(event)
    } else if (state.zoom) {
      const tapped = event.target.closest("[data-id]")?.dataset.id ?? null
      state.grip = { kind: "pan", pointer: event.pointerId, start: local(event), last: local(event), tapped, changed: false }
      hold(event)
    }
  }

  root.onpointermove = event => {
    const { grip, pointers } = state
    if (!grip || !pointers.has(event.pointerId)) return
    const point = local(event)
    pointers.set(event.pointerId, point)
    if (grip.kind === "pinch") {
      const [a, b] = [...pointers.values()]
      if (!b) return
      const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
      zoomTo((grip.zoom * Math.hypot(a[0] - b[0], a[1] - b[1])) / Math.max(grip.distance, 1), middle)
      pan(middle[0] - grip.middle[0], middle[1] - grip.middle[1])
      grip.middle = middle
      return
    }
    if (Math.hypot(point[0] - grip.start[0], point[1] - grip.start[1]) >= SLIP_PX) grip.changed = true
    if (grip.kind === "pan") {
      pan(point[0] - grip.last[0], point[1] - grip.last[1])
      grip.last = point
    } else if (grip.changed) {
      const at = place(event)
      if (grip.kind === "move") replace(moved(grip.box, at[0] - grip.at[0], at[1] - grip.at[1]))
      else replace({ ...grip.box, ...between(grip.fixed, shifted(at, grip)) })
      paint()
    }
  }

  /** A corner follows the hand from where it was taken, not from the corner itself. */
  function shifted(at, grip) {
    if (grip.kind !== "resize") return at
    const { box, fixed } = grip
    const from = [fixed[0] === box.x ? box.x + box.width : box.x, fixed[1] === box.y ? box.y + box.height : box.y]
    return [clamp(from[0] + at[0] - grip.at[0], 0, width), clamp(from[1] + at[1] - grip.at[1], 0, height)]
  }

  root.onpointerup = root.onpointercancel = event => {
    state.pointers.delete(event.pointerId)
    const { grip } = state
    if (!grip || (grip.kind === "pinch" ? state.pointers.size : event.pointerId !== grip.pointer)) return
    state.grip = null
    if (grip.kind === "draw") ends(grip)
    else if (grip.kind === "pan") grip.changed || set({ selected: grip.tapped })
    else if (grip.changed && chosen()) {
      replace(rounded(chosen()))
      send()
    }
    paint()
  }

  /** A drawn box stays when it is more than a slip of the hand. */
  function ends(grip) {
    const box = chosen()
    if (grip.changed && box.width >= LEAST_PX && box.height >= LEAST_PX) {
      state.drawing = false
      send()
    } else {
      state.boxes = state.boxes.filter(other => other.id !== box.id)
      state.selected = null
    }
  }

  const onWheel = event => {
    if (!event.ctrlKey) return
    event.preventDefault()
    zoomTo(scale() * Math.exp(-event.deltaY / 200), local(event))
  }
  stage.addEventListener("wheel", onWheel, { passive: false })

  // -- keys

  function byKey(event, change, id = state.selected) {
    const way = WAYS[event.key]
    const box = state.boxes.find(other => other.id === id)
    if (!way || !box || locked || event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? 10 : 1
    replace(change(box, way[0] * step, way[1] * step))
    set({ selected: id })
    sendSoon()
    event.preventDefault()
    event.stopPropagation()
  }

  root.onkeydown = event => {
    if (event.target === name) {
      if (event.key === "Enter") name.blur()
      return
    }
    const way = WAYS[event.key]
    if ((event.ctrlKey || event.metaKey) && event.key === "z") setTriggerValue("undo", true)
    else if (event.ctrlKey || event.metaKey || event.altKey) return
    else if (event.key === "+" || event.key === "=") zoomTo(scale() * STEP)
    else if (event.key === "-") zoomTo(scale() / STEP)
    else if (event.key === "0") zoomTo(0)
    else if (event.key === "Escape") set({ drawing: false, selected: null })
    else if (way && event.target === stage && state.zoom) pan(-40 * way[0], -40 * way[1])
    else return
    event.preventDefault()
  }

  root.onfocusout = () => state.timer && send() // before a press elsewhere leaves the page

  stage.style.setProperty("--shape", width / height)
  const watch = new ResizeObserver(paint)
  watch.observe(stage)
  paint()
  for (const target of root.querySelectorAll("[data-focus]")) {
    if (target.dataset.focus === state.focus) target.focus({ preventScroll: true })
  }
  return {
    memory: state,
    dispose() {
      state.focus = root.getRootNode().activeElement?.dataset.focus ?? null
      watch.disconnect()
    },
  }
}

export default function (component) {
  return mountOnce(component, ".boxes", buildBoxes)
}
