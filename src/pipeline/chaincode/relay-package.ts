/** The relay that peers install in place of a chaincode whose process they do not start. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { indexFiles } from './chaincode-digest.ts';
import type { PackedChaincode } from './chaincode-package.ts';
import { cliFiles } from './cli-files.ts';
import type { DeployPlan } from './deploy-plan.ts';
import { ourServiceAddress } from './service-process.ts';

/** Import path of the relay, the same for all chaincodes. */
const RELAY = 'fabric-wizard/relay';

/** @param dir folder of the chaincode, if it has one: peers read the indexes of the state database there */
export async function packRelay(
  { dataDir, spec }: Pick<StageContext, 'dataDir' | 'spec'>,
  { name, version }: Pick<DeployPlan, 'name' | 'version'>,
  dir: string | undefined,
): Promise<PackedChaincode> {
  const { folder: place } = cliFiles(name, version);
  const source = await readFile(join(dataDir, 'dev', 'relay', 'relay.go'), 'utf8');
  const indexes = dir === undefined ? [] : await indexFiles(dir);
  const files: TarEntry[] = [
    { name: 'relay.go', content: source.replace('{{hub}}', ourServiceAddress(spec, name)) },
    ...indexes.map(({ path, file }) => ({ name: path, content: { file } })),
  ];
  return {
    ...{ label: name, mark: version },
    files: files.map((entry) => ({ ...entry, name: `${place}/src/${RELAY}/${entry.name}` })),
    given: { path: RELAY, language: 'go', gopath: `/${place}` },
  };
}
