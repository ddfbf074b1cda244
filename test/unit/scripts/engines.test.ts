import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../scripts/command-line.mjs';
import { parseArguments } from '../../../scripts/engines/arguments.mjs';
import { leftovers } from '../../../scripts/engines/leftovers.mjs';
import { markdownText, tableText } from '../../../scripts/engines/report.mjs';
import { mirrorIn } from '../../../scripts/engines/system.mjs';
import { ENGINES } from '../../../scripts/engines/table.mjs';

const FABRIC = ['--fabric', '/fabric.git'];

function rowsOf(...args: string[]) {
  const { rows } = parseArguments([...FABRIC, ...args]);
  return rows?.map(({ engine, tag }) => `${engine.name} ${tag}`);
}

describe('npm run engines', () => {
  it('does the rows of the named engines and releases, in the order of the table', () => {
    expect(rowsOf()).toHaveLength(ENGINES.flatMap(({ releases }) => releases).length);
    expect(rowsOf('--only', 'podman,docker', '--releases', '2.5.16')).toEqual([
      'docker 2.5.16',
      'podman 2.5.16',
    ]);
  });

  it.each([
    [[], '--fabric is missing'],
    [[...FABRIC, '--only', 'lxc'], 'unknown engine lxc'],
    [
      [...FABRIC, '--only', 'podman', '--releases', '3.1.5'],
      'no engine of the table has one of these releases',
    ],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(UsageError);
    expect(() => parseArguments(args)).toThrow(message);
  });

  it('takes the package mirror of the machine, in both formats of sources', () => {
    const security = 'URIs: http://mirror/debian-security\nSuites: bookworm-security\n';
    expect(mirrorIn([security, 'Types: deb\n# http://old/debian\nURIs: http://mirror/debian\n'])).toBe(
      'http://mirror/debian',
    );
    expect(mirrorIn(['deb [signed-by=/k] https://mirror/debian bookworm main\n'])).toBe(
      'https://mirror/debian',
    );
    expect(mirrorIn(['deb http://mirror/ubuntu jammy main\n'])).toBeUndefined();
  });

  it('lists everything that is left on an engine but its own networks', async () => {
    const engine = {
      listContainers: async () => [{ Names: ['/fw-a-peer'] }],
      listVolumes: async () => ({ Volumes: [{ Name: 'v' }] }),
      listNetworks: async () => [{ Name: 'bridge' }, { Name: 'fw-a' }],
      listImages: async () => [{ RepoTags: ['a:1'] }, { RepoTags: ['<none>:<none>'] }, { RepoTags: null }],
    };
    expect(await leftovers(engine)).toEqual([
      'container /fw-a-peer',
      'volume v',
      'network fw-a',
      'image a:1',
      '2 untagged images',
    ]);
    const empty = {
      listContainers: async () => [],
      listVolumes: async () => ({ Volumes: null }),
      listNetworks: async () => [{ Name: 'host' }],
      listImages: async () => [],
    };
    expect(await leftovers(empty)).toEqual([]);
  });
});

describe('the results', () => {
  const green = {
    engine: 'podman',
    engineVersion: 'Podman Engine 5.8.6, API 1.24–1.44',
    tag: 'sample',
    outcome: 'green',
    date: '2026-11-29T10:00:00Z',
    steps: { up: { seconds: 21 }, rebuild: { seconds: 17 }, clean: { seconds: 15 } },
  };
  const failed = {
    ...green,
    tag: '1.4.12',
    outcome: 'failed',
    failed: 'clean',
    reason: { title: 'left: volume v' },
  };
  const machine = {
    ...{ cpu: 'cpu', cores: 2, memoryGb: 8, kernel: '6.1', engine: '20.10', compose: '1.29', node: '20.1' },
  };

  it('are a table with the reason of each failure', () => {
    expect(tableText([green, failed])).toContain('left: volume v');
    const page = markdownText({ machine, engines: ENGINES, rows: [green, failed] });
    expect(page).toContain('`npm run engines`, 2026-11-29: 1 of 2 rows green.');
    expect(page).toContain('| podman | sample | green | 21 s | 17 s | 15 s |');
    expect(page).toContain('| podman | 1.4.12 | failed: clean |');
    expect(page).toContain('- podman, 1.4.12: left: volume v');
    expect(page).toContain('| podman | Podman, rootful | Podman Engine 5.8.6, API 1.24–1.44 |');
  });
});
