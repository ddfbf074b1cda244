/** `doctor` against engines that hang. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { DoctorReport } from '../../../../src/pipeline/core/doctor-report.ts';
import { runDoctor } from '../../../../src/pipeline/doctor/doctor.ts';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { PACKAGE, SAMPLE } from '../../../support/wizard.ts';

const VERSION = { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' };

/** Returns the report for an engine that only answers requests for these paths. */
async function reportWith(answered: readonly string[], engineMs: number): Promise<DoctorReport> {
  const dir = await tempDir();
  const path = join(dir, 'engine.sock');
  const server = createServer(({ url = '' }, response) => {
    if (answered.some((each) => url.endsWith(each))) response.end(JSON.stringify(VERSION));
  });
  await new Promise<void>((listening) => server.listen(path, listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const docker = new DockerPort({ endpoint: `unix://${path}`, origin: { kind: 'variable' } });
  const { values: config } = await loadConfig({ dir, flags: { source: SAMPLE } });
  const state = recordedState(emptyWizardState);
  const input = { docker, dir, project: 'fw-unit', config, packageDir: PACKAGE, state };
  return runDoctor(input, { engineMs, allMs: 1500 });
}

function statuses({ checks }: DoctorReport): Record<string, string> {
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
}

it('an engine that accepts connections and never answers is a failed check', async () => {
  const report = await reportWith([], 700);
  expect(report.ok).toBe(false);
  expect(statuses(report)).toMatchObject({ engine: 'fail', folder: 'ok' });
});

it('what an engine does not answer is unknown, and the machine is not ready', async () => {
  const report = await reportWith(['/version'], 1000);
  expect(report.ok).toBe(false);
  expect(statuses(report)).toMatchObject({ engine: 'ok', disk: 'unknown', work: 'unknown' });
  expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
});
