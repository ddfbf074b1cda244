import { describe, expect, it } from 'vitest';
import type { RemovalItem, User } from '../../../src/pipeline/core/removal-item.ts';
import { renderCounts, renderKept, renderRemovals } from '../../../src/report/removal-text.ts';
import { createStyle } from '../../../src/report/style.ts';

const plain = createStyle({ colour: false, unicode: true });

function image(name: string, usedBy: readonly User[] = []) {
  return { kind: 'image', name, about: 'built', usedBy } as const;
}

describe('the list of what is removed', () => {
  it('has a line for each item', () => {
    const item = { kind: 'container', name: 'peer0', detail: 'running', usedBy: [] } as const;
    expect(renderRemovals([item], plain)).toBe('KIND       NAME\ncontainer  peer0  running');
    expect(renderRemovals([], plain)).toBe('Nothing to remove.');
  });
});

describe('at a terminal that is too narrow for the table', () => {
  const hash = '0123456789abcdef'.repeat(4);
  const items = [
    { kind: 'container', name: 'demo-peer0.org1.example.com', detail: 'Up 5 minutes', usedBy: [] },
    { kind: 'container', name: 'demo-cli', detail: 'Up 5 minutes', usedBy: [] },
    { kind: 'volume', name: 'demo-26a9b8-peer0.org1.example.com', about: 'ledger', usedBy: [] },
    { kind: 'image', name: `demo-peer0-cc-1.0-${hash}:latest`, about: 'chaincode', usedBy: [] },
  ] as const;

  it('each name has a line of its own, below its kind', () => {
    const lines = renderRemovals(items, plain, 60).split('\n');
    expect(lines).toEqual([
      '2 containers',
      '  demo-peer0.org1.example.com',
      '  demo-cli',
      '1 volume (ledger)',
      '  demo-26a9b8-peer0.org1.example.com',
      '1 image (chaincode)',
      '  demo-peer0-cc-1.0-0123456789ab…:latest',
    ]);
    expect(renderRemovals(items, plain).split('\n')[0]).toMatch(/^KIND +NAME/);
  });

  it('the question repeats how much it is', () => {
    expect(renderCounts(items, plain)).toBe('2 containers, 1 volume, 1 image');
  });

  it('a reason that several items share is said once', () => {
    const users: readonly User[] = [{ kind: 'project', name: 'b', running: true }];
    const kept = ['acme/fabric-ccenv:1', 'acme/fabric-peer:1'].map((name) => ({ item: image(name, users) }));
    expect(renderKept(kept, plain, 40)).toContain(
      'project b (its network runs)\n  image acme/fabric-ccenv:1\n  image acme/fabric-peer:1',
    );
  });
});

describe('the list of what stays', () => {
  it('is absent if everything is removed', () => {
    expect(renderKept([], plain)).toEqual([]);
  });

  it('says who uses each item, and how an image can be removed all the same', () => {
    const users: readonly User[] = [
      { kind: 'project', name: 'b', running: true },
      { kind: 'container', name: 'web', composeProject: undefined },
    ];
    expect(renderKept([{ item: image('acme/fabric-ccenv:1', users) }], plain).join('\n')).toBe(
      [
        '',
        'These stay, because something else uses them:',
        'KIND   NAME                 USED BY',
        'image  acme/fabric-ccenv:1  project b (its network runs); container web, not created by fabric-wizard',
        'Use --force to remove these images too.',
        '',
      ].join('\n'),
    );
  });

  it('says what helps against a network that the engine does not remove', () => {
    const item: RemovalItem = { kind: 'network', name: 'fw-x', usedBy: [] };
    const refusal = 'network fw-x id 43b8 has active endpoints';
    const shown = (disconnect: readonly string[]) =>
      renderKept([{ item, refusal, disconnect }], plain).join('\n');
    const unknown = shown([]);
    expect(unknown).toContain('The engine has not removed these:');
    expect(unknown).toContain(`network  fw-x  ${refusal}`);
    expect(unknown).toContain('No container is connected to fw-x');
    expect(unknown).not.toContain('something else');
    expect(shown(['docker network disconnect --force fw-x fw-x-cli'])).toContain(
      '\n  docker network disconnect --force fw-x fw-x-cli\n',
    );
  });

  it('quotes the engine if it refused a removal, and offers no flag that does not help', () => {
    const kept = [{ item: image('acme/fabric-ccenv:1'), refusal: 'conflict: in use' }];
    const text = renderKept(kept, plain).join('\n');
    expect(text).toContain('image  acme/fabric-ccenv:1  conflict: in use');
    expect(text).not.toContain('--force');
  });
});
