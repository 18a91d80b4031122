// The piece's shadow on the sweep under it, which metal and stones mirror: what share of the lights each point of the
// floor sees, shaped as the master's page has it. See pipeline/atelier/render/shadow.py.

const SHADOW_RAYS = 32
// Texels a side under a piece that stands and one that lies: the second's parts are small beside it.
const SHADOW_SIDE = { standing: 160, lying: 384 }
const SHADOW_COARSER = 8
const SHADOW_BLUR = 1.5
const [SHADOW_REACH, SHADOW_TOE, SHADOW_SEEN] = [0.24, 0.035, 0.985]
// Rows a draw: a system resets graphics that draw for seconds.
const SHADOW_ROWS = 32

const SHADOW_VERTEX = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }
`

const SHADOW_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
${MEETING}
uniform highp sampler2D lamps, wanted;
uniform vec4 floorPlace;
uniform float ground;
uniform int side, rays;
out vec4 colour;

void main() {
  ivec2 cell = ivec2(gl_FragCoord.xy);
  colour = texelFetch(wanted, cell * textureSize(wanted, 0) / side, 0);
  if (colour.x < 1.0) { colour = vec4(1.0); return; }
  vec2 at = floorPlace.xy + (2.0 * gl_FragCoord.xy / float(side) - 1.0) * floorPlace.zw;
  int first = ((cell.y & 3) * 4 + (cell.x & 3)) * rays;
  float open = 0.0;
  for (int k = 0; k < rays; k++) {
    Met met = meet(vec3(at.x, ground, at.y), texelFetch(lamps, ivec2(first + k, 0), 0).xyz);
    open += met.body < 0 ? 1.0 : kindOf(met.body) == CLEAR ? 0.45 : 0.0;
  }
  colour = vec4(open / float(rays));
}
`

function fromHalf(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  return (bits & 0x8000 ? -1 : 1) * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}

/** Directions (count, 4), y up, drawn in proportion to what they bring to a floor, in sixteen interleaved even sets. */
function lampDirections(sky, width, height, count) {
  const sums = new Float64Array(width * height)
  let sum = 0
  for (let k = 0; k < sums.length; k++) {
    const tilt = ((Math.floor(k / width) + 0.5) / height) * (Math.PI / 2)
    sums[k] = sum += Math.max(fromHalf(sky[2 * k]), 0) * Math.cos(tilt) * Math.sin(tilt)
  }
  const directions = new Float32Array(4 * count)
  for (let k = 0, which = 0; k < count; k++) {
    while (which < sums.length - 1 && sums[which] < (sum * (k + 0.5)) / count) which++
    const tilt = ((Math.floor(which / width) + 0.5) / height) * (Math.PI / 2)
    const turn = (((which % width) + 0.5) / width) * 2 * Math.PI
    const place = 4 * ((k % 16) * (count / 16) + Math.floor(k / 16))
    directions[place] = Math.sin(tilt) * Math.sin(turn)
    directions[place + 1] = Math.max(Math.cos(tilt), 0.02)
    directions[place + 2] = -Math.sin(tilt) * Math.cos(turn)
  }
  return directions
}

/**
 * The light on the floor under a piece, { bytes (side, side), side, place: middle x, z and half sides }; null where the
 * graphics refuse. `lists` are the shader's tables by name, `numbers` its uniforms; `points` are places of the piece
 * (x, y, z, mm), `box` its six bounds, `sky` the studio's half floats and their size.
 */
