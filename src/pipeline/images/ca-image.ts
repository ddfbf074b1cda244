/** The image of Fabric CA: its reference, its Dockerfile, and the inputs that it is made from. */
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { CaSource } from '../fabric/ca-source.ts';
import { fingerprintOf } from '../fabric/source-tree.ts';
import { CA_HOME, CA_PORT, CA_PROGRAMS } from './ca-layout.ts';
import { type Fingerprint, fingerprint, isCompiled } from './fingerprint.ts';

export interface CaImage {
  readonly source: CaSource;
  /** `hyperledger/fabric-ca:1.5.5` */
  readonly ref: string;
}

/** Returns the image of a checkout. */
export function caImage(source: CaSource, { dockerNs }: Pick<BuildSettings, 'dockerNs'>): CaImage {
  return { source, ref: `${dockerNs}/fabric-ca:${source.version}` };
}

/** Returns the Dockerfile without the labels. It copies compiled programs onto the base image of the nodes. */
export function caDockerfile({ runtimeImage }: Pick<BuildSettings, 'runtimeImage'>): string {
  return `FROM ${runtimeImage}
COPY ${CA_PROGRAMS.map((program) => `payload/${program}`).join(' ')} /usr/local/bin/
ENV FABRIC_CA_HOME=${CA_HOME}
RUN mkdir -p ${CA_HOME}
WORKDIR ${CA_HOME}
EXPOSE ${CA_PORT}
CMD ["fabric-ca-server", "start"]
`;
}

/** Returns the fingerprint of the image. @param bases ids of the image that compiles, and of the one that it is based on */
export function caFingerprint(
  { source }: CaImage,
  settings: BuildSettings,
  bases: { readonly builder: string; readonly runtime: string },
): Fingerprint {
  return fingerprint('fabric-ca', {
    source: fingerprintOf(source.tree, isCompiled),
    version: source.version,
    sqlite: source.bundlesSqlite ? 'bundled' : 'system',
    dockerfile: caDockerfile(settings),
    arch: settings.goArch,
    ...bases,
  });
}
