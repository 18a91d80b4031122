// Lights a model in model-viewer as the atelier lights its master: every mesh's shader is replaced by one that follows
// light through the whole piece, in the studio that came with the model. The element hides its three.js scene behind a
// symbol; everything used of it is listed in `sceneOf` and held by a browser's test on the vendored version.

const MM = 1000
const SKY = { width: 512, height: 128 }
const GLOW = { width: 64, height: 32 }
const PATCHES = 64
const METAL = 0
const CLEAR = 1
// Samples a pixel of a polished surface, a rough one and a stone: while the model turns, and once it stands.
const MOVING = [1, 4, 1]
const AT_REST = [4, 16, 12]
// A stage of more pixels gets so many fewer samples: a frame that takes seconds makes a system reset its graphics.
const FULL_SAMPLES_PX = 600_000
// Numbers of three.js constants.
const [RED, RG, RGBA, BYTE, FLOAT, HALF] = [1028, 1030, 1023, 1009, 1015, 1016]
const [NEAREST, LINEAR, REPEAT, CLAMP] = [1003, 1006, 1000, 1001]
// The table's absorption is of a stone this wide; see pipeline/atelier/render/scene.py.
const [TOLD_WIDTH, LEAST_WIDTH, MOST_WIDTH, ROW_DEPTH, ROW_EXPOSURE] = [6, 0.8, 16, 1.3, 1.5]
// Member of a stone's extras; see pipeline/atelier/files/viewing.py.
const CRYSTAL = "loupe-crystal"

/** The three.js scene of a loaded model-viewer, null where this version hides it otherwise. */
function sceneOf(model) {
  const symbol = Object.getOwnPropertySymbols(model).find(each => each.description === "scene")
  const scene = symbol && model[symbol]
  return scene?.isScene && scene.target && scene.environment?.isTexture && scene.queueRender ? scene : null
}

/** Whether WebGL is computed by the processor: there a traced picture takes seconds. */
function isSoftware() {
  const context = document.createElement("canvas").getContext("webgl2")
  const named = context?.getExtension("WEBGL_debug_renderer_info")
  const name = named ? context.getParameter(named.UNMASKED_RENDERER_WEBGL) : ""
  context?.getExtension("WEBGL_lose_context")?.loseContext()
  return /swiftshader|llvmpipe|software|basic render/i.test(name)
}

/** Whether the graphics at hand understand a fragment shader, written as three.js takes it. */
function compiles(fragment) {
  const context = document.createElement("canvas").getContext("webgl2")
  if (!context) return false
  const shader = context.createShader(context.FRAGMENT_SHADER)
  const frame = "#define varying in\nprecision highp float;\nprecision highp int;\nout vec4 colour;\n#define gl_FragColor colour\n"
  context.shaderSource(shader, `#version 300 es\n${frame}${fragment}`)
  context.compileShader(shader)
  const understood = context.getShaderParameter(shader, context.COMPILE_STATUS)
  context.getExtension("WEBGL_lose_context")?.loseContext()
  return Boolean(understood)
}

/** All corners of meshes (x, y, z) in millimetres, each where it is placed. */
function pointsOf(meshes, places) {
  const points = new Float32Array(3 * meshes.reduce((sum, mesh) => sum + mesh.geometry.attributes.position.count, 0))
  let end = 0
  meshes.forEach(({ geometry }, k) => {
    const { position } = geometry.attributes
    const m = places[k].elements
    for (let p = 0; p < position.count; p++) {
      const [x, y, z] = [position.getX(p), position.getY(p), position.getZ(p)]
      for (let row = 0; row < 3; row++) points[end++] = MM * (m[row] * x + m[4 + row] * y + m[8 + row] * z + m[12 + row])
    }
  })
  return points
}

/**
 * Light a loaded model by its studio. `studio` and `tables` (an ArrayBuffer) are those of a `Tracing`, see viewing.py.
 * Returns `{ show(on), hurry(moving), expose(value), dispose() }`, null where the model cannot be lit so.
 */
