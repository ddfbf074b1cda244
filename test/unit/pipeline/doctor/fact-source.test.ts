/** The network that the checks of `doctor` are about. */
import { expect, it } from 'vitest';
import type { DoctorFacts } from '../../../../src/pipeline/doctor/doctor-facts.ts';
import { FactSource, type Probes } from '../../../../src/pipeline/doctor/fact-source.ts';
import { networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { cryptoFingerprint } from '../../../../src/pipeline/network/network-plan.ts';
import { addressInside, firstOrderer } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { newProject } from '../../../support/observed-project.ts';
import { PACKAGE } from '../../../support/wizard.ts';

/** A project with a network on other ports than those of the configuration, whose nodes collect metrics. */
async function made() {
  const project = await newProject();
  const context = await project.context({ flags: { portBase: '17050' } });
  const { spec, stateDir, source } = context;
  await writeCertificates(networkDir(stateDir), spec);
  await recordCertificates(networkDir(stateDir));
  const crypto = { fingerprint: cryptoFingerprint(context), instance: 'c0ffee', ports: { base: 17050 } };
  const saved = { spec: { ...spec, measured: true }, version: source.version };
  const facts = { [STATE_KEYS.crypto.key]: crypto, [SAVED_NETWORK.key]: saved };
  return async (flags: Readonly<Record<string, string>>, answers = true) => {
    const {
      docker,
      dir,
      config,
      source: used,
      project: name,
      journal,
    } = await project.context({ flags, facts });
    const engine = answers
      ? { answers, endpoint: 'unix:///var/run/docker.sock', arch: 'amd64' }
      : { answers, endpoint: 'unix:///var/run/docker.sock' };
    const known = { engine } as Partial<DoctorFacts>;
    const input = {
      docker,
      dir,
      config,
      known,
      packageDir: PACKAGE,
      project: name,
      source: used,
      state: journal,
    };
    const limits = { engineMs: 1000, allMs: 1000 };
    const from = new FactSource(input, {} as Probes, limits, new AbortController().signal);
    return from.spec();
  };
}

it.each([true, false])(
  'the network in place is the one that `up` uses (engine answers: %s)',
  async (answers) => {
    const spec = await (await made())({ portBase: '27050' }, answers);
    expect(addressInside(firstOrderer(spec))).toBe('orderer.example.com:17050');
    expect(spec.measured).toBe(true);
  },
);

it('the network is a new one if the configuration replaces the one in place', async () => {
  const spec = await (await made())({ portBase: '27050', peers: '2' });
  expect(addressInside(firstOrderer(spec))).toBe('orderer.example.com:27050');
  expect(spec.measured).toBeUndefined();
});
