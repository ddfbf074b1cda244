/** Names of images in the engine's answers. */
import type Docker from 'dockerode';
import { isPodman } from './engine-connection.ts';

/**
 * Returns a name as Docker writes it. Podman writes names in full: those of Docker Hub begin with `docker.io/`, those of
 * loaded images with `localhost/`. It finds both by the short name. With Docker, `localhost` is a registry.
 */
export function shortName(docker: Docker, name: string): string {
  return isPodman(docker) ? name.replace(/^(?:docker\.io\/(?:library\/)?|localhost\/)/, '') : name;
}
