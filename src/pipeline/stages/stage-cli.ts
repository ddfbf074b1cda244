/** The `peer` command in the CLI container, for stages: every call is reported as an equivalent command line. */

import { callsAtOnce } from '../chaincode/admission.ts';
import type { StageContext } from '../context/run-context.ts';
import { dockerExec } from '../host/docker-command.ts';
import { adminEnv, CLI_CRYPTO } from '../network/cli-environment.ts';
import { addressInside, containerName, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import { ordererAdmin, type PeerCli, peerCli } from '../network/peer-cli.ts';

const NEEDED = ['ADDRESS', 'LOCALMSPID', 'MSPCONFIGPATH', 'TLS_ROOTCERT_FILE'].map(
  (name) => `CORE_PEER_${name}`,
);

/** Variables that a client needs to speak to a peer as its organisation's admin. */
function clientEnv(spec: NetworkSpec, peer: PeerSpec): Record<string, string> {
  const env = adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: addressInside(peer) });
  return Object.fromEntries(NEEDED.map((name) => [name, env[name] ?? '']));
}

/** @throws WizardFailure `check` if the CLI container does not run */
export async function stageCli(context: StageContext): Promise<PeerCli> {
  const { spec, signal, report } = context;
  const cli = await peerCli(context, signal, undefined, callsAtOnce(context.config));
  const reported =
    (call: PeerCli['ask']): PeerCli['ask'] =>
    (peer, args, how) => {
      const env = { ...clientEnv(spec, peer), ...(how?.asOrderer ? ordererAdmin(how.asOrderer) : {}) };
      report.command(dockerExec(containerName(spec, 'cli'), ['peer', ...args], env));
      return call(peer, args, how);
    };
  return { ...cli, ask: reported(cli.ask), run: reported(cli.run) };
}
