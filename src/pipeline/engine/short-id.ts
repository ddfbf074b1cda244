/** Returns the first 12 characters of an image or container id, as `docker` prints it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

/** Removes the hash at the end of the name of a chaincode image or, from 2.0 on, container. */
export function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{64}$/, '');
}
