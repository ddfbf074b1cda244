/** What the commands of Fabric print, as real releases printed it. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  HUB_ANSWERS,
  invocationIn,
  refusalIn,
  unescaped,
} from '../../../../src/pipeline/chaincode/chaincode-call.ts';
import { isLabelOf, parseVersion } from '../../../../src/pipeline/chaincode/chaincode-version.ts';
import {
  committedChaincodes,
  installedPackages,
  listedChaincodes,
  marksOf,
} from '../../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { chaincodesInAnswer } from '../../../../src/pipeline/chaincode/lscc-answer.ts';

describe('lists', () => {
  it('of 1.1 to 1.4', () => {
    const lines = [
      'Get instantiated chaincodes on channel mychannel:',
      'Name: basic, Version: 2-f2eef3d78a94, Path: fabric-wizard/basic, Escc: escc, Vscc: vscc',
      'Name: smoke-mx254ney, Version: 1.0, Path: fabric-wizard/smoke-mx254ney, Escc: escc, Vscc: vscc',
    ];
    expect(listedChaincodes(lines)).toEqual([
      { name: 'basic', version: '2-f2eef3d78a94' },
      { name: 'smoke-mx254ney', version: '1.0' },
    ]);
  });

  it('of 1.0, which has no command for them', () => {
    const info = (name: string, version: string) => {
      const field = (number: number, text: string) =>
        Buffer.concat([Buffer.from([number * 8 + 2, text.length]), Buffer.from(text)]);
      const fields = Buffer.concat([field(1, name), field(2, version), field(3, 'github.com/basic')]);
      return Buffer.concat([Buffer.from([0x0a, fields.length]), fields]);
    };
    const hex = Buffer.concat([info('basic', '1-f2eef3d78a94'), info('smoke', '1.0')]).toString('hex');
    expect(chaincodesInAnswer(hex)).toEqual([
      { name: 'basic', version: '1-f2eef3d78a94' },
      { name: 'smoke', version: '1.0' },
    ]);
    expect(chaincodesInAnswer('')).toEqual([]);
  });

  it('of 2.0 and later', () => {
    const committed = `{"chaincode_definitions":[{"name":"basic","sequence":2,"version":"2-6e5d812c4ba9",
      "endorsement_plugin":"escc","validation_plugin":"vscc","validation_parameter":"EiA=","collections":{}}]}`;
    expect(committedChaincodes(committed)).toEqual([
      { name: 'basic', version: '2-6e5d812c4ba9', sequence: 2 },
    ]);
    expect(committedChaincodes('{}')).toEqual([]);
    const installed =
      '{"installed_chaincodes":[{"package_id":"basic_6e5d812c4ba9:ca25","label":"basic_6e5d812c4ba9"}]}';
    expect(installedPackages(installed)).toEqual([
      { label: 'basic_6e5d812c4ba9', id: 'basic_6e5d812c4ba9:ca25' },
    ]);
  });
});

describe('a package on a peer', () => {
  const peer = { name: 'peer0' };

  it('belongs to the chaincode of its label', () => {
    const all = [
      { label: 'basic_6e5d812c4ba9', id: 'basic_6e5d812c4ba9:ca25' },
      { label: 'basic_two_6e5d812c4ba9', id: 'basic_two_6e5d812c4ba9:ffff' },
      { label: 'basic', id: 'basic:0011' },
    ];
    const installed = new Map([[peer.name, all]]);
    expect(marksOf({ installed }, peer, 'basic')).toEqual([
      { label: 'basic_6e5d812c4ba9', mark: 'ca25' },
      { label: 'basic', mark: '0011' },
    ]);
  });

  it('has the version as its mark in the legacy lifecycle', () => {
    const installed = new Map([
      [
        peer.name,
        [
          { name: 'basic', version: '1.0' },
          { name: 'other', version: '2' },
        ],
      ],
    ]);
    expect(marksOf({ installed }, peer, 'basic')).toEqual([{ label: 'basic', mark: '1.0' }]);
  });
});

it('versions of other programs are not ours', () => {
  expect(parseVersion('12-4f9a81c0d3e7')).toEqual({ count: 12, digest: '4f9a81c0d3e7' });
  expect(['1.0', 'v2', '2-4f9a', '2-4f9a81c0d3e7-x'].map(parseVersion)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(isLabelOf('basic_1.0', 'basic')).toBe(false);
});

describe('a call', () => {
  it('returns the payload, the transaction and its validation code', () => {
    const lines = [
      '2026-11-29 18:00:22.750 UTC 0001 INFO [chaincodeCmd] ClientWait -> txid [4a26] committed with status (VALID) at peer0.org1.example.com:7051',
      String.raw`2026-11-29 18:00:22.752 UTC 0003 INFO [chaincodeCmd] chaincodeInvokeOrQuery -> Chaincode invoke successful. result: status:200 payload:"{\"a\":\"\303\244\"}" `,
    ];
    expect(invocationIn(lines)).toEqual({ payload: '{"a":"ä"}', transaction: '4a26', status: 'VALID' });
    expect(invocationIn(['Chaincode invoke successful. result: status:200 '])).toEqual({ payload: '' });
  });

  it('shows the message of the chaincode that refuses it', () => {
    const refused = String.raw`Error: endorsement failure during query. response: status:500 message:"unknown function \"nope\"" `;
    expect(refusalIn([refused])).toBe('unknown function "nope"');
  });

  it('does not take the error of a peer for one of the chaincode', () => {
    const failed =
      'Error: endorsement failure during invoke. response: status:500 message:"error starting container: no such image" ';
    expect(refusalIn([failed])).toBeUndefined();
    const early =
      'Error: endorsement failure during query. response: status:500 message:"error in simulation: failed to execute transaction bd01: invalid invocation: chaincode \'basic\' has not been initialized for this version, must call as init first" ';
    expect(refusalIn([early])).toBeUndefined();
    const gone =
      'Error: endorsement failure during query. response: status:500 message:"[channel mychannel] could not launch chaincode basic:6: cannot retrieve package" ';
    expect(refusalIn([gone])).toBeUndefined();
    expect(refusalIn(['Error: error getting channel (x) orderer endpoint'])).toBeUndefined();
  });

  it('does not take the answer of a hub for one of the chaincode', async () => {
    const hub = await readFile('compose/dev/hub/hub.go', 'utf8');
    for (const answer of Object.values(HUB_ANSWERS)) {
      expect(hub).toContain(`"${answer}"`);
      const line = `Error: endorsement failure during query. response: status:500 message:"transaction returned with failure: ${answer}" `;
      expect(refusalIn([line])).toBeUndefined();
    }
  });

  it.each(['asset a1 not found', 'cannot get asset', 'failed to put to world state'])(
    'shows what chaincode says about its own data: %s',
    (message) => {
      const line = `Error: endorsement failure during invoke. response: status:500 message:"${message}" `;
      expect(refusalIn([line])).toBe(message);
    },
  );

  it('decodes what protocol buffers escape', () => {
    expect(unescaped(String.raw`a\\b\n\"\'\344\270\255`)).toBe('a\\b\n"\'中');
    // From 3.0 on.
    expect(unescaped(String.raw`\x00\u4e2d\U0001f600 中😀`)).toBe('\0中😀 中😀');
  });
});
