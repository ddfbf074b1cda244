import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeFiles } from './temp-dir.ts';

/** Returns the files that a Fabric checkout must have, by path. The contents are placeholders. */
export function fabricShape(makefile: string): Record<string, string> {
  const paths = [
    'common/metadata/metadata.go',
    'peer/main.go',
    'orderer/main.go',
    'sampleconfig/core.yaml',
    'sampleconfig/orderer.yaml',
    'images/ccenv/Dockerfile.in',
    'images/peer/Dockerfile.in',
    'images/orderer/Dockerfile.in',
    'images/tools/Dockerfile.in',
    'core/chaincode/shim/chaincode.go',
    'vendor/github.com/golang/protobuf/protoc-gen-go/main.go',
    'scripts/goListFiles.sh',
  ];
  return { Makefile: makefile, ...Object.fromEntries(paths.map((path) => [path, `${path}\n`])) };
}

export const MAKEFILE_1_4 = 'BASE_VERSION = 1.4.12\nPREV_VERSION = 1.4.11\nBASEIMAGE_RELEASE=0.4.22\n';

/** Makes a folder a repository with one commit. @returns the full commit ID */
export async function commitAll(dir: string, tag?: string): Promise<string> {
  // Neither hooks nor a process that looks for what could be packed: each costs as much as the commit.
  const settings = ['user.name=t', 'user.email=t@t', 'gc.auto=0', 'maintenance.auto=false'];
  const git = (...args: string[]) =>
    execa('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], { cwd: dir });
  await git('init', '-q', '-b', 'main', '--template=');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'all');
  if (tag !== undefined) await git('tag', tag);
  return (await readFile(join(dir, '.git/refs/heads/main'), 'utf8')).trim();
}

/** Makes a folder a repository with the shape of Fabric and the tag v1.4.12. @returns the full commit ID */
export async function fabricRepository(dir: string, makefile = MAKEFILE_1_4): Promise<string> {
  await writeFiles(dir, fabricShape(makefile));
  return commitAll(dir, 'v1.4.12');
}
