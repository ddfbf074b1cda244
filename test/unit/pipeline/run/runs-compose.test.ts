/** Which plans need compose: those that start nodes, Prometheus included. */
import { expect, it } from 'vitest';
import { runsCompose } from '../../../../src/pipeline/run/compose-lookup.ts';
import { planFor, settled, UP } from '../../../support/plans.ts';

const metrics = { ref: 'acme/prometheus:1', present: true, runs: true };

it.each([
  ['nothing to start', { ...settled, metrics }, false],
  ['a Prometheus that is down', { ...settled, metrics: { ...metrics, runs: false } }, true],
  ['a node that is down', { ...settled, network: { ...settled.network, down: ['cli'] } }, true],
])('%s', (_, observed, needed) => {
  expect(runsCompose(planFor(observed, UP))).toBe(needed);
});
