/** Fetches or copies chaintool to its place in ccenv's build context. */
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { shellWord } from '../core/shell-text.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { couchdbStage } from './couchdb.ts';
import { javaenvStage } from './javaenv.ts';
import { compiles } from './plan-scope.ts';
import { sourceStage } from './source.ts';
import { writePayload } from './write-payload.ts';

const FETCH_MS = 120_000;

function unreadable(from: string, got: string): WizardFailure {
  return new WizardFailure({
    kind: 'check',
    what: `chaintool ${from}`,
    expected: { key: 'state.readable-file' },
    got,
  });
}

/** @throws WizardFailure `check` */
async function opened(from: string): Promise<Readable> {
  const file = await open(from).catch((error: Error) => {
    throw unreadable(from, error.message);
  });
  return file.createReadStream();
}

/** @throws WizardFailure `check`; CancelledError */
async function fetched(from: string, signal: AbortSignal): Promise<Readable> {
  const response = await fetch(from, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]),
  }).catch((error: Error) => {
    if (signal.aborted) throw new CancelledError();
    throw unreadable(from, error.message);
  });
  // Fabric 1.0.0's `curl -L` stores an error page as the tool.
  if (!response.ok || !response.body) throw unreadable(from, `HTTP ${response.status}`);
  return Readable.from(response.body);
}

export const chaintoolStage = defineStage({
  id: 'chaintool',
  topic: { group: 'build-stages', aliases: ['CAR'], see: ['image.ccenv'] },
  needs: [sourceStage, couchdbStage, javaenvStage],
  isIncluded: (input) => input.observed.chaintool !== undefined && compiles(input),
  decide: ({ observed: { chaintool } }) =>
    chaintool?.present
      ? cached({ key: 'cause.present', what: chaintool.from })
      : run({ key: 'cause.requested' }),
  cost: () => ({ seconds: 3, cores: 0, memoryMb: 0 }),
  execute: async ({ config, stateDir, signal, report }) => {
    const from = config.chaintool ?? '';
    const target = payloadPaths(stateDir).chaintool;
    const isRemote = /^https?:\/\//.test(from);
    report.command(
      (isRemote ? ['curl', '-fLo', target, from] : ['cp', from, target]).map(shellWord).join(' '),
    );
    await writePayload(target, isRemote ? await fetched(from, signal) : await opened(from), signal);
    const detail = isRemote ? ({ key: 'detail.bytes', count: (await stat(target)).size } as const) : from;
    return { outcome: 'built', detail };
  },
});
