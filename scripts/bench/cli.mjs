/** Runs the `peer` command in the CLI container. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const GOPATH_SRC = '/opt/gopath/src';
const TIMEOUT_MS = 60_000;

/**
 * Returns functions that run `peer` as the administrator of an organisation.
 * @param network see `setup.network`
 */
export function handCli(setup, { spec }) {
  const { product, run, root } = setup;
  const container = product.containerName(spec, 'cli');
  const peers = product.allPeers(spec);
  const orderer = product.ordererFlags(spec, spec.orderers[0]);
  const dockerArgs = (peer, args) => {
    const env = product.adminEnv(spec, peer, {
      crypto: product.CLI_CRYPTO,
      address: product.addressInside(peer),
    });
    return [
      ...['exec', '--workdir', product.CLI_HOME],
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      container,
      'peer',
      ...args,
    ];
  };
  const peer = (target, args, options) => run('docker', dockerArgs(target, args), options);
  /** Retries until the command succeeds, because a node may still be starting. @returns seconds of the last attempt */
  const untilDone = async (target, args) => {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      const { exitCode, seconds, stderr } = await peer(target, args, { mayFail: true });
      if (exitCode === 0) return seconds;
      if (performance.now() > deadline)
        throw new Error(`peer ${args.join(' ')} still fails after a minute\n${stderr}`);
      await delay(100);
    }
  };
  return {
    peers,
    peer,
    untilDone,
    orderer,
    /** Copies a chaincode into GOPATH of the container; default: the bundled one. @returns its import path */
    copyChaincode: async (name, dir = join(root, 'compose', 'chaincode', 'smoke')) => {
      const path = `fabric-wizard/${name}`;
      await run('docker', ['exec', container, 'mkdir', '-p', `${GOPATH_SRC}/${path}`]);
      await run('docker', ['cp', `${dir}/.`, `${container}:${GOPATH_SRC}/${path}`]);
      return path;
    },
    installArgs: (name, path, version = '1.0') => [
      ...['chaincode', 'install', '-n', name, '-v', version, '-p', path],
    ],
    queryArgs: (name, args = ['query', 'a']) => [
      ...['chaincode', 'query', '-C', spec.channel, '-n', name, '-c', JSON.stringify({ Args: args })],
    ],
    /** @param command `instantiate` or `upgrade` */
    instantiateArgs: (name, version = '1.0', command = 'instantiate') => [
      ...['chaincode', command, '-C', spec.channel, '-n', name, '-v', version],
      ...['-c', '{"Args":["init","a","100","b","200"]}'],
      ...['-P', `OR(${spec.orgs.map((org) => `'${org.mspId}.member'`).join(',')})`],
      ...orderer,
    ],
  };
}

let count = 0;
/** Returns a new name for a chaincode. */
export function freshName() {
  count += 1;
  return `bench-${Date.now().toString(36)}-${count}`;
}
