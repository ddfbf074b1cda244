import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../../src/pipeline/engine/engine-types.ts';
import {
  type BuildWatch,
  type SeenBuild,
  watchEvents,
  watchRecord,
  withShared,
} from '../../../../src/pipeline/stages/seen-builds.ts';

type Watched = Parameters<typeof watchRecord>[0];

/** Returns the context of a watch whose engine reports these lines of the gateway, and then nothing more. */
function recordContext(lines: readonly unknown[]) {
  const logged: string[] = [];
  const warned: unknown[] = [];
  const docker = {
    followLog: async (
      _: string,
      { onLine, signal }: { onLine: (line: string) => void; signal: AbortSignal },
    ) => {
      for (const line of lines)
        onLine(
          typeof line === 'string'
            ? line
            : JSON.stringify({ time: '2026-11-29T11:34:12Z', ...(line as object) }),
        );
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const report = {
    log: (line: string) => logged.push(line),
    warn: (code: string, message: unknown) => warned.push([code, message]),
  };
  const context = { docker, report, signal: new AbortController().signal } as unknown as Watched;
  return { context, logged, warned };
}

const IMAGES = ['net-peer0-cc', 'net-peer1-cc'];
const ours = new Set(IMAGES);
const builder = { builder: 'ns/ccenv:1', builderId: 'sha256:ccenv' };
const runtime = { runtime: 'ns/baseos:1', runtimeId: 'sha256:baseos' };

describe('watchRecord', () => {
  it('returns for each image the ids of the images that its build used', async () => {
    const { context } = recordContext([
      'panic: not a line of the record',
      {
        type: 'image',
        peer: 'peer0',
        image: 'net-peer0-cc',
        imageId: 'sha256:a',
        seconds: 1,
        ...builder,
        ...runtime,
      },
      {
        type: 'image',
        peer: 'peer1',
        image: 'net-peer1-cc',
        imageId: 'sha256:a',
        from: 'peer0',
        seconds: 1,
        ...builder,
        ...runtime,
      },
      {
        type: 'image',
        peer: 'peer1',
        image: 'net-peer1-other',
        imageId: 'sha256:b',
        seconds: 1,
        ...builder,
        ...runtime,
      },
    ]);
    const watch = watchRecord(context, ['gateway'], ours);
    const common = { builderId: 'sha256:ccenv', runtimeId: 'sha256:baseos', imageId: 'sha256:a' };
    expect(Object.fromEntries(await watch.seen(IMAGES))).toEqual({
      'net-peer0-cc': { ...common, from: undefined },
      'net-peer1-cc': { ...common, from: 'peer0' },
    });
    watch.stop();
  });

  it('tells that the program is from an earlier run', async () => {
    const { context, logged } = recordContext([
      { type: 'compile', peer: 'peer0', image: 'net-peer0-cc', container: 'c0', ...builder },
      {
        ...{ type: 'compiled', peer: 'peer0', container: 'c0', exitCode: 0, seconds: 0, ...builder },
        builtAt: '2026-11-29T10:00:00Z',
      },
      {
        ...{ type: 'image', peer: 'peer0', image: 'net-peer0-cc', imageId: 'sha256:a', seconds: 1 },
        ...{ ...builder, ...runtime, key: '0123456789ab', builtAt: '2026-11-29T10:00:00Z' },
      },
    ]);
    const watch = watchRecord(context, ['gateway'], ours);
    const seen = await watch.seen(['net-peer0-cc']);
    expect(seen.get('net-peer0-cc')?.earlier).toEqual({ at: '2026-11-29T10:00:00Z', record: '0123456789ab' });
    expect(logged).toContain('peer0 gets the program that ns/ccenv:1 ccenv compiled on 2026-11-29T10:00:00Z');
    watch.stop();
  });

  it('shows the progress of its own builds, and every refusal since it began', async () => {
    const refused = {
      type: 'refused',
      peer: 'peer0',
      request: 'POST /exec',
      reason: 'a peer does not need it',
    };
    const { context, logged, warned } = recordContext([
      { ...refused, time: '2026-01-01T00:00:00Z' },
      { type: 'compile', peer: 'peer0', image: 'net-peer0-cc', container: 'c0', ...builder },
      { type: 'compile', peer: 'peer0', image: 'net-peer0-other', container: 'c1', ...builder },
      { type: 'output', peer: 'peer0', container: 'c0', line: 'go: warning' },
      { type: 'output', peer: 'peer0', container: 'c1', line: 'not shown' },
      { type: 'compiled', peer: 'peer0', container: 'c0', exitCode: 0, seconds: 3.21, ...builder },
      { ...refused, time: new Date().toISOString() },
    ]);
    const watch = watchRecord(context, ['gateway'], ours);
    expect(logged).toEqual([
      'peer0 asks for a compile in ns/ccenv:1 ccenv',
      'peer0 | go: warning',
      'peer0 compiled in 3.2 s with exit code 0',
      'refused peer0 POST /exec: a peer does not need it',
    ]);
    const { type: _, ...facts } = refused;
    expect(warned).toEqual([['gateway-refused', { key: 'warning.gateway-refused', ...facts }]]);
    watch.stop();
  });

  it('fails at once if the gateway ends before all builds were seen', async () => {
    const docker = { followLog: async () => undefined };
    const context = { docker, report: {}, signal: new AbortController().signal } as unknown as Watched;
    const failure = await watchRecord(context, ['gateway'], ours)
      .seen(IMAGES)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      failure: {
        kind: 'check',
        what: 'gateway',
        expected: { key: 'state.running' },
        got: { key: 'state.ended' },
      },
    });
  });
});

