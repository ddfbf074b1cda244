import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../scripts/command-line.mjs';
import { parseArguments } from '../../../scripts/engines/arguments.mjs';
import { cacheName } from '../../../scripts/engines/go-cache.mjs';
import { contents, leftovers } from '../../../scripts/engines/leftovers.mjs';
import { markdownText, tableText } from '../../../scripts/engines/report.mjs';
import { failedRow } from '../../../scripts/engines/row.mjs';
import { mirrorIn } from '../../../scripts/engines/system.mjs';
import { ENGINES } from '../../../scripts/engines/table.mjs';
import { goCacheName } from '../../../src/pipeline/images/go-cache.ts';

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

  const full = {
    listContainers: async () => [{ Names: ['/fw-a-peer'] }],
    listVolumes: async () => ({ Volumes: [{ Name: 'v' }] }),
    listNetworks: async () => [{ Name: 'bridge' }, { Name: 'fw-a' }],
    listImages: async () => [
      { RepoTags: ['a:1'] },
      { Id: 'sha256:0123456789abcdef', RepoTags: ['<none>:<none>'] },
      { Id: 'sha256:fedcba9876543210', RepoTags: null },
    ],
  };
  const empty = {
    listContainers: async () => [],
    listVolumes: async () => ({ Volumes: null }),
    listNetworks: async () => [{ Name: 'host' }],
    listImages: async () => [],
  };

  it('lists everything that an engine has, but not its own networks', async () => {
    expect(await contents(full)).toEqual([
      'container /fw-a-peer',
      'volume v',
      'network fw-a',
      'image a:1',
      'untagged image 0123456789ab',
      'untagged image fedcba987654',
    ]);
    expect(await contents(empty)).toEqual([]);
  });

  it('blames a row for what it leaves, and not for what an earlier row left', async () => {
    expect(await leftovers(full, await contents(empty))).toEqual(await contents(full));
    expect(await leftovers(full, ['volume v', 'untagged image fedcba987654', 'image b:1'])).toEqual([
      'container /fw-a-peer',
      'network fw-a',
      'image a:1',
      'untagged image 0123456789ab',
    ]);
  });

  it('copies the Go build cache to the volume that the program mounts', () => {
    const id = `sha256:${'0123456789abcdef'.repeat(4)}`;
    expect(cacheName(id)).toBe(goCacheName(id));
  });
});

describe('the results', () => {
  const green = {
    engine: 'podman',
    engineVersion: 'Podman Engine 5.8.6, API 1.24–1.44',
    tag: 'sample',
    outcome: 'green',
    left: [] as string[],
    date: '2026-11-29T10:00:00Z',
    steps: { up: { seconds: 21 }, rebuild: { seconds: 17 }, clean: { seconds: 15 } },
  };
  const failed = {
    ...green,
    tag: '1.4.12',
    outcome: 'failed',
    failed: 'clean',
    reason: { title: 'the engine has more than before' },
    left: ['volume v'],
  };
  const machine = {
    ...{ cpu: 'cpu', cores: 2, memoryGb: 8, kernel: '6.1', engine: '20.10', compose: '1.29', node: '20.1' },
  };

  it('have a row for each release of an engine that does not start', () => {
    const [engine] = ENGINES.filter(({ name }) => name === 'docker-rootless');
    const rows = engine?.releases.map((tag) => failedRow(engine, tag, new Error('no /dev/net/tun'))) ?? [];
    expect(rows).not.toEqual([]);
    for (const row of rows) expect(row).toMatchObject({ outcome: 'failed', failed: 'start', left: [] });
    expect(tableText(rows)).toContain('no /dev/net/tun');
    expect(markdownText({ machine, engines: ENGINES, rows })).toContain(
      '- docker-rootless, sample: no /dev/net/tun',
    );
  });

  it('are a table with the reason of each failure', () => {
    expect(tableText([green, failed])).toContain('left: volume v');
    const page = markdownText({ machine, engines: ENGINES, rows: [green, failed] });
    expect(page).toContain('`npm run engines`, 2026-11-29: 1 of 2 rows green.');
    expect(page).toContain('| podman | sample | green | 21 s | 17 s | 15 s |');
    expect(page).toContain('| podman | 1.4.12 | failed: clean |');
    expect(page).toContain('- podman, 1.4.12: the engine has more than before\n  left: volume v');
    expect(page).toContain('| podman | Podman, rootful | Podman Engine 5.8.6, API 1.24–1.44 |');
  });
});
