/** Checks that each image of a release contains its files, exposed ports and configuration. */
import { basename, dirname } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { dockerfileOf } from '../images/dockerfiles.ts';
import { programsIn } from '../images/image-programs.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';

const PROGRAMS = '/usr/local/bin';

type ImageFiles = Parameters<Parameters<DockerPort['withCreated']>[2]>[0];

interface Layout {
  readonly files: readonly string[];
  readonly ports: readonly string[];
}

/**
 * @param upstream built by the checkout's own Dockerfile: the engine makes the ledger's folder when it mounts a
 * volume
 */
function layoutOf(name: ImageName, release: Release, upstream: boolean): Layout {
  const programs = programsIn(name, release).map((program) => `${PROGRAMS}/${program}`);
  switch (name) {
    case 'baseos':
      return { files: ['/home/chaincode'], ports: [] };
    case 'ccenv':
      return { files: ['/chaincode/input', '/chaincode/output', ...programs], ports: [] };
    case 'peer':
    case 'orderer': {
      const ledger = upstream ? [] : ['/var/hyperledger/production'];
      return { files: [...ledger, ...programs], ports: name === 'peer' ? [] : ['7050/tcp'] };
    }
    case 'tools':
      return { files: programs, ports: [] };
    default:
      return unreachable(name);
  }
}

/**
 * Whether a file of sampleconfig must be in the image: the checkout's own Dockerfiles copy only what the node reads.
 */
function isConfigOf(name: ImageName, path: string, upstream: boolean): boolean {
  if (!upstream || name === 'tools') return true;
  return path === (name === 'peer' ? 'sampleconfig/core.yaml' : 'sampleconfig/orderer.yaml');
}

export function failImage(image: string, what: Text, expected: Text, got: Text): never {
  throw new WizardFailure({ kind: 'check', what: { key: 'thing.in-image', what, image }, expected, got });
}

async function requireShim(files: ImageFiles, ref: string, release: Release): Promise<void> {
  if (release.goshimScript === undefined) return;
  const dir = `/opt/gopath/src/${release.shim.shim}`;
  const found = await Promise.all([files.has(`${dir}/shim.go`), files.has(`${dir}/chaincode.go`)]);
  if (!found.includes(true))
    failImage(ref, { key: 'thing.shim' }, { key: 'state.under', dir }, { key: 'state.absent' });
}

async function requireSampleconfig(
  context: StageContext,
  { name, ref, image }: { readonly name: ImageName; readonly ref: string; readonly image: ImageInfo },
  files: ImageFiles,
): Promise<void> {
  const { settings, source } = context;
  const dir = settings.release.cfgPath;
  if (image.env.FABRIC_CFG_PATH !== dir)
    failImage(ref, 'FABRIC_CFG_PATH', dir, image.env.FABRIC_CFG_PATH ?? { key: 'state.none' });
  const present = new Set((await files.read(dir)).map((entry) => entry.name.replace(/^[^/]+\//, '')));
  const wanted = [...source.tree.files.keys()].filter(
    (path) => path.startsWith('sampleconfig/') && isConfigOf(name, path, isUpstream(name, context)),
  );
  const missing = wanted
    .map((path) => path.replace('sampleconfig/', ''))
    .filter((path) => !present.has(path));
  if (missing.length > 0)
    failImage(
      ref,
      { key: 'thing.sampleconfig', dir },
      { key: 'state.files', count: wanted.length },
      { key: 'state.missing', files: missing.join(', ') },
    );
}

/** @throws WizardFailure `check` */
export async function checkLayout(context: StageContext, name: ImageName, image: ImageInfo): Promise<void> {
  const { docker, settings, source } = context;
  const { release } = settings;
  const ref = primaryRef(settings, name);
  const layout = layoutOf(name, release, isUpstream(name, context));
  for (const port of layout.ports) {
    if (!image.exposedPorts.includes(port))
      failImage(ref, { key: 'thing.ports' }, port, image.exposedPorts.join(', ') || { key: 'state.none' });
  }
  // The tools image of 1.0.0, and a Dockerfile that the user changed, need not have every compiled program.
  const { text } = await dockerfileOf(name, source.dir, settings, false);
  const isCopied = (path: string) => dirname(path) !== PROGRAMS || text.includes(`payload/${basename(path)}`);
  await docker.withCreated(image.id, projectLabels(context), async (files) => {
    for (const path of layout.files.filter(isCopied)) {
      if (!(await files.has(path))) failImage(ref, path, { key: 'state.present' }, { key: 'state.absent' });
    }
    if (name === 'ccenv') await requireShim(files, ref, release);
    else if (name !== 'baseos') await requireSampleconfig(context, { name, ref, image }, files);
  });
}
