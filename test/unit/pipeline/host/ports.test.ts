import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { portOwners } from '../../../../src/pipeline/host/held-ports.ts';
import { parseProcNetTcp, takenPorts } from '../../../../src/pipeline/host/ports.ts';

const here = { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const;
const noContainers = { address: here, listContainers: async () => [] };

it('reads listening sockets of /proc/net/tcp', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1B8A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1B8B 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
`;
  expect([...parseProcNetTcp(table)]).toEqual([[7050, '4711']]);
});

it('names the process that holds a wanted port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const [taken] = await takenPorts([{ port, wantedBy: 'orderer' }], noContainers, 'p');
    expect(taken).toMatchObject({ port, wantedBy: 'orderer' });
    expect(taken?.owner).toMatchObject({ key: 'owner.process', pid: String(process.pid) });
  } finally {
    server.close();
  }
  expect(await takenPorts([{ port, wantedBy: 'orderer' }], noContainers, 'p')).toEqual([]);
});

it('is free on an engine elsewhere, although a program of this host has it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const far = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
  const elsewhere = { ...noContainers, address: far };
  try {
    expect(await takenPorts([{ port, wantedBy: 'orderer' }], elsewhere, 'p')).toEqual([]);
  } finally {
    server.close();
  }
  const published = { ports: [{ private: 80, public: port }], name: 'web', labels: {}, networks: [] };
  const busy = { address: far, listContainers: async () => [published] as never };
  expect(await takenPorts([{ port, wantedBy: 'orderer' }], busy, 'p')).toMatchObject([
    { port, owner: { key: 'owner.container', name: 'web' } },
  ]);
});

it('is not judged if the engine cannot tell its containers', async () => {
  const broken = { address: here, listContainers: async () => Promise.reject(new Error('hung up')) };
  await expect(takenPorts([{ port: 7050, wantedBy: 'orderer' }], broken, 'p')).rejects.toThrow('hung up');
});

it('is grouped by owner', () => {
  const wantedBy = 'orderer';
  const taken = [7050, 7051, 8051].map((port) => ({
    port,
    wantedBy,
    owner: port === 7051 ? '' : 'process 7',
  }));
  expect(portOwners(taken)).toEqual([
    { owner: 'process 7', ports: [7050, 8051], nodes: ['orderer'] },
    { owner: '', ports: [7051], nodes: ['orderer'] },
  ]);
});
