// Shared by all components: opens the parcel packed by parcel.py, and builds elements.
// Text goes in by textContent and attributes only; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg"

/** Open a parcel. What is in it gets a blob URL on first use, released together; the rest has an address of its own. */
function openParcel(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const addresses = header.addresses ?? {}
  const places = new Map()
  const urls = new Map()
  let start = 4 + length
  for (const { name, type, size } of header.blobs) {
    places.set(name, { type, start, end: start + size })
    start += size
  }
  return {
    header,
    names: () => [...places.keys(), ...Object.keys(addresses)],
    has: name => places.has(name) || name in addresses,
    url(name) {
      if (name in addresses) return new URL(addresses[name], document.baseURI).href
      const place = places.get(name)
      if (place && !urls.has(name)) {
        const blob = new Blob([bytes.subarray(place.start, place.end)], { type: place.type })
        urls.set(name, URL.createObjectURL(blob))
      }
      return urls.get(name)
    },
    release() {
      for (const url of urls.values()) URL.revokeObjectURL(url)
      urls.clear()
    },
  }
}

/** Build an element: `on...` functions become handlers, the rest attributes; false and null are left out. */
function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".")
  const made = document.createElement(name)
  if (classes.length) made.className = classes.join(" ")
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue
    if (typeof value === "function") made[key] = value
    else made.setAttribute(key, value === true ? "" : String(value))
  }
  made.append(...children.filter(child => child !== null && child !== undefined))
  return made
}

/** A line icon from path data, hidden from assistive technology: its button carries the name. */
function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  svg.classList.add("icon")
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path")
    path.setAttribute("d", d)
    svg.append(path)
  }
  return svg
}

const ICONS = {
  expand: ["M9 4H4v5", "M15 4h5v5", "M9 20H4v-5", "M15 20h5v-5"],
  camera: ["M4 8h3l2-2.5h6L17 8h3v11H4z", "M12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  previous: ["M15 5l-7 7 7 7"],
  next: ["M9 5l7 7-7 7"],
}

/** A button with a visible text. */
function textButton(text, onclick, attributes = {}) {
  return element("button.button", { type: "button", onclick, ...attributes }, text)
}

/** A button with an icon, named by its label. */
function iconButton(shape, label, onclick, attributes = {}) {
  const named = { type: "button", "aria-label": label, title: label, onclick, ...attributes }
  return element("button.button.square", named, icon(...ICONS[shape]))
}

function toggleFullScreen(target) {
  if (document.fullscreenElement) document.exitFullscreen()
  else target.requestFullscreen?.()
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

/**
 * Run `build(root, parcel, memory, component)` once per parcel. Streamlit runs a component's function again
 * after every rerun and theme change; a parcel of the same id leaves the page as the user has it, and goes to
 * `receive` for what it brings on top. `build` returns `{ dispose, memory, receive }`: what to undo, and what
 * the next parcel in the same place may keep.
 */
function mountOnce(component, selector, build) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(selector)
  if (!root || !data) return undefined
  const parcel = openParcel(data)
  const leave = () => {
    root.mounted?.dispose()
    root.mounted?.parcel.release()
    root.replaceChildren()
  }
  if (root.mounted?.parcel.header.id !== parcel.header.id) {
    const memory = root.mounted?.memory
    leave()
    root.mounted = { parcel, ...build(root, parcel, memory, component) }
  } else root.mounted.receive?.(parcel)
  return () => {
    leave()
    root.mounted = undefined
  }
}
