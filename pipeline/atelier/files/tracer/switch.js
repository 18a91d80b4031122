// The switch of the studio's light: it is built once it is wanted, hurries while the model moves, and goes off by itself
// where it is too much for the graphics at hand.

// Six frames in a row slower than this, and following light is too much.
const SLOW_FRAME_MS = 300
const SLOW_FRAMES = 6
// A model that has stood for so long is shown with all samples.
const RESTING_MS = 200

/**
 * Switch the studio's light of a model-viewer. `studio` is the studio's row, `tables()` promises its half floats as an
 * ArrayBuffer. Asks `turning()` whether the model turns by itself, says `slow()` when the light should be switched off,
 * and `unlit()` when this model cannot have it. Returns `{ set(on, exposure), shown(), dispose() }`.
 */
function studioSwitch(model, studio, tables, { turning, slow, unlit }) {
  let [wanted, shown, brightness] = [false, false, 1]
  let light = null
  let read = null
  let gone = false

  function set(on, exposure) {
    ;[wanted, brightness] = [on, exposure]
    light?.expose(brightness)
    hurry()
    if (!light) build()
    else if (shown !== wanted) light.show((shown = wanted))
  }

  /** Build what light is followed through: for a large piece that takes a second. */
  function build() {
    if (!wanted || light || !model.loaded) return
    // Without its tables the model keeps the viewer's own light.
    read ??= tables()
    read.then(bytes => {
      if (gone || light || !wanted) return
      light = compiles(TRACED_FRAGMENT) && traceLight(model, studio, bytes)
      if (light) set(wanted, brightness)
      // A scene that is not whole yet is tried again with its light; a whole one cannot be lit.
      else if (sceneOf(model)) unlit()
    }).catch(unlit)
  }

  let [slowFrames, frame, rest] = [0, 0, 0]
  /** Few samples now, all of them once the model has stood for a moment. */
  function hurry() {
    light?.hurry(true)
    clearTimeout(rest)
    rest = setTimeout(() => light?.hurry(turning()), RESTING_MS)
  }

  function watchPace() {
    const gap = performance.now() - frame
    frame += gap
    if (!shown || gap > 10 * SLOW_FRAME_MS) return
    slowFrames = gap > SLOW_FRAME_MS ? slowFrames + 1 : 0
    if (slowFrames < SLOW_FRAMES) return
    slowFrames = 0
    slow()
  }

  model.addEventListener("load", build)
  // The library's scene is whole once its light is there, which may be after the model.
  model.addEventListener("environment-change", build)
  model.addEventListener("camera-change", () => {
    watchPace()
    hurry()
  })
  return {
    set,
    shown: () => shown,
    dispose() {
      gone = true
      clearTimeout(rest)
      light?.dispose()
    },
  }
}
