/** The architectures that Fabric's own images of 1.x were published for. */
import { parseImageRef } from './image-ref.ts';

/** Fabric's images for arm64 begin with 2.5, whose base images are public ones. */
const PUBLISHED = ['amd64', 'ppc64le', 's390x'];
const REPOSITORIES = ['fabric-baseimage', 'fabric-baseos', 'fabric-couchdb'];

/**
 * Whether a registry may have the image for this architecture. False only for images of Fabric itself; what another
 * namespace has is not known.
 * @param goArch architecture as Go names it
 */
export function mayBePublished(ref: string, goArch: string): boolean {
  const parsed = parseImageRef(ref);
  if (parsed === undefined || PUBLISHED.includes(goArch)) return true;
  const { registry = 'docker.io', namespace, repository } = parsed;
  return !(registry === 'docker.io' && namespace === 'hyperledger' && REPOSITORIES.includes(repository));
}
