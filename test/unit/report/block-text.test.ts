import { beforeAll, describe, expect, it } from 'vitest';
import { blockOf, type DecodedBlock } from '../../../src/pipeline/network/block-summary.ts';
import { blockDetail, blockHeader, blockLines, blockTime } from '../../../src/report/block-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { recordedBlock } from '../../support/blocks.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });
let block: DecodedBlock;

beforeAll(async () => {
  block = blockOf(await recordedBlock());
});

describe.each([40, 80, 120, 200])('a block at %d columns', (columns) => {
  it('has one line for each transaction, and the number once', () => {
    const lines = blockLines(block, columns, style);
    expect(lines).toHaveLength(2);
    for (const line of [blockHeader(columns, style), ...lines])
      expect(textWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(/^ +5 .*call +.*invoke +✓ valid$/);
    expect(lines[1]).toMatch(/^ +(\d\d|call)/);
    expect(lines[1]).toMatch(/✗ MVCC_READ/);
  });

  it('has its columns below their names, in Chinese too', () => {
    const chinese = createStyle({ colour: false, unicode: true, language: 'zh' });
    const header = blockHeader(columns, chinese);
    const [line = ''] = blockLines(block, columns, chinese);
    const columnOf = (text: string, word: string) => textWidth(text.slice(0, text.indexOf(word)));
    expect(columnOf(line, 'invoke')).toBe(columnOf(header, '函数'));
    expect(columnOf(line, '✓ 有效')).toBe(columnOf(header, '验证结果'));
  });
});

it.each([100, 118])('a block at %d columns has room for the names of the lifecycle', (columns) => {
  const [transaction] = block.transactions;
  if (!transaction) throw new Error('no transaction');
  const call = {
    ...transaction,
    function: 'ApproveChaincodeDefinitionForMyOrg',
    validation: 'MVCC_READ_CONFLICT',
  };
  const [line] = blockLines({ ...block, transactions: [call] }, columns, style);
  expect(line).toMatch(/ApproveChaincodeDefinitionForMyOrg {2}✗ MVCC_READ_CONFLICT$/);
});

describe('a block in full', () => {
  it('shows the call of each transaction, and JSON with long values shortened', () => {
    const lines = blockDetail(block, 80, style);
    expect(lines.join('\n')).toMatch(/smoke-mx1wor4a: invoke\("a", "b", "\d"\)/);
    expect(lines.join('\n')).toContain('"channel_id": "mychannel"');
    const long = blockDetail({ ...block, json: { cert: 'x'.repeat(1080) } }, 80, style);
    expect(long.at(-2)).toBe(`  "cert": "${'x'.repeat(24)}… (1080 characters)"`);
  });

  it('quotes the arguments that are text', () => {
    const [transaction] = block.transactions;
    if (!transaction) throw new Error('no transaction');
    const call = { ...transaction, chaincode: '_lifecycle', function: 'Commit', args: ['a b', '(69 bytes)'] };
    const lines = blockDetail({ ...block, transactions: [call] }, 80, style);
    expect(lines).toContain('  _lifecycle: Commit("a b", (69 bytes))');
  });

  it('cannot write to the terminal', () => {
    const [transaction] = block.transactions;
    if (!transaction) throw new Error('no transaction');
    const evil = { ...transaction, chaincode: 'a\u001b[2Jb', function: '\u0007f' };
    const lines = [
      ...blockLines({ ...block, transactions: [evil] }, 120, style),
      ...blockDetail({ ...block, transactions: [evil], json: { key: '\u001b[2J' } }, 120, style),
    ];
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });
});

it('a time that is none is left out', () => {
  expect(blockTime('', 19)).toBe('');
  expect(blockTime('2026-11-29T14:00:29Z', 8)).toMatch(/^\d\d:\d\d:29$/);
});
