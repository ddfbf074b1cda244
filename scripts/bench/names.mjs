/** The bench's own names on the engine: nobody else's begin so, and all of them are removed at the end. */

/** Of projects, image namespaces, containers and volumes. */
export const OWN = 'fw-bench';
/** The network of the bench, and the images that it runs. */
export const WORK = OWN;
/** What is built cold. */
export const COLD = `${OWN}-cold`;
/** Where fabric-baseimage and fabric-baseos come from unless told otherwise. */
export const BASE_NAMESPACE = 'hyperledger';

/** The volume of a builder image's Go cache, as the compile stage names it. */
export function cacheOf(imageId) {
  return `fabric-wizard-go-${imageId.replace('sha256:', '').slice(0, 12)}`;
}
