/** An addition is refused where the configuration would change nodes that it must leave as they are. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { ChangedNode } from '../../../../src/pipeline/network/compose-changes.ts';
import { requireSameNetwork } from '../../../../src/pipeline/run/prepare.ts';
import { settled } from '../../../support/plans.ts';

async function refusal(changed: readonly ChangedNode[]) {
  const request = {
    dir: process.cwd(),
    config: await loadConfig({ dir: '/nowhere', flags: {} }),
    goal: { until: 'add', force: false, binaries: false, smoke: false },
  } as const;
  try {
    requireSameNetwork({ network: { ...settled.network, artifacts: 'changed', changed } }, request);
    return undefined;
  } catch (error) {
    return (error as { failure: unknown }).failure;
  }
}

it('names the nodes, what of them differs, and the commands that apply it', async () => {
  const changed = [
    { node: 'orderer.example.com', keys: ['ports'] },
    { node: 'gateway', keys: ['image', 'labels'] },
  ];
  expect(await refusal(changed)).toMatchObject({
    kind: 'usage',
    message: {
      key: 'usage.add-changes',
      nodes: 'orderer.example.com (ports), gateway (image, labels)',
    },
    next: ['fabric-wizard up --dry-run', 'fabric-wizard up --yes', 'fabric-wizard config'],
  });
});

it('lets an addition run that changes nothing else', async () => {
  expect(await refusal([])).toBeUndefined();
});
