/** What the user is told of a Prometheus that does not start. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { startMetrics } from '../../../../src/pipeline/network/metrics-start.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { inEnglish } from '../../../support/english.ts';
import { tempDir } from '../../../support/temp-dir.ts';

it.each([
  ['Bind for 0.0.0.0:7076 failed: port is already allocated', '--port-base'],
  ['listen tcp4 0.0.0.0:7076: bind: address already in use.', '--port-base'],
  ['manifest unknown', '--metrics-image'],
])('after %s, the advice is %s', async (line, flag) => {
  const { values } = await loadConfig({ dir: await tempDir(), flags: { metrics: true } });
  const release = releaseOf('2.5.12') ?? expect.fail();
  const spec = networkSpec(values, release, 'fw-x');
  const node = spec.metrics ?? expect.fail();
  const network = { spec } as unknown as Parameters<typeof startMetrics>[0];
  const failure = { kind: 'command', command: 'up', where: '.', exitCode: 1, tail: [line] } as const;
  const warning = await startMetrics(network, node, () => Promise.reject(new WizardFailure(failure)));
  const message = warning ?? expect.fail();
  const { title } = inEnglish({ kind: 'usage', message, next: [] });
  expect(title).toContain(flag);
  expect([...title.matchAll(/--(?:port-base|metrics-image)/g)]).toHaveLength(1);
});
