const DWELL_MS = 250
const NARROW_PX = 900
const FOOT_PX = 12
const MARKS = {
  pass: "M5 12.5l4.5 4.5L19 7.5",
  repaired: "M19 12a7 7 0 1 1-2.2-5.1M17 3.5v3.7h-3.7",
  fail: "M7 7l10 10M17 7L7 17",
}
const ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]

function svgElement(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...children)
  return node
}

/** A hallmark: its words in a chamfered frame, the verdict as a sign; those who listen hear a verdict the words leave out. */
function seal({ seal: words, figure, verdict, judged }) {
  if (!words && !verdict) return null
  return element(
    "span.seal",
    { "data-verdict": verdict ?? "none", title: figure || judged || null },
    verdict ? icon(MARKS[verdict]) : null,
    judged && words && words !== judged ? element("span.unseen", {}, `${judged}: `) : null,
    words || judged,
  )
}

function buildShowcase(root, parcel, memory, { setTriggerValue, setStateValue }) {
  const { plates, left } = parcel.header
  const [master] = plates
  const closeUps = plates.filter(plate => plate.name.startsWith("close-up"))
  // What scrolls, and is as wide as the page allows: the sidebar may take some of the window.
  const room = document.querySelector("[data-testid='stMain']") ?? document.documentElement
  const fulls = new Map()
  const parcels = []
  const waiting = new Map()

  /** Ask for a picture at its own resolution; `use` gets its address now or when it has come. */
  function wish(plate, use) {
    if (fulls.has(plate.name)) use(fulls.get(plate.name))
    else if (plate.full) {
      waiting.set(plate.name, [...(waiting.get(plate.name) ?? []), use])
      setTriggerValue("wanted", plate.name)
    }
  }

  function receive(more) {
    for (const plate of plates.filter(({ name }) => more.has(`${name} full`) && !fulls.has(name))) {
      fulls.set(plate.name, more.url(`${plate.name} full`))
      parcels.push(more)
      for (const use of waiting.get(plate.name) ?? []) use(fulls.get(plate.name))
      waiting.delete(plate.name)
    }
  }

  // -- a plate on the page: its picture is a button, zooming under pointer and arrow keys

  function figure(plate, kind, number) {
    const image = element("img", { src: parcel.url(plate.name), alt: plate.alt, draggable: "false" })
    const view = element(
      "button.view.focusable",
      { type: "button", "aria-label": `Enlarge ${plate.title}`, "aria-haspopup": "dialog" },
      image,
      number ? element("span.number", { "aria-hidden": "true" }, number) : null,
    )
    view.onclick = () => openLarge(plates.indexOf(plate))
    image.onload = () => {
      const shape = image.naturalWidth / image.naturalHeight
      view.style.aspectRatio = kind === "card" ? clamp(shape, 0.8, 1.5) : shape
      trace()
    }
    const words = element(
      "figcaption",
      {},
      element(kind === "master" ? "h2.title" : "span.title", {}, plate.title),
      seal(plate),
      plate.caption ? element("span.caption", {}, plate.caption) : null,
    )
    const held = kind === "master" ? element("div.hold", {}, view) : view
    const plateNode = element(`figure.plate.${kind}`, { "data-name": plate.name }, held, words)
    // What is neither cut from the master nor measured shows the piece whole, and is not cut by its frame either.
    plateNode.classList.toggle("uncut", kind === "card" && !plate.box && !plate.verdict)
    if (kind !== "master") letZoom(plate, view, image)
    if (kind === "card") {
      plateNode.onpointerenter = plateNode.onfocusin = () => single(plate.name)
      plateNode.onpointerleave = plateNode.onfocusout = () => single(null)
    }
    return plateNode
  }

  function letZoom(plate, view, image) {
    let dwell = 0
    const origin = [50, 50]
    const zoom = () => {
      const own = image.naturalWidth / view.clientWidth
      image.style.transform = `scale(${clamp(own, 2, 4)})`
      image.style.transformOrigin = `${origin[0]}% ${origin[1]}%`
      if (!dwell) dwell = setTimeout(() => wish(plate, url => (image.src = url)), DWELL_MS)
    }
    const rest = () => {
      clearTimeout(dwell)
      dwell = 0
      image.style.transform = ""
    }
    view.onpointermove = event => {
      if (event.pointerType !== "mouse") return
      const bounds = view.getBoundingClientRect()
      origin[0] = (100 * (event.clientX - bounds.left)) / bounds.width
      origin[1] = (100 * (event.clientY - bounds.top)) / bounds.height
      zoom()
    }
    view.onpointerleave = view.onblur = rest
    view.onkeydown = event => {
      const way = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key]
      if (event.key === "Escape") rest()
      if (!way) return
      event.preventDefault()
      way.forEach((step, i) => (origin[i] = clamp(origin[i] + step, 0, 100)))
      zoom()
    }
  }

  // -- the sheet

  const cards = closeUps.map((plate, i) => figure(plate, "card", ROMAN[i]))
  const lines = svgElement("svg", { class: "lines", "aria-hidden": "true", preserveAspectRatio: "none" })
  const middle = figure(master, "master")
  const present = textButton("Full screen", () => toggleFullScreen(root), { class: "button present" })
  middle.append(present)
  const sheet = element(
    "div.sheet",
    {},
    middle,
    element("div.side.left", {}, ...cards.slice(0, left)),
    element("div.side.right", {}, ...cards.slice(left)),
    lines,
  )
  root.append(sheet)
  root.toggleAttribute("data-odd", closeUps.length % 2 === 1)
  for (const [kind, heading] of [["sketch", "Technical sketches"], ["view", "The model from every side"]]) {
    const shown = plates.filter(plate => plate.name.startsWith(`${kind} `))
    if (!shown.length) continue
    const row = element(`div.row.${kind}s`, {}, ...shown.map(plate => figure(plate, "sketch")))
    root.append(element("h2.rule", {}, element("span", {}, heading)), row)
  }

  // -- the lines, redrawn whenever something moves

  function trace() {
    measure()
    const bounds = sheet.getBoundingClientRect()
    lines.setAttribute("viewBox", `0 0 ${bounds.width} ${bounds.height}`)
    const inSheet = target => {
      const { left: x, top: y, width, height } = target.getBoundingClientRect()
      return { x: x - bounds.left, y: y - bounds.top, width, height }
    }
    const canvas = inSheet(middle.querySelector("img"))
    const drawn = closeUps.flatMap((plate, i) => {
      if (!plate.box) return []
      const [x, y, width, height] = plate.box
      const region = {
        x: canvas.x + x * canvas.width,
        y: canvas.y + y * canvas.height,
        width: width * canvas.width,
        height: height * canvas.height,
      }
      const card = inSheet(cards[i].querySelector(".view"))
      const toLeft = card.x < canvas.x
      const from = [toLeft ? region.x : region.x + region.width, region.y + region.height / 2]
      const to = [toLeft ? card.x + card.width : card.x, card.y + card.height / 2]
      // Level over the picture, curved beside it: below the picture stands the title, which no line may cross.
      const rim = toLeft ? Math.max(canvas.x, to[0]) : Math.min(canvas.x + canvas.width, to[0])
      const bend = (to[0] - rim) / 2
      const curve = `M${from} H${rim} C${rim + bend},${from[1]} ${to[0] - bend},${to[1]} ${to}`
      const frame = svgElement("rect", { class: "region", rx: 2, ...region })
      frame.onclick = () => openLarge(plates.indexOf(plate))
      frame.onpointerenter = () => single(plate.name)
      frame.onpointerleave = () => single(null)
      const number = svgElement("text", { x: region.x + 5, y: region.y + 13 }, ROMAN[i])
      const parts = [
        svgElement("path", { class: "line", d: curve }),
        svgElement("circle", { cx: to[0], cy: to[1], r: 2.5 }),
        frame,
        number,
      ]
      const group = svgElement("g", { "data-name": plate.name }, ...parts)
      return [group]
    })
    lines.replaceChildren(...drawn)
    single(chosen)
  }

  /** Tell the style how much room there is: what stands above the sheet on the page, and the row of sketches below. */
  function measure() {
    const above = root.getBoundingClientRect().top - room.getBoundingClientRect().top + room.scrollTop
    const row = root.querySelector(".row.sketchs")
    const below = row ? row.getBoundingClientRect().bottom - sheet.getBoundingClientRect().bottom : 0
    const hold = middle.querySelector(".hold")
    const image = hold.querySelector("img")
    const drawn = Math.min(hold.clientWidth, hold.clientHeight * (image.naturalWidth / image.naturalHeight || 1))
    const lengths = { "--above": above, "--below": below + FOOT_PX, "--drawn": drawn }
    for (const [name, px] of Object.entries(lengths)) root.style.setProperty(name, `${Math.round(px)}px`)
  }

  /** Bring one close-up and its line forward, the others back. */
  let chosen = null
  function single(name) {
    chosen = name
    root.classList.toggle("singled", Boolean(name))
    for (const part of sheet.querySelectorAll("[data-name]")) part.classList.toggle("chosen", part.dataset.name === name)
  }

  // -- one plate large

  let open = 0
  const large = element("img", { alt: "", draggable: "false" })
  const stage = element("div.stage.focusable", { tabindex: 0, role: "group", "aria-label": "Picture" }, large)
  const title = element("h2.title", { id: "large-title" })
  const words = element("p.caption")
  const mark = element("span")
  const count = element("span.count")
  const actual = textButton("1:1", () => magnify(!stage.classList.contains("actual")))
  const dialog = element(
    "dialog.large",
    { "aria-labelledby": "large-title" },
    element(
      "header",
      {},
      title,
      mark,
      element(
        "div.end",
        {},
        count,
        actual,
        iconButton("previous", "Previous picture", () => turn(-1)),
        iconButton("next", "Next picture", () => turn(1)),
        iconButton("close", "Close", () => dialog.close()),
      ),
    ),
    stage,
    words,
  )
  root.append(dialog)

  function openLarge(index) {
    open = index
    const plate = plates[index]
    title.textContent = plate.title
    words.textContent = plate.caption
    words.hidden = !plate.caption
    mark.replaceChildren(...[seal(plate)].filter(Boolean))
    count.textContent = `${index + 1} / ${plates.length}`
    large.alt = plate.alt
    large.src = parcel.url(plate.name)
    wish(plate, url => {
      if (plates[open] === plate) large.src = url
    })
    magnify(false)
    if (!dialog.open) {
      dialog.showModal()
      stage.focus()
    }
  }

  const turn = step => openLarge((open + step + plates.length) % plates.length)

  /** Show the file's own pixels, keeping `at` (fractions of the picture) in the middle; or fit it again. */
  function magnify(on, at = [0.5, 0.5]) {
    stage.classList.toggle("actual", on)
    actual.setAttribute("aria-pressed", on)
    large.style.width = on ? `${large.naturalWidth / window.devicePixelRatio}px` : ""
    if (!on) return
    stage.scrollLeft = at[0] * stage.scrollWidth - stage.clientWidth / 2
    stage.scrollTop = at[1] * stage.scrollHeight - stage.clientHeight / 2
  }
  large.onload = () => magnify(stage.classList.contains("actual"))

  let drag = null
  stage.onpointerdown = event => {
    if (event.pointerType !== "mouse" || event.button) return
    drag = { x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop, moved: false }
    stage.setPointerCapture(event.pointerId)
  }
  stage.onpointermove = event => {
    if (!drag) return
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
    drag.moved ||= Math.hypot(dx, dy) > 4
    stage.scrollLeft = drag.left - dx
    stage.scrollTop = drag.top - dy
  }
  stage.onpointerup = () => {
    if (drag) setTimeout(() => (drag = null))
  }
  stage.onclick = event => {
    if (drag?.moved) return
    const bounds = large.getBoundingClientRect()
    const at = [(event.clientX - bounds.left) / bounds.width, (event.clientY - bounds.top) / bounds.height]
    magnify(!stage.classList.contains("actual"), at)
  }
  dialog.onkeydown = event => {
    const enlarged = stage.classList.contains("actual")
    // It closes the picture alone: the page has a use of its own for this key.
    if (event.key === "Escape") event.stopPropagation()
    if (event.key === "1") magnify(true)
    else if (event.key === "0") magnify(false)
    else if (!enlarged && event.key === "ArrowLeft") turn(-1)
    else if (!enlarged && event.key === "ArrowRight") turn(1)
    else return
    event.preventDefault()
  }
  dialog.onclick = event => {
    if (event.target === dialog) dialog.close()
  }

  // The page puts what stands beside the plates below them where there is no room: only the browser knows.
  const tellRoom = () => {
    const narrow = room.clientWidth < NARROW_PX
    if (narrow === root.hasAttribute("data-narrow")) return
    root.toggleAttribute("data-narrow", narrow)
    setStateValue("narrow", narrow)
  }
  const roomWatch = new ResizeObserver(tellRoom)
  roomWatch.observe(room)

  const watch = new ResizeObserver(trace)
  watch.observe(sheet)
  watch.observe(middle)
  watch.observe(root)
  watch.observe(document.documentElement)

  return {
    receive,
    dispose() {
      watch.disconnect()
      roomWatch.disconnect()
      for (const more of parcels) more.release()
    },
  }
}

export default function (component) {
  return mountOnce(component, ".showcase", buildShowcase)
}
