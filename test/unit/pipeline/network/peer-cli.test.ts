import { expect, it } from 'vitest';
import { channelsIn } from '../../../../src/pipeline/network/peer-cli.ts';

const ESC = '\u001b';

it.each([
  [
    'a line each (1.4)',
    ['Channels peers has joined: ', 'mychannel', 'other.one'],
    ['mychannel', 'other.one'],
  ],
  ['none', ['Channels peers has joined: '], []],
  [
    'log lines (1.0)',
    [
      '2026-11-22 02:51:53.395 UTC [msp] GetLocalMSP -> DEBU 001 Returning existing local MSP',
      `${ESC}[0m2026-11-22 02:51:53.395 UTC [channelCmd] InitCmdFactory -> INFO 001${ESC}[0m Endorser and orderer connections initialized`,
      `2026-11-22 02:51:53.401 UTC [channelCmd] list -> INFO 002${ESC}[0m Channels peers has joined to: `,
      `2026-11-22 02:51:53.401 UTC [channelCmd] list -> INFO 003${ESC}[0m mychannel `,
      '2026-11-22 02:51:53.402 UTC [main] main -> INFO 004 Exiting.....',
    ],
    ['mychannel'],
  ],
])('finds the joined channels in %s', (_, lines, channels) => {
  expect(channelsIn(lines)).toEqual(channels);
});