function castShadow(lists, { scenes, scenesEnd, ground }, points, box, { sky, width, height }) {
  const gl = document.createElement("canvas").getContext("webgl2")
  if (!gl) return null
  const program = gl.createProgram()
  for (const [kind, source] of [[gl.VERTEX_SHADER, SHADOW_VERTEX], [gl.FRAGMENT_SHADER, SHADOW_FRAGMENT]]) {
    const shader = gl.createShader(kind)
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  const release = () => gl.getExtension("WEBGL_lose_context")?.loseContext()
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    release()
    return null
  }
  gl.useProgram(program)
  const at = name => gl.getUniformLocation(program, name)
  const units = ["nodes", "triangles", "bodies", "lamps", "wanted"]
  function upload(name, across, down, inner, format, type, values) {
    gl.activeTexture(gl.TEXTURE0 + units.indexOf(name))
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
    gl.texImage2D(gl.TEXTURE_2D, 0, inner, across, down, 0, format, type, values)
    for (const [key, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST]])
      gl.texParameteri(gl.TEXTURE_2D, key, value)
    gl.uniform1i(at(name), units.indexOf(name))
  }
  for (const [name, { image }] of Object.entries(lists))
    upload(name, image.width, image.height, gl.RGBA32F, gl.RGBA, gl.FLOAT, image.data)
  const directions = lampDirections(sky, width, height, 16 * SHADOW_RAYS)
  upload("lamps", 16 * SHADOW_RAYS, 1, gl.RGBA32F, gl.RGBA, gl.FLOAT, directions)

  const sizes = [0, 1, 2].map(axis => box[axis + 3] - box[axis])
  const [size, wide] = [Math.max(...sizes), Math.max(sizes[0], sizes[2])]
  const side = sizes[1] > 0.5 * wide ? SHADOW_SIDE.standing : SHADOW_SIDE.lying
  const half = wide / 2 + SHADOW_REACH * size
  const place = [(box[0] + box[3]) / 2, (box[2] + box[5]) / 2, half, half]
  const counts = { scenes, scenesEnd, rays: SHADOW_RAYS }
  for (const [name, value] of Object.entries(counts)) gl.uniform1i(at(name), value)
  gl.uniform1f(at("ground"), ground)
  gl.uniform4fv(at("floorPlace"), place)

  /** Share of the lights (n, n) that points of the floor see where `wanted`, 1 elsewhere. */
  function measure(n, wanted, wantedSide) {
    upload("wanted", wantedSide, wantedSide, gl.R8, gl.RED, gl.UNSIGNED_BYTE, wanted)
    gl.uniform1i(at("side"), n)
    const target = gl.createRenderbuffer()
    gl.bindRenderbuffer(gl.RENDERBUFFER, target)
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, n, n)
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer())
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, target)
    gl.viewport(0, 0, n, n)
    gl.enable(gl.SCISSOR_TEST)
    for (let row = 0; row < n; row += SHADOW_ROWS) {
      gl.scissor(0, row, n, SHADOW_ROWS)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
      gl.flush()
    }
    const pixels = new Uint8Array(4 * n * n)
    gl.readPixels(0, 0, n, n, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
    return Float32Array.from({ length: n * n }, (_, k) => pixels[4 * k] / 255)
  }

  const coarse = side / SHADOW_COARSER
  const rough = measure(coarse, new Uint8Array([255]), 1)
  const plan = footprint(points, side, place)
  const wanted = new Uint8Array(coarse * coarse)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const k = Math.floor(row / SHADOW_COARSER) * coarse + Math.floor(column / SHADOW_COARSER)
      if (plan[row * side + column] || rough[k] < SHADOW_SEEN) wanted[k] = 255
    }
  const fine = measure(side, grown(wanted, coarse), coarse)
  release()
  const visible = shaped(blurred(fine, side, SHADOW_BLUR), plan, side, (2 * half) / side, SHADOW_REACH * size)
  return { bytes: Uint8Array.from(visible, share => Math.round(255 * share)), side, place }
}

/** Texels (side, side) over which some point of the piece stands. */
function footprint(points, side, [x, z, half]) {
  const plan = new Uint8Array(side * side)
  const cell = value => Math.min(Math.max(Math.floor(((value + half) / (2 * half)) * side), 0), side - 1)
  for (let k = 0; k < points.length; k += 3) plan[cell(points[k + 2] - z) * side + cell(points[k] - x)] = 1
  return plan
}

function grown(mask, side) {
  return mask.map((_, k) => {
    const [row, column] = [Math.floor(k / side), k % side]
    for (let r = Math.max(row - 1, 0); r <= Math.min(row + 1, side - 1); r++)
      for (let c = Math.max(column - 1, 0); c <= Math.min(column + 1, side - 1); c++) if (mask[r * side + c]) return 255
    return 0
  })
}

function blurred(values, side, sigma) {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-(((k - reach) / sigma) ** 2) / 2))
  const sum = weights.reduce((a, b) => a + b)
  const along = (source, step, across) =>
    source.map((_, k) => {
      const place = Math.floor(k / step) % side
      let total = 0
      for (let j = -reach; j <= reach; j++)
        total += weights[j + reach] * source[k + (Math.min(Math.max(place + j, 0), side - 1) - place) * across]
      return total / sum
    })
  return along(along(values, 1, 1), side, side)
}

/** Visibility as the page has it: light falls off for ever, a page has to end in white. */
function shaped(visible, plan, side, texel, reach) {
  // Distance to the footprint, exact: along rows first, then the least over each column.
  const inRow = new Float32Array(side * side).fill(1e6)
  for (let row = 0; row < side; row++)
    for (const [first, step] of [[0, 1], [side - 1, -1]])
      for (let k = 0, last = 1e6; k < side; k++) {
        const place = row * side + first + step * k
        last = plan[place] ? 0 : last + 1
        inRow[place] = Math.min(inRow[place], last)
      }
  const furthest = Math.ceil(reach / texel)
  return visible.map((share, k) => {
    const [row, column] = [Math.floor(k / side), k % side]
    let nearest = Infinity
    for (let r = Math.max(row - furthest, 0); r <= Math.min(row + furthest, side - 1); r++)
      nearest = Math.min(nearest, (r - row) ** 2 + inRow[r * side + column] ** 2)
    const fade = Math.min(Math.max(1 - (Math.sqrt(nearest) * texel) / reach, 0), 1)
    const dark = Math.min(Math.max(1 - share, 0), 1) * fade * fade * (3 - 2 * fade)
    const rest = Math.max(dark - SHADOW_TOE, 0)
    return 1 - Math.min((rest ** 2 / (rest + 0.03)) * (1.03 / (1 - SHADOW_TOE)), 1)
  })
}
