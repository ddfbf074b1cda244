/** How a proof names its channels. */
import { expect, it } from 'vitest';
import { renderSmoke } from '../../../src/report/smoke-text.ts';
import { createStyle } from '../../../src/report/style.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });

it.each([
  ['mychannel', '✓ chaincode smoke 1.0 on mychannel answered on every peer'],
  ['mychannel,orders', '✓ chaincode smoke 1.0 on mychannel, orders answered on every peer'],
])('a proof on %s', (channel, title) => {
  const [first] = renderSmoke(
    { type: 'smoke-result', at: 0, chaincode: 'smoke', version: '1.0', channel, ok: true, peers: [] },
    style,
  );
  expect(first).toBe(title);
});

it('names the earlier build, and when it was', () => {
  const image = { ref: 'acme/image:1', id: '' };
  const earlier = { at: '2026-11-29T11:34:12Z', record: '0123456789ab' };
  const peers = ['peer0', 'peer1'].map((peer) => ({
    ...{ peer, container: `fw-${peer}`, image: 'i', built: false, earlier, builder: image, runtime: image },
    ...{ before: '100', after: '90', ok: true },
  }));
  const lines = renderSmoke(
    { type: 'smoke-result', at: 0, chaincode: 's', version: '1', channel: 'c', ok: true, peers },
    style,
  );
  expect(lines.filter((line) => line.includes('(compiled earlier, 0123456789ab)'))).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^ {2}0123456789ab: .* on 2026-11-\d\d \d\d:34; --fresh/);
  expect(lines).toHaveLength(5);
});

it('has the machine of each peer if there are several', () => {
  const image = { ref: 'acme/image:1', id: '' };
  const peer = (name: string, machine?: string) => ({
    ...{ peer: name, container: `fw-${name}`, image: 'i', built: true, builder: image, runtime: image },
    ...{ before: '100', after: '90', ok: true, ...(machine === undefined ? {} : { machine }) },
  });
  const result = (...peers: readonly ReturnType<typeof peer>[]) =>
    ({ type: 'smoke-result', at: 0, chaincode: 's', version: '1', channel: 'c', ok: true, peers }) as const;
  const placed = result(peer('peer0', 'far'), { ...peer('peer1', 'near'), from: 'peer0' } as never);
  const table = renderSmoke(placed, style);
  expect(table[1]).toMatch(/PEER +MACHINE +CHAINCODE CONTAINER +VALUE +BUILDER/);
  expect(table[2]).toMatch(/✓ +peer0 +far +fw-peer0 +100 -> 90 +acme/);
  expect(table[3]).toMatch(/near +fw-peer1 +100 -> 90 +acme\/image:1 \(compiled by another peer\)/);
  expect(renderSmoke(placed, style, 60).join('\n')).toMatch(/✓ peer0\n +machine +far\n +chaincode container/);
  expect(renderSmoke(result(peer('peer0')), style).join('\n')).not.toContain('MACHINE');
});