describe('withShared', () => {
  it('adds the images of peers on other machines, which no gateway has seen, as those of the peer that built', async () => {
    const asked: (readonly string[])[] = [];
    const build: SeenBuild = { builderId: 'sha256:ccenv', imageId: 'sha256:a' };
    const own: BuildWatch = {
      seen: async (images) => {
        asked.push(images);
        return new Map(images.map((image) => [image, build]));
      },
      stop: () => undefined,
    };
    const built = { image: 'net-peer0-cc', peer: 'peer0' };
    const seenOf = async (watch: BuildWatch) => Object.fromEntries(await watch.seen(IMAGES));
    expect(await seenOf(withShared(own, ['net-peer1-cc'], built))).toEqual({
      'net-peer0-cc': build,
      'net-peer1-cc': { ...build, from: 'peer0' },
    });
    expect(asked).toEqual([['net-peer0-cc']]);
    // What was not built is not shared.
    expect(await seenOf(withShared(own, ['net-peer1-cc'], { image: 'other', peer: 'peer9' }))).toEqual({
      'net-peer0-cc': build,
    });
    expect(withShared(own, [], built)).toBe(own);
  });
});

/** Returns what is seen of these events, where every container has the image of its id. */
async function seen(events: readonly Pick<EngineEvent, 'type' | 'action' | 'id' | 'attributes'>[]) {
  const docker = {
    watchEvents: async (_: unknown, onEvent: (event: EngineEvent) => void) => {
      for (const event of events) onEvent(event);
      return () => undefined;
    },
    containerImage: async (id: string) => ({ id: id.split('/')[0] }),
  };
  const watch = await watchEvents({ docker } as unknown as Watched, 'ns/ccenv:1');
  return Object.fromEntries(await watch.seen(IMAGES));
}

const created = (image: string, id: string) => ({
  type: 'container',
  action: 'create',
  id,
  attributes: { image },
});
const tagged = (name: string) => ({ type: 'image', action: 'tag', id: 'sha256:a', attributes: { name } });

describe('watchEvents', () => {
  it('returns the image of the builders for every image that got its name', async () => {
    const events = [created('ns/ccenv:1', 'sha256:ccenv/1'), tagged('net-peer0-cc:latest')];
    expect(await seen(events)).toEqual({ 'net-peer0-cc': { builderId: 'sha256:ccenv' } });
  });

  it.each([
    [
      'builders had different images',
      [created('ns/ccenv:1', 'sha256:a/1'), created('ns/ccenv:1', 'sha256:b/1')],
    ],
    ['there was no builder', []],
    ['the builder had another name', [created('ns/other:1', 'sha256:a/1')]],
  ])('names no builder if %s', async (_, events) => {
    expect(await seen([...events, tagged('net-peer0-cc:latest')])).toEqual({
      'net-peer0-cc': { builderId: '' },
    });
  });

  it('names no builder if there were fewer builders than images', async () => {
    const events = [created('ns/ccenv:1', 'sha256:a/1'), ...IMAGES.map((image) => tagged(`${image}:latest`))];
    expect(Object.values(await seen(events))).toEqual([{ builderId: '' }, { builderId: '' }]);
  });
});
