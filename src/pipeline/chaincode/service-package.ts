/** The package of a chaincode as a service: not its source, but where its process listens. */
import { createHash } from 'node:crypto';
import type { TarEntry } from '../engine/tar-context.ts';
import { peersOn } from '../network/channel-members.ts';
import { firstPeer } from '../network/network-spec.ts';
import { indexFiles } from './chaincode-digest.ts';
import { type PackedChaincode, tarGz } from './chaincode-package.ts';
import { packageLabel } from './chaincode-version.ts';
import type { DeployPlan } from './deploy-plan.ts';
import { type AskedNetwork, installedOn } from './deployed-chaincodes.ts';

const DIAL_TIMEOUT = '10s';

/**
 * @param address `HOST:PORT`, as the peers reach the process
 * @param dir folder of the chaincode, if it has one
 */
export async function packService(
  { label, place }: { readonly label: string; readonly place: string },
  address: string,
  dir: string | undefined,
): Promise<PackedChaincode> {
  const connection = { address, dial_timeout: DIAL_TIMEOUT, tls_required: false };
  const indexes = dir === undefined ? [] : await indexFiles(dir);
  const code: TarEntry[] = [
    { name: 'connection.json', content: JSON.stringify(connection) },
    ...indexes.map(({ path, file }) => ({ name: path, content: { file } })),
  ];
  const content = await tarGz([
    { name: 'metadata.json', content: JSON.stringify({ path: '', type: 'ccaas', label }) },
    { name: 'code.tar.gz', content: await tarGz(code) },
  ]);
  const file = `${place}.tar.gz`;
  const mark = createHash('sha256').update(content).digest('hex');
  return {
    label,
    mark,
    files: [{ name: file, content }],
    given: { package: `/${file}`, id: `${label}:${mark}` },
  };
}

/** Returns the id of the package of a chaincode without a folder, which its process has to know. */
export async function servicePackageId(
  { name, digest }: { readonly name: string; readonly digest: string },
  address: string,
): Promise<string> {
  const { label, mark } = await packService(
    { label: packageLabel(name, digest), place: '' },
    address,
    undefined,
  );
  return `${label}:${mark}`;
}

/** Returns the id of the package that peers have, or that they will get. */
export async function packageIdOf(
  network: AskedNetwork,
  plan: Pick<DeployPlan, 'name' | 'digest' | 'channels'>,
  address: string,
): Promise<string> {
  const label = packageLabel(plan.name, plan.digest);
  const [peer = firstPeer(network.spec)] = peersOn(network.spec, plan.channels);
  const installed = await installedOn(network, peer);
  const known = installed.find((each) => 'label' in each && each.label === label);
  return known && 'id' in known ? known.id : servicePackageId(plan, address);
}
