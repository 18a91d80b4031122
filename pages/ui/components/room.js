// How much room a place of the page has: told once, where it is less than what stands there would like.
export default function ({ parentElement, data, setStateValue }) {
  const strip = parentElement.querySelector(".room")
  const watch = new ResizeObserver(() => {
    const width = Math.floor(strip.clientWidth)
    if (!width) return // in a closed part of the page
    watch.disconnect()
    if (width < data.most && width !== data.measured) setStateValue("width", width)
  })
  watch.observe(strip)
  return () => watch.disconnect()
}
