/** What the network's files should be for these choices, and the fingerprints that tell whether they are. */
import { imageOverrides } from '../config/config.ts';
import { type RunContext, sourceKind } from '../context/run-context.ts';
import { fingerprint } from '../images/fingerprint.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { configtxYaml } from './configtx.ts';
import { composeYaml, cryptoConfigYaml } from './network-files.ts';
import { couchdbNodes } from './network-spec.ts';

/** Line, shape and state database of the network: anything else that changes keeps certificates and ledgers. */
export function cryptoFingerprint(bench: Pick<RunContext, 'spec' | 'settings' | 'source'>): string {
  return fingerprint('crypto', {
    config: cryptoConfigYaml(bench.spec, bench.settings.release),
    // Another line's ledger must never be opened, and the practice source's blocks are its own.
    line: sourceKind(bench),
    // Nor by a peer that keeps its state elsewhere.
    ...(couchdbNodes(bench.spec).length > 0 ? { state: 'CouchDB' } : {}),
  });
}

export function artifactsFingerprint(bench: Pick<RunContext, 'spec' | 'settings'>, instance: string): string {
  const { spec, settings } = bench;
  return fingerprint('artifacts', {
    configtx: configtxYaml(spec, settings.release, '.'),
    channel: spec.channels.join(','),
    instance,
  });
}

export function composeText(
  bench: Pick<RunContext, 'spec' | 'settings' | 'docker' | 'config' | 'couchdb'>,
  instance: string,
): string {
  const { spec, settings, docker, config } = bench;
  return composeYaml({
    spec,
    release: settings.release,
    images: {
      peer: primaryRef(settings, 'peer'),
      orderer: primaryRef(settings, 'orderer'),
      tools: primaryRef(settings, 'tools'),
      ...(bench.couchdb ? { couchdb: bench.couchdb.ref } : {}),
    },
    instance,
    socket: docker.socketPath ?? '/var/run/docker.sock',
    peerEnv: imageOverrides(config),
  });
}
