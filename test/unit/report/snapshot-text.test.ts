/** Texts of the snapshot commands. */
import { describe, expect, it } from 'vitest';
import {
  renderReplaced,
  renderRestored,
  renderSaved,
  renderSnapshots,
} from '../../../src/report/snapshot-text.ts';
import { createStyle } from '../../../src/report/style.ts';

const style = createStyle({ colour: false, unicode: true, given: ['--dir other'] });

describe('renderSnapshots', () => {
  it('shows what is known of snapshots and of replaced networks', () => {
    const at = new Date(2026, 10, 9, 8, 5).getTime();
    const channels = [
      { name: 'one', height: 1 },
      { name: 'two', height: 12 },
    ];
    const lines = renderSnapshots(
      [
        {
          name: 'base',
          kind: 'snapshot',
          instance: 'decade',
          at,
          bytes: 1_500_000,
          version: '2.5.12',
          channels,
        },
        {
          ...{ name: 'c0ffee', kind: 'replaced', instance: 'c0ffee', at: undefined, bytes: undefined },
          ...{ version: undefined, channels: [{ name: 'one', height: undefined }] },
        },
      ],
      style,
      undefined,
    ).split('\n');
    expect(lines).toEqual([
      'NAME    SAVED             SIZE    RELEASE  CHANNELS',
      'base    2026-11-09 08:05  1.5 MB  2.5.12   one 1 block, two 12 blocks',
      'c0ffee  replaced                           one',
    ]);
  });

  it('says how to save the first one', () => {
    expect(renderSnapshots([], style, undefined)).toContain('fabric-wizard snapshot save NAME');
  });
});

describe('renderSaved', () => {
  it('leaves out heights that nobody could ask', () => {
    expect(renderSaved('base', { bytes: 1000, heights: {} }, 1.5, style)).toBe(
      '✓ snapshot base saved: 1.0 kB; the nodes were paused for 1.5 s',
    );
  });
});

describe('renderReplaced', () => {
  it('says where the network is, and the commands for it, with the flags that select the folder', () => {
    expect(renderReplaced({ instance: 'c0ffee', ledgers: 1 }, 'networks/c0ffee', style)).toEqual([
      'The replaced network c0ffee is kept: its files in networks/c0ffee, and its 1 ledger in its volume. The first command returns to it, the second removes it:',
      '  fabric-wizard snapshot restore c0ffee --dir other',
      '  fabric-wizard snapshot remove c0ffee --dir other',
    ]);
  });
});

describe('renderRestored', () => {
  it('says which services do not run, and how each is started', () => {
    const services = [
      { chaincode: 'basic', path: '/b', command: 'fabric-wizard chaincode deploy /b --service --name basic' },
      { chaincode: 'gone', path: '/gone' },
    ];
    const restored = renderRestored('base', { heights: {}, seconds: 9, services }, style);
    expect(restored.split('\n')).toEqual([
      '✓ snapshot base restored in 9.0 s; all nodes are ready',
      '! The process of basic does not run. To start it:',
      '  fabric-wizard chaincode deploy /b --service --name basic --dir other',
      expect.stringMatching(/^! The process of gone does not run, and its folder \/gone does not exist\./),
    ]);
  });
});
