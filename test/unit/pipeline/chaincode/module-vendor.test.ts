import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { proxyAnswers, vendorFor } from '../../../../src/pipeline/chaincode/module-vendor.ts';
import { readChaincodeFolder } from '../../../../src/pipeline/fabric/chaincode-folder.ts';
import { modulesTxt, readGoMod, readModulesTxt } from '../../../../src/pipeline/fabric/go-mod.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await tempDir();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  return dir;
}

const SHIM = 'github.com/hyperledger/fabric-chaincode-go';
const FABRIC = {
  'vendor/modules.txt': `# ${SHIM} v0.0.1\n## explicit; go 1.17\n${SHIM}/shim\n${SHIM}/shimtest\n# example.org/net v0.2.0\n## explicit; go 1.18\nexample.org/net/http2\nexample.org/net/unused\n`,
  [`vendor/${SHIM}/shim/shim.go`]: 'package shim\n\nimport "example.org/net/http2"\n',
  'vendor/example.org/net/http2/http2.go': 'package http2\n',
};

async function checkout(): Promise<{ dir: string; files: Map<string, never> }> {
  const dir = await folderWith(FABRIC);
  return { dir, files: new Map(Object.keys(FABRIC).map((path) => [path, undefined as never])) };
}

const MAIN = `package main\n\nimport "${SHIM}/shim"\n\nfunc main() { shim.Start(nil) }\n`;
const GO_MOD = `module example.org/cc\n\ngo 1.20\n\nrequire ${SHIM} v0.9.0\n`;

describe('a module without a vendor folder', () => {
  it("gets the packages from Fabric's, in a go.mod that names every module", async () => {
    const folder = await readChaincodeFolder(await folderWith({ 'main.go': MAIN, 'go.mod': GO_MOD }));
    const found = new Map(
      (await vendorFor(folder, await checkout()))?.map(({ name, content }) => [name, content]),
    );
    expect([...found.keys()].sort()).toEqual([
      'go.mod',
      'vendor/example.org/net/http2/http2.go',
      `vendor/${SHIM}/shim/shim.go`,
      'vendor/modules.txt',
    ]);
    expect(readGoMod(String(found.get('go.mod'))).requirements).toEqual([
      { path: SHIM, version: 'v0.9.0' },
      { path: 'example.org/net', version: 'v0.2.0' },
    ]);
    // The user's version; the language of Fabric's copy.
    expect(found.get('vendor/modules.txt')).toBe(
      `# ${SHIM} v0.9.0\n## explicit; go 1.17\n${SHIM}/shim\n# example.org/net v0.2.0\n## explicit; go 1.18\nexample.org/net/http2\n`,
    );
  });

  it.each([
    [
      'imports a package that Fabric does not have',
      MAIN.replace('shim"', 'shim"\nimport _ "example.org/absent"'),
      GO_MOD,
    ],
    ['replaces a module', MAIN, `${GO_MOD}\nreplace ${SHIM} => ../shim\n`],
  ])('stays as it is if it %s', async (_, main, goMod) => {
    const folder = await readChaincodeFolder(await folderWith({ 'main.go': main, 'go.mod': goMod }));
    expect(await vendorFor(folder, await checkout())).toBeUndefined();
  });
});

describe('go.mod', () => {
  it('is read in blocks and on single lines, without comments', () => {
    const text =
      'module x\n\nrequire (\n\ta.org/b v1.0.0 // indirect\n\t// c.org/d v2\n)\nrequire e.org/f v0.1.0\n';
    expect(readGoMod(text)).toEqual({
      requirements: [
        { path: 'a.org/b', version: 'v1.0.0' },
        { path: 'e.org/f', version: 'v0.1.0' },
      ],
      hasReplacements: false,
    });
  });

  it('and modules.txt fit each other', () => {
    const text = '# a.org/b v1.0.0\n## explicit; go 1.19\na.org/b/c\n# e.org/f v0.1.0\n## explicit\n';
    expect(modulesTxt(readModulesTxt(text), readModulesTxt(text))).toBe(text);
  });
});

describe('the module proxy', () => {
  const { signal } = new AbortController();

  it('answers, whatever it says', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    expect(await proxyAnswers(signal, `http://127.0.0.1:${port}`)).toBe(true);
  });

  it('does not answer without a listener', async () => {
    expect(await proxyAnswers(signal, 'http://127.0.0.1:1')).toBe(false);
  });
});
