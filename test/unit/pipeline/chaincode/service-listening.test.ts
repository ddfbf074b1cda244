import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awaitListening, listeningIn } from '../../../../src/pipeline/chaincode/service-listening.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { ContainerDetail } from '../../../../src/pipeline/engine/engine-types.ts';
import { PANIC } from '../../../support/service-engine.ts';

/** Rows of the kernel: an address in the order of the processor's bytes, a port, a state. */
const row = (address: string, port: string, state: string) =>
  `   0: ${address}:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1`;

describe('a process listens', () => {
  it.each([
    ['on all addresses', row('00000000', '270F', '0A'), 'everywhere'],
    ['on all addresses of IPv6', row('0'.repeat(32), '270F', '0A'), 'everywhere'],
    ['on the address of the container', row('020014AC', '270F', '0A'), 'everywhere'],
    ['on 127.0.0.1 only', row('0100007F', '270F', '0A'), 'loopback'],
    ['on ::1 only', row('00000000000000000000000001000000', '270F', '0A'), 'loopback'],
    ['at another port', row('00000000', '1F90', '0A'), 'nowhere'],
    ['not: it has only connected from the port', row('020014AC', '270F', '01'), 'nowhere'],
  ])('%s', (_, table, is) => {
    expect(listeningIn(`  sl  local_address rem_address   st\n${table}\n`, 9999)).toBe(is);
  });

  it('as the kernel says of a real one', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(listeningIn(await readFile('/proc/net/tcp', 'utf8'), port)).toBe('everywhere');
  });
});

const choice = { name: 'basic', path: '/nowhere', language: 'go' } as const;

/** A container that is in these states, one after the other; the last one stays. */
function container(states: readonly Partial<ContainerDetail>[], table = '', log: readonly string[] = []) {
  let asked = 0;
  return {
    docker: {
      inspectContainer: async () => {
        asked += 1;
        return states[Math.min(asked, states.length) - 1] as ContainerDetail;
      },
      execInShell: async () => ({ exitCode: 0, stdout: table, stderr: '' }),
      logTail: async () => [...log],
      readFiles: async () => [],
    },
    signal: new AbortController().signal,
    options: { again: 'fabric-wizard chaincode deploy basic' },
  };
}

const started = { id: 'id', since: 0 };

describe('the start of a process', () => {
  it('ends when it listens', async () => {
    const table = row('00000000', '270F', '0A');
    await awaitListening(container([{ running: true, startedAt: 1 }], table), choice, started);
  });

  it.each<[string, readonly Partial<ContainerDetail>[]]>([
    [
      'has ended',
      [
        { running: true, startedAt: 1 },
        { running: false, startedAt: 1 },
      ],
    ],
    [
      'was started again by the engine',
      [
        { running: true, startedAt: 1 },
        { running: true, startedAt: 2 },
      ],
    ],
  ])('fails at once with the panic if the process %s', async (_, states) => {
    const error: unknown = await awaitListening(container(states, '', PANIC), choice, started).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof WizardFailure)) throw error;
    expect(error.failure).toMatchObject({
      kind: 'chaincode',
      problem: { key: 'chaincode.process-ended' },
      place: expect.stringMatching(/^main\.go:80: panic: boom\ngoroutine 1/),
      next: ['fabric-wizard chaincode deploy basic'],
    });
  });

  it.each([
    [
      'of the shim says so',
      "Error starting chaincode: flag 'peer.address' must be set",
      'chaincode.no-server',
    ],
    ['is about another peer', 'connected, peer address 10.0.0.7', 'chaincode.process-ended'],
  ])('says what is wrong if a message %s', async (_, line, key) => {
    const ended = container([{ running: true }, { running: false }], '', [line]);
    const error: unknown = await awaitListening(ended, choice, started).catch((thrown: unknown) => thrown);
    if (!(error instanceof WizardFailure)) throw error;
    expect(error.failure).toMatchObject({ kind: 'chaincode', problem: { key } });
  });
});
