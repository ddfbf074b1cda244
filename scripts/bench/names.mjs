/** Names of the benchmark on the engine. Everything with such a name is removed at the end. */

/** Prefix of projects, image namespaces, containers and volumes. */
export const OWN = 'fw-bench';
/** Project of the network and its images. */
export const WORK = OWN;
/** Project of the cold build. */
export const COLD = `${OWN}-cold`;
/** Project of the row `first-run`. */
export const FIRST = `${OWN}-first-run`;
/** Default namespace of fabric-baseimage and fabric-baseos. */
export const BASE_NAMESPACE = 'hyperledger';

/** Returns the name that the compile stage gives to the Go cache volume of a builder image. */
export function cacheOf(imageId) {
  return `fabric-wizard-go-${imageId.replace('sha256:', '').slice(0, 12)}`;
}
