/** The base image and the programs of each image. */
import { unreachable } from '../core/unreachable.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName, ProgramName } from '../fabric/release-facts.ts';

/** The only program of `gotools` that an image needs. */
export const PROTOC_GEN_GO = 'protoc-gen-go';

const TOOLS = [
  'cryptogen',
  'configtxgen',
  'configtxlator',
  'peer',
  'osnadmin',
  'discover',
  'idemixgen',
  'ledgerutil',
] as const satisfies readonly ProgramName[];

/** Base image of each image. */
export const IMAGE_BASE: Record<ImageName, 'builder' | 'runtime'> = {
  baseos: 'runtime',
  ccenv: 'builder',
  tools: 'builder',
  peer: 'runtime',
  orderer: 'runtime',
};

/** Returns the programs in `/usr/local/bin` of an image. */
export function programsIn(name: ImageName, { programs, goshimScript }: Release): readonly string[] {
  switch (name) {
    case 'baseos':
      return [];
    case 'ccenv':
      return goshimScript === undefined ? [] : [PROTOC_GEN_GO];
    case 'peer':
    case 'orderer':
      return [name];
    case 'tools':
      return TOOLS.filter((tool) => programs[tool] !== undefined);
    default:
      return unreachable(name);
  }
}
