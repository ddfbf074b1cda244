/** A Go chaincode of a user, with a package of its own, in a folder that tests may edit. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseFacts } from '../../src/pipeline/fabric/release-facts.ts';
import { PACKAGE } from './wizard.ts';

export interface UserChaincode {
  readonly dir: string;
  /** Changes what `say` returns. */
  readonly say: (text: string) => Promise<void>;
  /** Writes a function that does not compile. `say` removes it. */
  readonly breakIt: () => Promise<void>;
}

/** Position of the error that `breakIt` writes, as messages name it. */
export const BROKEN_AT = 'words/words.go:4';

/**
 * Writes the bundled chaincode with one more function, `say`, whose text comes from the folder `words`.
 * @param root import path of the folder
 */
export async function userChaincode(
  dir: string,
  root: string,
  { shim, protos, response }: ReleaseFacts['shim'],
): Promise<UserChaincode> {
  const text = await readFile(join(PACKAGE, 'compose/chaincode/smoke/smoke.go'), 'utf8');
  const ours = text
    .replace('import (', `import (\n\t"${root}/words"`)
    .replace('"github.com/hyperledger/fabric/core/chaincode/shim"', `"${shim}"`)
    .replace('"github.com/hyperledger/fabric/protos/peer"', `"${protos}"`)
    .replaceAll('pb.Response', response)
    .replace(
      '\tswitch {',
      '\tswitch {\n\tcase function == "say":\n\t\treturn shim.Success([]byte(words.Text))',
    );
  await mkdir(join(dir, 'words'), { recursive: true });
  await writeFile(join(dir, 'main.go'), ours);
  const words = (said: string, more = '') =>
    writeFile(join(dir, 'words', 'words.go'), `package words\n\nconst Text = "${said}"\n${more}`);
  await words('one');
  return {
    dir,
    say: (said) => words(said),
    breakIt: () => words('broken', 'func number() string { return 5 }\n'),
  };
}
