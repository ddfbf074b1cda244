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
