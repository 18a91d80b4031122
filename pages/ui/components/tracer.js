// Lights a model in model-viewer as the atelier lights its master: every mesh's shader is replaced by one that follows
// light through the whole piece, in the studio that came with the model. The element hides its three.js scene behind a
// symbol; everything used of it is listed in `sceneOf` and held by a browser's test on the vendored version.

const MM = 1000
const SKY = { width: 512, height: 128 }
const GLOW = { width: 64, height: 32 }
const METAL = 0
const CLEAR = 1
// Samples a pixel of a polished surface, a rough one and a stone: while the model turns, and once it stands.
const MOVING = [1, 4, 1]
const AT_REST = [4, 16, 12]
// A stage of more pixels gets so many fewer samples: a frame that takes seconds makes a system reset its graphics.
const FULL_SAMPLES_PX = 600_000
// Numbers of three.js constants.
const [RED, RG, RGBA, FLOAT, HALF] = [1028, 1030, 1023, 1015, 1016]
const [NEAREST, LINEAR, REPEAT, CLAMP] = [1003, 1006, 1000, 1001]
// The table's absorption is of a stone this wide; see pipeline/atelier/render/scene.py.
const [TOLD_WIDTH, LEAST_WIDTH, MOST_WIDTH, ROW_DEPTH] = [6, 0.8, 16, 1.3]

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

/**
 * Light a loaded model by its studio. `studio` is the header's row, `tables` the studio's half floats. Returns
 * `{ show(on), hurry(moving), expose(value), dispose() }`, null where the model cannot be lit so.
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

  function texture(data, width, height, format, type, filter, wrap = CLAMP) {
    const picture = new Texture()
    Object.assign(picture, {
      image: { data, width, height }, isDataTexture: true, format, type, minFilter: filter, magFilter: filter, wrapS: wrap, wrapT: CLAMP,
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
  const uses = new Map()
  for (const { geometry } of meshes) uses.set(geometry, (uses.get(geometry) ?? 0) + 1)
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
    bodies.push(first, end, 0, rest[2])
    let [rough, across] = [front[3], tint[3]]
    if (inner[3] === METAL && (rest[0] === 1 || rest[0] === 3)) {
      // Strokes and grain are too fine for a normal of their own here: they widen the highlight.
      rough = Math.hypot(rough, 1.4 * rest[1])
      across = Math.hypot(across, 1.4 * rest[1])
    }
    let depth = 1
    if (inner[3] === CLEAR) {
      const sizes = [0, 1, 2].map(c => (own.max.getComponent(c) - own.min.getComponent(c)) * MM).sort((a, b) => a - b)
      depth = Math.sqrt(TOLD_WIDTH / clamp(sizes[1], LEAST_WIDTH, MOST_WIDTH))
      if (uses.get(geometry) > 1) depth *= ROW_DEPTH
    }
    bodies.push(...front.slice(0, 3), rough)
    bodies.push(...tint.slice(0, 3), across)
    bodies.push(...index)
    bodies.push(...inner.slice(0, 3).map(each => each * depth), inner[3])
    return place
  })
  const [scenes, scenesEnd] = writeTree(nodes, bounds, 1, ([which]) => 8 * which)
  const radius = Math.hypot(whole[3] - whole[0], whole[4] - whole[1], whole[5] - whole[2]) / 2
  const [skySize, glowSize] = [2 * SKY.width * SKY.height, GLOW.width * GLOW.height]

  const uniforms = {
    nodes: { value: list(nodes) },
    triangles: { value: list(triangles) },
    bodies: { value: list(bodies) },
    sky: { value: texture(tables.slice(0, skySize), SKY.width, SKY.height, RG, HALF, LINEAR, REPEAT) },
    glow: {
      value: texture(tables.slice(skySize, skySize + glowSize), GLOW.width, GLOW.height, RED, HALF, LINEAR, REPEAT),
    },
    floorLight: { value: texture(new Uint16Array([0x3c00]), 1, 1, RED, HALF, LINEAR) },
    floorPlace: { value: [0, 0, 1, 1] },
    scenes: { value: scenes },
    scenesEnd: { value: scenesEnd },
    samples: { value: AT_REST },
    exposure: { value: studio.exposure },
    sweep: { value: studio.sweep },
    sweepFar: { value: studio.far },
    ground: { value: whole[1] - 1e-3 },
    falloff: { value: studio.falloff.map(each => each * radius) },
    strokeAxis: { value: studio.strokes },
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
