import { describe, expect, it } from 'vitest';
import { CORE_YAML } from '../../../../src/pipeline/config/config-choices.ts';

import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { chaincodeVariables, nodeenvRecipe } from '../../../../src/pipeline/images/nodeenv-image.ts';

const NONE = { chaincodeBuilder: CORE_YAML, chaincodeRuntime: CORE_YAML } as const;

function variablesOf(version: string, runtime?: string) {
  const release = releaseOf(version) ?? expect.fail(`no release ${version}`);
  const core = runtime === undefined ? undefined : { chaincode: { node: { runtime } } };
  return chaincodeVariables(NONE, { release, version, dockerNs: 'acme' }, core);
}

describe('the runtime of Node.js chaincode', () => {
  it.each([
    ['1.3.0', undefined, {}],
    ['1.4.12', undefined, { CORE_CHAINCODE_NODE_RUNTIME: 'acme/fabric-nodeenv:1.4.12' }],
    [
      '1.4.12',
      '$(BASE_DOCKER_NS)/fabric-baseimage:$(ARCH)-$(BASE_VERSION)',
      { CORE_CHAINCODE_NODE_RUNTIME: 'acme/fabric-nodeenv:1.4.12' },
    ],
    ['1.4.12', 'example.org/node:8', {}],
    ['2.5.12', undefined, {}],
  ])('%s with %s in core.yaml', (version, runtime, variables) => {
    expect(variablesOf(version, runtime)).toEqual(variables);
  });
});

describe('the image', () => {
  const inputs = { base: 'acme/base:1', baseId: 'sha256:1', npm: { lines: [] }, apt: undefined };

  it('is another one with another base, registry, authority or program', () => {
    const others = [
      { ...inputs, baseId: 'sha256:2' },
      { ...inputs, npm: { lines: ['registry=https://npm.example.org/'] } },
      { ...inputs, npm: { lines: [], ca: 'PEM' } },
      { ...inputs, preload: 'program' },
    ];
    const all = [inputs, ...others].map((each) => nodeenvRecipe(each).fingerprint);
    expect(new Set(all).size).toBe(all.length);
    expect(nodeenvRecipe({ ...inputs }).fingerprint).toBe(nodeenvRecipe(inputs).fingerprint);
  });
});
