/** Returns the first 12 characters of an image or container id, as `docker` prints it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
