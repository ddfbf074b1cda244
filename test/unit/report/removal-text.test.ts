import { describe, expect, it } from 'vitest';
import type { User } from '../../../src/pipeline/core/removal-item.ts';
import { renderKept, renderRemovals } from '../../../src/report/removal-text.ts';
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

  it('quotes the engine if it refused a removal, and offers no flag that does not help', () => {
    const kept = [{ item: image('acme/fabric-ccenv:1'), refusal: 'conflict: in use' }];
    const text = renderKept(kept, plain).join('\n');
    expect(text).toContain('image  acme/fabric-ccenv:1  conflict: in use');
    expect(text).not.toContain('--force');
  });
});
