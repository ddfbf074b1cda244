/** Compiles the gateway in the builder image, and makes an image that contains nothing else. */
import type { StageContext } from '../context/run-context.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import { packTar, unpackTar } from '../engine/tar-context.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import type { GatewayImage } from '../images/gateway-image.ts';
import { requireImage } from '../images/require-image.ts';
import { baseBuilderStage } from './base-images.ts';
import { FASTER_COMPILER, runInBuilderAt } from './go-builder.ts';
import { usesGateway } from './plan-scope.ts';
import { sourceStage } from './source.ts';

const FOLDER = '/gateway';
const PROGRAM = '/tmp/gateway';
const COMMAND = ['go', 'build', '-ldflags', '-s -w', '-o', PROGRAM];

/** Before 1.13 go has no `-trimpath`. `$@` is the command. */
const SCRIPT = `
set -eu
if go help build | grep -q trimpath; then export GOFLAGS=-trimpath; fi
exec "$@"
`;

/** @returns the program. @throws WizardFailure `command` */
async function compile(context: StageContext, { sources }: GatewayImage): Promise<Buffer> {
  const { settings, report } = context;
  const go = { CGO_ENABLED: '0', GO111MODULE: 'off', GOFLAGS: '', GOOS: 'linux', GOARCH: settings.goArch };
  const env = { ...go, ...FASTER_COMPILER };
  return runInBuilderAt(
    context,
    { binds: [], workdir: FOLDER, env },
    {
      script: SCRIPT,
      args: COMMAND,
      command: COMMAND,
      inputs: sources.map((file) => ({ ...file, name: `${FOLDER.slice(1)}/${file.name}` })),
      onLine: report.log,
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0)
        throw new WizardFailure({
          kind: 'command',
          command: shellLine(COMMAND),
          where: { key: 'where.builder', image: settings.builderImage, dir: FOLDER },
          exitCode,
          tail: report.tail(),
        });
      const [file] = await unpackTar(await archive(PROGRAM));
      if (!Buffer.isBuffer(file?.content)) throw new Error(`${PROGRAM} is not a file`);
      return file.content;
    },
  );
}

/** Folder that the gateway writes to. Without capabilities it can make none itself: Podman makes the root folder read-only. */
const OUTPUTS = 'outputs';

async function importProgram(
  { docker, report, signal }: StageContext,
  { ref, fingerprint }: GatewayImage,
  program: Buffer,
): Promise<void> {
  // Without the label of a project: every project on the engine uses it.
  const labels = { [LABEL.origin]: 'gateway', [LABEL.fingerprint]: fingerprint };
  const changes = [
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`),
    'ENTRYPOINT ["/gateway"]',
  ];
  const options = changes.flatMap((change) => ['--change', change]);
  report.command(`${dockerCommand('import', ...options, '-', ref)} < gateway.tar`);
  const tar = packTar([
    { name: 'gateway', content: program, mode: 0o755 },
    { name: `${OUTPUTS}/.keep`, content: '' },
  ]);
  await docker.importImage(tar, ref, { changes, signal });
}

export const gatewayStage = defineStage({
  id: 'gateway',
  topic: {
    group: 'build-stages',
    aliases: ['--gateway', '--no-gateway', 'engine gateway'],
    see: ['CORE_VM_ENDPOINT', 'builds', 'compose'],
  },
  needs: [sourceStage, baseBuilderStage],
  isIncluded: usesGateway,
  decide: ({ observed: { gateway } }) => {
    const what = gateway?.ref ?? '';
    return gateway?.present ? cached({ key: 'cause.present', what }) : run({ key: 'cause.missing', what });
  },
  // The few seconds of its compile are no reason to wait for the end of the compile stage.
  cost: () => ({ seconds: 15, cores: 0, memoryMb: 0, engineBytes: 8e6 }),
  checks: ['engine', 'context', 'architecture', 'go', 'disk'],
  execute: async (context) => {
    const { docker, gateway } = context;
    if (!gateway) throw new Error('the network has no gateway');
    const { ref } = gateway.image;
    const present = await docker.inspectImage(ref);
    if (!present) {
      const program = await compile(context, gateway.image);
      // A run of another project may have made it meanwhile. A second import would take its name away.
      if (!(await docker.inspectImage(ref))) await importProgram(context, gateway.image, program);
    }
    const { id } = present ?? (await requireImage(docker, ref));
    return { outcome: present ? 'cached' : 'built', detail: `${ref} ${shortId(id)}` };
  },
});
