/** The images that peers of a network ask for when they build and run chaincode in Node.js or Java. */
import type { ProjectContext } from '../context/run-context.ts';
import { networkPeerImages, type PeerImages } from '../resolve/peer-images.ts';

export interface LanguageImages {
  /** Image in which peers build the chaincode. */
  readonly builder: string;
  /** Image on which it runs. */
  readonly runtime: string;
}

type Context = Pick<ProjectContext, 'source' | 'settings' | 'config'>;

function refOf({ others }: PeerImages, role: 'node' | 'java'): string {
  const found = others.find((each) => each.role === role);
  if (!found) throw new Error(`the peer's configuration names no image for ${role}`);
  return found.ref;
}

/** Up to 1.4 Node.js chaincode is built in ccenv, later in the image that it runs on. */
export async function nodeImages(context: Context): Promise<LanguageImages> {
  const images = await networkPeerImages(context);
  const runtime = refOf(images, 'node');
  const builder = context.settings.release.lifecycle === 'legacy' ? images.builder.ref : runtime;
  return { builder, runtime };
}

export async function javaImage(context: Context): Promise<string> {
  return refOf(await networkPeerImages(context), 'java');
}
