/** A folder with a network as `up` leaves it: the state and the certificates. Nothing of it is on an engine. */
import { join } from 'node:path';
import { loadConfig } from '../../src/pipeline/config/config.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { networkDir, STATE_FOLDER } from '../../src/pipeline/host/state-folder.ts';
import { type NetworkSpec, networkSpec } from '../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../src/pipeline/network/saved-network.ts';
import { writeCertificates } from './certificates.ts';
import { writeFiles } from './temp-dir.ts';

/**
 * Writes a network whose first port is 17050, with the chaincode `smoke-1`.
 * @param made certificates that say which ports it was made with
 * @param more other facts of the state, by key
 */
export async function writeNetwork(
  dir: string,
  version = '2.5.12',
  flags: Readonly<Record<string, unknown>> = {},
  made?: Parameters<typeof networkSpec>[3],
  more: Readonly<Record<string, unknown>> = {},
): Promise<NetworkSpec> {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({ dir, flags: { portBase: '17050', ...flags } });
  const spec = networkSpec(values, release, 'fw-unit', made);
  const facts = { [SAVED_NETWORK.key]: { spec, version }, keptChaincode: 'smoke-1', ...more };
  const state = { version: 1, stageSeconds: {}, facts };
  await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: JSON.stringify(state) });
  await writeCertificates(networkDir(join(dir, STATE_FOLDER)), spec);
  return spec;
}
