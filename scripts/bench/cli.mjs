/** The `peer` command in the CLI container, typed by hand. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const GOPATH_SRC = '/opt/gopath/src';
const PATIENCE_MS = 60_000;

/** @param network what `ground.network` gives: `spec`, and `settings` */
export function handCli(ground, { spec }) {
  const { product, run, root } = ground;
  const container = product.containerName(spec, 'cli');
  const peers = product.allPeers(spec);
  const args = (peer, words) => {
    const env = product.adminEnv(spec, peer, { crypto: product.CLI_CRYPTO, address: `${peer.name}:7051` });
    return [
      ...['exec', '--workdir', product.CLI_HOME],
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      container,
      'peer',
      ...words,
    ];
  };
  const peer = (who, words, options) => run('docker', args(who, words), options);
  /** Again until it succeeds: a node may still be starting. @returns seconds of the run that did */
  const untilDone = async (who, words) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { exitCode, seconds, stderr } = await peer(who, words, { mayFail: true });
      if (exitCode === 0) return seconds;
      if (performance.now() > deadline)
        throw new Error(`peer ${words.join(' ')} fails for a minute\n${stderr}`);
      await delay(100);
    }
  };
  return {
    peers,
    peer,
    untilDone,
    orderer: product.ordererFlags(spec),
    /** Puts the smoke test's chaincode where `install` looks for it. @returns its import path */
    copyChaincode: async (name) => {
      const path = `fabric-wizard/${name}`;
      await run('docker', ['exec', container, 'mkdir', '-p', `${GOPATH_SRC}/${path}`]);
      await run('docker', [
        'cp',
        `${join(root, 'compose', 'chaincode', 'smoke')}/.`,
        `${container}:${GOPATH_SRC}/${path}`,
      ]);
      return path;
    },
    installWords: (name, path) => ['chaincode', 'install', '-n', name, '-v', '1.0', '-p', path],
    instantiateWords: (name) => [
      ...['chaincode', 'instantiate', '-C', spec.channel, '-n', name, '-v', '1.0'],
      ...['-c', '{"Args":["init","a","100","b","200"]}'],
      ...['-P', `OR(${spec.orgs.map((org) => `'${org.mspId}.member'`).join(',')})`],
      ...product.ordererFlags(spec),
    ],
  };
}

let count = 0;
/** A chaincode that the network does not have yet. */
export function freshName() {
  count += 1;
  return `bench-${Date.now().toString(36)}-${count}`;
}
