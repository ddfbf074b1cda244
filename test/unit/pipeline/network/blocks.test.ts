/** Blocks: what configtxlator's JSON says, and how it is read in the CLI container. */
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { blockReading, READ_SCRIPT } from '../../../../src/pipeline/network/block-reader.ts';
import { blockOf } from '../../../../src/pipeline/network/block-summary.ts';
import { recordedBlock } from '../../../support/blocks.ts';
import { filesIn, tempDir, writeFiles } from '../../../support/temp-dir.ts';

describe('a decoded block', () => {
  it('has transactions with chaincode, function, arguments and validation code', async () => {
    const { number, transactions } = blockOf(await recordedBlock());
    expect(number).toBe(5);
    expect(transactions).toHaveLength(2);
    expect(transactions[0]).toMatchObject({
      type: 'ENDORSER_TRANSACTION',
      creator: 'Org1MSP',
      chaincode: 'smoke-mx1wor4a',
      function: 'invoke',
      validation: 'VALID',
    });
    expect(transactions[0]?.id).toMatch(/^[0-9a-f]{64}$/);
    expect(transactions[0]?.args?.slice(0, 2)).toEqual(['a', 'b']);
    expect(transactions[1]?.validation).toBe('MVCC_READ_CONFLICT');
  });

  it('of a configuration has no chaincode', () => {
    const header = { channel_header: { type: 1, timestamp: '2026-11-29T13:59:35Z', tx_id: '' } };
    const json = { header: { number: '0' }, data: { data: [{ payload: { data: {}, header } }] } };
    expect(blockOf(json)).toMatchObject({
      number: 0,
      transactions: [{ id: '', type: 'CONFIG', creator: '', validation: '' }],
    });
    expect(blockOf(json).transactions[0]).not.toHaveProperty('chaincode');
  });

  it.each([
    [10, 'ENDORSEMENT_POLICY_FAILURE'],
    [254, 'NOT_VALIDATED'],
    [255, 'INVALID_OTHER_REASON'],
    // Of a later release.
    [99, '99'],
  ])('names validation code %d', (code, name) => {
    const metadata = { metadata: ['', '', Buffer.from([code]).toString('base64')] };
    const data = { data: [{ payload: { header: { channel_header: { type: 77 } } } }] };
    const [transaction] = blockOf({ header: {}, data, metadata }).transactions;
    expect(transaction).toMatchObject({ validation: name, type: '77' });
  });

  it('shows the size of an argument that is no text', () => {
    const args = ['put', Buffer.from([0, 1, 2]).toString('base64'), Buffer.from('链').toString('base64')];
    const spec = { chaincode_id: { name: 'cc' }, input: { args: [btoa('put'), ...args.slice(1)] } };
    const data = {
      actions: [{ payload: { chaincode_proposal_payload: { input: { chaincode_spec: spec } } } }],
    };
    const envelope = { payload: { data, header: { channel_header: { type: 3 } } } };
    const { transactions } = blockOf({ data: { data: [envelope] } });
    expect(transactions[0]).toMatchObject({ chaincode: 'cc', function: 'put', args: ['(3 bytes)', '链'] });
  });

  it.each([[undefined], [{}], [{ data: { data: [null] } }], ['text']])('may lack everything: %j', (json) => {
    expect(blockOf(json).number).toBe(0);
  });
});

describe('blocks', () => {
  it.each([
    ['1.1.1', 'query'],
    ['1.2.1', 'fetch'],
    ['1.4.12', 'fetch'],
    ['2.5.12', 'fetch'],
    ['3.1.5', 'fetch'],
  ])('of %s are read by %s', (version, expected) => {
    expect(blockReading(version)).toBe(expected);
  });

  it.each(['1.0.0', '1.0.6'])('of %s cannot be decoded', (version) => {
    const failure = { kind: 'usage', message: { key: 'usage.no-block-decoder', version } };
    expect(() => blockReading(version)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining(failure) }),
    );
  });
});

/** Programs that stand for those of the CLI container. */
const PROGRAMS = {
  peer: `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*missing*) echo 'Error: no such channel' >&2; exit 1;;
*fetch*) printf 'bytes of %s' "$3" >"$4";;
*query*) printf 'Query Result (Raw): bytes of %s' "$(expr "$*" : '.*","\\([0-9]*\\)"')";;
esac
`,
  configtxlator: `#!/bin/sh
printf '{\\n\\t"from": "%s"\\n}' "$(cat "$5")" >"$7"
`,
};

async function readWith(...args: readonly string[]) {
  const folder = await tempDir();
  await writeFiles(folder, PROGRAMS);
  for (const name of Object.keys(PROGRAMS)) await chmod(join(folder, name), 0o755);
  const calls = join(folder, 'calls');
  const temporary = await tempDir();
  const env = { PATH: `${folder}:${process.env.PATH}`, CALLS: calls, TMPDIR: temporary };
  const result = await execa('sh', ['-c', READ_SCRIPT, 'sh', ...args], { env, reject: false });
  return { ...result, calls: await readFile(calls, 'utf8'), left: await filesIn(temporary) };
}

describe('the script in the container', () => {
  it.each(['fetch', 'query'])('prints one line of JSON for each block with %s', async (how) => {
    const { stdout, exitCode, left } = await readWith(how, 'mychannel', '3', '4');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map((line) => JSON.parse(line))).toEqual([
      { from: 'bytes of 3' },
      { from: 'bytes of 4' },
    ]);
    expect(left.size).toBe(0);
  });

  it('ends with the message of the command that failed', async () => {
    const { stdout, stderr, exitCode, calls, left } = await readWith('fetch', 'missing', '3', '4');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('no such channel');
    expect(calls.split('\n').filter(Boolean)).toHaveLength(1);
    expect(left.size).toBe(0);
  });
});
