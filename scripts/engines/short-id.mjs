/** Returns the short form of the id of an image, as `docker images` prints it. */
export function shortId(id) {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
