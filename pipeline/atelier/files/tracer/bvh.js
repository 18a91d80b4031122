// A tree of boxes over a mesh's triangles, written for a shader that walks it without a stack: nodes lie in the order
// in which they are met, and each says where to go on when its box is missed.

const LEAF_TRIANGLES = 4
const BINS = 12

/** A list of vec4 that grows, and becomes a float texture. */
class Texels {
  constructor(count = 1024) {
    this.values = new Float32Array(4 * count)
    this.count = 0
  }

  push(x, y, z, w) {
    if (4 * this.count === this.values.length) {
      const grown = new Float32Array(2 * this.values.length)
      grown.set(this.values)
      this.values = grown
    }
    this.values.set([x, y, z, w], 4 * this.count)
    return this.count++
  }
}

/**
 * Write the tree over boxes into `nodes`, two texels each: lower corner and the node to go on with after a miss, upper
 * corner and what a leaf holds. `bounds` holds six numbers a box, lower corner first; `leaf(items)` writes what is
 * there and returns a number of 0 or more. Returns the first node, and the one after the last.
 */
function writeTree(nodes, bounds, leafSize, leaf) {
  const items = Uint32Array.from({ length: bounds.length / 6 }, (_, k) => k)
  const centre = (item, axis) => bounds[6 * item + axis] + bounds[6 * item + 3 + axis]
  const first = nodes.count / 2

  function boxOf(start, end) {
    const box = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity]
    for (let k = start; k < end; k++) grow(box, items[k])
    return box
  }

  function grow(box, item) {
    for (let axis = 0; axis < 3; axis++) {
      box[axis] = Math.min(box[axis], bounds[6 * item + axis])
      box[axis + 3] = Math.max(box[axis + 3], bounds[6 * item + axis + 3])
    }
  }

  /** Where to part a run of items so that few rays meet both halves (surface area heuristic), or its middle. */
  function part(start, end) {
    let best = { cost: Infinity }
    for (let axis = 0; axis < 3; axis++) {
      let low = Infinity
      let high = -Infinity
      for (let k = start; k < end; k++) {
        low = Math.min(low, centre(items[k], axis))
        high = Math.max(high, centre(items[k], axis))
      }
      if (high <= low) continue
      const scale = (BINS * (1 - 1e-6)) / (high - low)
      const bins = Array.from({ length: BINS }, () => ({ count: 0, box: [1e30, 1e30, 1e30, -1e30, -1e30, -1e30] }))
      for (let k = start; k < end; k++) {
        const bin = bins[Math.floor((centre(items[k], axis) - low) * scale)]
        bin.count++
        grow(bin.box, items[k])
      }
      const costs = [bins, [...bins].reverse()].map(row => {
        const all = [1e30, 1e30, 1e30, -1e30, -1e30, -1e30]
        let count = 0
        return row.map(bin => {
          count += bin.count
          for (let k = 0; k < 3; k++) {
            all[k] = Math.min(all[k], bin.box[k])
            all[k + 3] = Math.max(all[k + 3], bin.box[k + 3])
          }
          const [x, y, z] = [all[3] - all[0], all[4] - all[1], all[5] - all[2]]
          return count ? count * (x * y + y * z + z * x) : 0
        })
      })
      for (let cut = 0; cut < BINS - 1; cut++) {
        const cost = costs[0][cut] + costs[1][BINS - 2 - cut]
        if (cost < best.cost) best = { cost, axis, below: item => Math.floor((centre(item, axis) - low) * scale) <= cut }
      }
    }
    if (!best.below) return (start + end) >> 1
    let left = start
    for (let k = start; k < end; k++)
      if (best.below(items[k])) {
        const item = items[k]
        items[k] = items[left]
        items[left++] = item
      }
    return left > start && left < end ? left : (start + end) >> 1
  }

  function write(start, end) {
    const box = boxOf(start, end)
    const node = nodes.push(...box.slice(0, 3), 0)
    nodes.push(...box.slice(3), -1)
    if (end - start <= leafSize) nodes.values[4 * node + 7] = leaf(items.subarray(start, end))
    else {
      const middle = part(start, end)
      write(start, middle)
      write(middle, end)
    }
    nodes.values[4 * node + 3] = nodes.count / 2
  }

  if (items.length) write(0, items.length)
  return [first, nodes.count / 2]
}

/** A unit vector in one number that a float holds exactly: on an octahedron, 12 bits a side. */
function packedNormal(x, y, z) {
  const sum = Math.abs(x) + Math.abs(y) + Math.abs(z) || 1
  let [u, v] = [x / sum, y / sum]
  if (z < 0) [u, v] = [(1 - Math.abs(v)) * (u < 0 ? -1 : 1), (1 - Math.abs(u)) * (v < 0 ? -1 : 1)]
  return Math.round((u * 0.5 + 0.5) * 4095) * 4096 + Math.round((v * 0.5 + 0.5) * 4095)
}

/** Write a three.js geometry, its lengths times `scale`, into `nodes` and `triangles`; returns its run of nodes. */
function writeGeometry(nodes, triangles, geometry, scale) {
  const { position, normal } = geometry.attributes
  const index = geometry.index
  const corners = index ? index.count : position.count
  const at = k => (index ? index.getX(k) : k)
  const points = new Float32Array(3 * position.count)
  for (let k = 0; k < position.count; k++) {
    points[3 * k] = position.getX(k) * scale
    points[3 * k + 1] = position.getY(k) * scale
    points[3 * k + 2] = position.getZ(k) * scale
  }
  const bounds = new Float32Array(2 * corners)
  for (let face = 0; 3 * face < corners; face++)
    for (let axis = 0; axis < 3; axis++) {
      const [a, b, c] = [0, 1, 2].map(k => points[3 * at(3 * face + k) + axis])
      bounds[6 * face + axis] = Math.min(a, b, c)
      bounds[6 * face + 3 + axis] = Math.max(a, b, c)
    }
  return writeTree(nodes, bounds, LEAF_TRIANGLES, faces => {
    const first = triangles.count / 3
    for (const face of faces)
      for (let k = 0; k < 3; k++) {
        const corner = at(3 * face + k)
        triangles.push(
          points[3 * corner], points[3 * corner + 1], points[3 * corner + 2],
          packedNormal(normal.getX(corner), normal.getY(corner), normal.getZ(corner)),
        )
      }
    return 8 * first + faces.length
  })
}
