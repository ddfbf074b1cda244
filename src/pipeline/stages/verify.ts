/** Verifies the images: their layout, and the values compiled into the peer. */
import { join } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { parseVersion } from '../fabric/peer-version.ts';
import type { LdflagVariable } from '../fabric/release-facts.ts';
import { dockerRun } from '../host/docker-command.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { requireImage } from '../images/require-image.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { MSP_CONFIG, MSP_PATH } from '../resolve/sample-msp.ts';
import { compileStage } from './compile.ts';
import { checkLayout, failImage } from './image-layout.ts';
import { IMAGE_STAGES } from './images.ts';
import { buildsImages } from './plan-scope.ts';

/** Number of image ids that are remembered as verified. */
const KEPT_IDS = 16;

/** Fields of `peer version` and the value that each must have. */
export function expectedVersion(settings: BuildSettings): Record<string, string> {
  const has = (variable: LdflagVariable) => settings.release.ldflagVariables.includes(variable);
  const all: Record<string, string | undefined> = {
    Version: has('Version') ? settings.version : undefined,
    'Commit SHA': has('CommitSHA') ? settings.commitSha : undefined,
    'Base Image Version': has('BaseVersion') ? settings.baseVersion : undefined,
    'Base Docker Namespace': has('BaseDockerNamespace') ? settings.baseDockerNs : undefined,
    'Base Docker Label': settings.dockerLabel,
    'Docker Namespace': settings.dockerNs,
  };
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The peer of 1.0 loads an MSP before it prints its version, and the certificates in sampleconfig expired in 2021. */
const PEER_VERSION = `
cd /fw
./cryptogen generate --config=crypto-config.yaml --output=crypto >/dev/null
CORE_PEER_MSPCONFIGPATH=/fw/crypto/${MSP_PATH} peer version
`;

/** Script that prints the peer's version, and the files that it needs. */
function versionScript(context: StageContext, outputs: BuildOutputs | undefined) {
  // Our cryptogen may not run on the checkout's own images, and from 2.0 on it is not needed.
  if (isUpstream('peer', context)) return { script: 'peer version', inputs: [] };
  if (!outputs) throw new Error('verify needs the compiled programs');
  const cryptogen = join(outputs.dir, 'cryptogen');
  return {
    script: PEER_VERSION,
    inputs: [
      { name: 'fw/cryptogen', content: { file: cryptogen }, mode: 0o755 },
      { name: 'fw/crypto-config.yaml', content: MSP_CONFIG },
    ],
  };
}

/** @throws WizardFailure `check` */
async function checkVersion(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  image: ImageInfo,
): Promise<void> {
  const { docker, settings, signal, report } = context;
  const { script, inputs } = versionScript(context, outputs);
  const ref = primaryRef(settings, 'peer');
  const lines: string[] = [];
  report.command(dockerRun({ image: ref, network: 'none' }, ['peer', 'version']));
  await docker.runToEnd(
    {
      image: image.id,
      cmd: ['sh', '-euc', script],
      networkMode: 'none',
      labels: projectLabels(context),
      inputs,
      signal,
      onLine: (line) => {
        lines.push(line);
        report.log(line);
      },
    },
    async () => undefined,
  );
  const version = parseVersion(lines.join('\n'));
  for (const [name, expected] of Object.entries(expectedVersion(settings))) {
    if (version[name] === expected) continue;
    failImage(ref, { key: 'thing.version', name }, expected, version[name] ?? lines.join(' | '));
  }
}

export const verifyStage = defineStage({
  id: 'verify',
  topic: { group: 'build-stages', aliases: ['peer version'], see: ['ldflags', '/usr/local/bin'] },
  needs: [...IMAGE_STAGES, compileStage],
  waitsFor: () => IMAGE_STAGES,
  isIncluded: buildsImages,
  decide: ({ observed, goal, runs }) =>
    decideBy(
      [
        [runs(...IMAGE_STAGES), { key: 'cause.images-built' }],
        [
          !goal.images.every((name) => observed.images[name]?.verified === true),
          { key: 'cause.never-verified' },
        ],
      ],
      { key: 'cause.verified' },
    ),
  cost: () => ({ seconds: 1, cores: 1, memoryMb: 100 }),
  execute: async (context, inputs) => {
    const { docker, settings, journal, options, report } = context;
    const { outputs, source } = inputs.of(compileStage);
    const known = journal.getFact(STATE_KEYS.verified) ?? [];
    const ids: string[] = [];
    let again = 0;
    let done = 0;
    const compiled = { ...context, source };
    await Promise.all(
      options.images.map(async (name) => {
        const image = await requireImage(docker, primaryRef(settings, name));
        ids.push(image.id);
        if (known.includes(image.id)) again += 1;
        else
          await Promise.all([
            checkLayout(compiled, name, image),
            ...(name === 'peer' ? [checkVersion(compiled, outputs, image)] : []),
          ]);
        done += 1;
        report.progress(done, options.images.length, 'steps', name);
      }),
    );
    const verified = [...known.filter((id) => !ids.includes(id)), ...ids].slice(-KEPT_IDS);
    await journal.setFact(STATE_KEYS.verified, verified);
    const { version } = settings;
    const count = options.images.length;
    return {
      outcome: 'built',
      detail:
        again > 0
          ? { key: 'detail.verified-again', count, again, version }
          : { key: 'detail.verified', count, version },
    };
  },
});
