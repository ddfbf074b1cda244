/** Commands that change the network or its images do so only while no other command works in the folder. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { terminalOf } from '../../../src/commands/command-tree.ts';
import { actOnNode } from '../../../src/commands/node-service.ts';
import { applyRepair } from '../../../src/commands/resolve-fix.ts';
import type { DockerPort } from '../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../src/pipeline/journal/journal.ts';
import { filesIn, tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

const { signal } = new AbortController();

/** The commands, each on an engine that records what it is asked to do. */
const COMMANDS: Readonly<Record<string, (docker: DockerPort, dir: string) => Promise<unknown>>> = {
  'node stop': (docker, dir) =>
    actOnNode({
      ...{ docker, dir, project: 'fw-x', node: 'orderer.example.com', action: 'stop', signal },
      container: { id: 'c1', state: 'running' },
    }),
  'resolve --fix': async (docker, dir) =>
    applyRepair(
      { docker, signal, flags: {}, terminal: await terminalOf({ dir }, PACKAGE) },
      { kind: 'tag', from: 'a:1', to: 'b:1' },
    ),
};

/** An engine that records the requests. */
function recording() {
  const requests: string[] = [];
  const docker: Partial<DockerPort> = {
    stopContainer: async (id) => void requests.push(`stop ${id}`),
    tag: async (from, to) => void requests.push(`tag ${from} ${to}`),
  };
  return { docker: docker as DockerPort, requests };
}

describe.each(Object.entries(COMMANDS))('%s', (_, command) => {
  it('is refused while another command works in the folder, and changes nothing', async () => {
    const dir = await tempDir();
    const journal = await openJournal(dir, { command: 'fabric-wizard up' });
    onTestFinished(() => journal.close());
    const { docker, requests } = recording();
    await expect(command(docker, dir)).rejects.toMatchObject({
      failure: { kind: 'locked', command: 'fabric-wizard up' },
    });
    expect(requests).toEqual([]);
  });

  it('works otherwise, and leaves no state folder where there was none', async () => {
    const dir = await tempDir();
    const { docker, requests } = recording();
    await command(docker, dir);
    expect(requests).toHaveLength(1);
    expect(await filesIn(dir)).toEqual(new Map());
  });
});
