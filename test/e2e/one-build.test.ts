/** One peer builds the smoke test's chaincode for all, or each its own, as the engine's own events tell. */
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine, imageId, imageNames } from '../support/engine.ts';
import { type EndedRun, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-one-build';
const FIRST = 'peer0.org1.example.com';

let wizard: Wizard;

beforeAll(async () => {
  wizard = await wizardWith({ project: PROJECT, 'port-base': 25050, orgs: 2, peers: 2, source: 'sample' });
});

afterAll(async () => {
  await wizard?.dispose();
});

interface Watched {
  readonly run: EndedRun;
  /** How many containers the engine made of this network's builder image meanwhile. */
  readonly builders: number;
}

async function watched(...args: readonly string[]): Promise<Watched> {
  const stop = new AbortController();
  const events = (await engine.getEvents({
    filters: JSON.stringify({ type: ['container'], event: ['create'] }),
    abortSignal: stop.signal,
  })) as IncomingMessage;
  let said = '';
  events.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  events.on('error', () => undefined);
  try {
    const run = (await wizard.events(...args)).wentWell();
    const builders = said.split(`"image":"${wizard.dockerNs}/fabric-ccenv:1.4"`).length - 1;
    return { run, builders };
  } finally {
    stop.abort();
  }
}

function built({ run }: Watched): string[] {
  return run
    .one('smoke-result')
    .peers.filter((peer) => peer.built)
    .map(({ peer }) => peer);
}

/** Names of this network's chaincode images. */
async function chaincodeImages(): Promise<string[]> {
  return (await imageNames()).filter((name) => name.startsWith(`${PROJECT}-peer`));
}

describe('one build', () => {
  let first: Watched;

  beforeAll(async () => {
    first = await watched('up', '--yes');
  });

  it('is all that four peers need, and each answers', () => {
    expect(first.builders).toBe(1);
    expect(built(first)).toEqual([FIRST]);
    const { ok, peers } = first.run.one('smoke-result');
    expect(ok).toBe(true);
    expect(peers).toHaveLength(4);
    for (const peer of peers) expect(peer).toMatchObject({ before: '100', after: '90', ok: true });
  });

  it('runs on every peer, under the name that the peer looks for', async () => {
    const { peers } = first.run.one('smoke-result');
    const build = await imageId(peers.find(({ peer }) => peer === FIRST)?.image ?? '');
    expect(build).toBeDefined();
    for (const { container, image } of peers) {
      const { Config, Image } = await engine.getContainer(container).inspect();
      expect(Config.Image).toBe(image);
      expect(Image).toBe(build);
    }
    expect(new Set(peers.map(({ image }) => image)).size).toBe(4);
  });
});

describe('--prove-every-peer', () => {
  it('lets every peer build, and the run after it does not inherit that', async () => {
    const every = await watched('smoke', '--prove-every-peer');
    expect(every.builders).toBe(4);
    expect(built(every)).toHaveLength(4);
    expect(every.run.one('smoke-result').ok).toBe(true);
    expect(await chaincodeImages()).toEqual([]);

    const next = await watched('smoke');
    expect(next.builders).toBe(1);
    expect(built(next)).toEqual([FIRST]);
  });

  it('is not needed to leave no image behind, under none of its names', async () => {
    expect(await chaincodeImages()).toEqual([]);
  });
});