function traceLight(model, studio, tables) {
  const scene = sceneOf(model)
  // Beside the model's group stand the planes of its shadow.
  const root = scene?.target.children.find(each => each.isGroup)
  const meshes = []
  root?.traverse(each => each.isMesh && meshes.push(each))
  if (!meshes.length || meshes.some(mesh => !studio.materials[mesh.material.name] || !mesh.geometry.attributes.normal))
    return null
  const Texture = scene.environment.constructor
  const textures = []

  function texture(data, width, height, format, type, filter, wrap = CLAMP, depth = 0) {
    const picture = new Texture()
    Object.assign(picture, {
      image: { data, width, height, ...(depth ? { depth } : {}) }, isDataTexture: !depth, isData3DTexture: depth > 0,
      format, type, minFilter: filter, magFilter: filter, wrapS: wrap, wrapT: depth ? wrap : CLAMP, wrapR: wrap,
      flipY: false, generateMipmaps: false, unpackAlignment: 1, needsUpdate: true,
    })
    textures.push(picture)
    return picture
  }

  function list(texels) {
    const rows = Math.max(1, Math.ceil(texels.count / 1024))
    const values = new Float32Array(4 * 1024 * rows)
    values.set(texels.values.subarray(0, 4 * texels.count))
    return texture(values, 1024, rows, RGBA, FLOAT, NEAREST)
  }

  root.updateMatrixWorld(true)
  const fromRoot = root.matrixWorld.clone().invert()

  const [nodes, triangles, bodies] = [new Texels(), new Texels(), new Texels()]
  const runs = new Map()
  const bounds = new Float32Array(6 * meshes.length)
  const whole = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity]
  const places = meshes.map((mesh, k) => {
    const { geometry } = mesh
    if (!runs.has(geometry)) runs.set(geometry, writeGeometry(nodes, triangles, geometry, MM))
    const place = fromRoot.clone().multiply(mesh.matrixWorld)
    geometry.computeBoundingBox()
    const own = geometry.boundingBox
    const box = own.clone().applyMatrix4(place)
    const corners = [...box.min.toArray(), ...box.max.toArray()].map(each => each * MM)
    bounds.set(corners, 6 * k)
    corners.forEach((each, c) => (whole[c] = c < 3 ? Math.min(whole[c], each) : Math.max(whole[c], each)))
    const back = place.clone().invert().elements
    const [first, end] = runs.get(geometry)
    const [front, tint, index, inner, rest] = studio.materials[mesh.material.name]
    for (let row = 0; row < 3; row++) bodies.push(back[row], back[4 + row], back[8 + row], back[12 + row] * MM)
    // Parts stand under the piece's node; what is repeated, under its part's.
    const inRow = mesh.parent.parent !== root
    const stone = inner[3] === CLEAR
    bodies.push(first, end, stone && inRow ? ROW_EXPOSURE : 1, rest[2])
    let [rough, across] = [front[3], tint[3]]
    if (inner[3] === METAL && (rest[0] === 1 || rest[0] === 3)) {
      // Strokes and grain are too fine for a normal of their own here: they widen the highlight.
      rough = Math.hypot(rough, 1.4 * rest[1])
      across = Math.hypot(across, 1.4 * rest[1])
    }
    let depth = 1
    if (stone) {
      const sizes = [0, 1, 2].map(c => (own.max.getComponent(c) - own.min.getComponent(c)) * MM).sort((a, b) => a - b)
      depth = Math.sqrt(TOLD_WIDTH / Math.min(Math.max(sizes[1], LEAST_WIDTH), MOST_WIDTH))
      if (inRow) depth *= ROW_DEPTH
    }
    bodies.push(...front.slice(0, 3), rough)
    bodies.push(...tint.slice(0, 3), across)
    bodies.push(...index)
    bodies.push(...inner.slice(0, 3).map(each => each * depth), inner[3])
    const crystal = mesh.userData[CRYSTAL] ?? []
    for (let k = 0; k < 8; k += 4) bodies.push(...[0, 1, 2, 3].map(c => crystal[k + c] ?? 0))
    return place
  })
  const [scenes, scenesEnd] = writeTree(nodes, bounds, 1, ([which]) => 8 * which)
  const radius = Math.hypot(whole[3] - whole[0], whole[4] - whole[1], whole[5] - whole[2]) / 2
  const [skySize, glowSize] = [2 * SKY.width * SKY.height, GLOW.width * GLOW.height]
  const patchesStart = 2 * (skySize + glowSize)
  const halves = new Uint16Array(tables, 0, skySize + glowSize)
  const patches = new Uint8Array(tables, patchesStart)
  const patchSide = patches.length ? PATCHES : 1

  const ground = whole[1] - 1e-3
  const lists = { nodes: list(nodes), triangles: list(triangles), bodies: list(bodies) }
  const shadow = castShadow(lists, { scenes, scenesEnd, ground }, pointsOf(meshes, places), whole, { sky: halves, ...SKY })
  const floorLight = shadow
    ? texture(shadow.bytes, shadow.side, shadow.side, RED, BYTE, LINEAR)
    : texture(new Uint8Array([255]), 1, 1, RED, BYTE, LINEAR)

  const uniforms = {
    nodes: { value: lists.nodes },
    triangles: { value: lists.triangles },
    bodies: { value: lists.bodies },
    sky: { value: texture(halves.slice(0, skySize), SKY.width, SKY.height, RG, HALF, LINEAR, REPEAT) },
    glow: {
      value: texture(halves.slice(skySize, skySize + glowSize), GLOW.width, GLOW.height, RED, HALF, LINEAR, REPEAT),
    },
    patches: {
      value: texture(
        patches.length ? patches : new Uint8Array(4), patchSide, patchSide, RGBA, BYTE, LINEAR, REPEAT, patchSide,
      ),
    },
    floorLight: { value: floorLight },
    floorPlace: { value: shadow?.place ?? [0, 0, 1, 1] },
    scenes: { value: scenes },
    scenesEnd: { value: scenesEnd },
    samples: { value: AT_REST },
    exposure: { value: studio.exposure },
    sweep: { value: studio.sweep },
    sweepFar: { value: studio.far },
    ground: { value: ground },
    falloff: { value: studio.falloff.map(each => each * radius) },
    strokeAxis: { value: studio.strokes },
    middle: { value: studio.middle },
  }
  const plain = meshes.map(mesh => mesh.material)
  const traced = meshes.map((mesh, k) => {
    const material = mesh.material.clone()
    Object.assign(material, { transmission: 0, dispersion: 0, transparent: false, toneMapped: false })
    material.onBeforeCompile = shader => {
      Object.assign(shader.uniforms, uniforms, { body: { value: k }, toRoot: { value: places[k] } })
      shader.vertexShader = TRACED_VERTEX
      shader.fragmentShader = TRACED_FRAGMENT
    }
    material.customProgramCacheKey = () => "atelier-light"
    return material
  })
  return {
    show(on) {
      meshes.forEach((mesh, k) => (mesh.material = (on ? traced : plain)[k]))
      scene.queueRender()
    },
    hurry(moving) {
      const load = (model.clientWidth * model.clientHeight * devicePixelRatio ** 2) / FULL_SAMPLES_PX
      const rest = AT_REST.map((count, kind) => Math.max(MOVING[kind], Math.round(count / Math.max(load, 1))))
      const samples = moving ? MOVING : rest
      if (samples.every((count, kind) => count === uniforms.samples.value[kind])) return
      uniforms.samples.value = samples
      scene.queueRender()
    },
    expose(value) {
      uniforms.exposure.value = studio.exposure * value
      scene.queueRender()
    },
    dispose() {
      for (const each of [...traced, ...textures]) each.dispose()
    },
  }
}
