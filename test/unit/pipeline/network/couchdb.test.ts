import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { askDatabases, openUsersDatabase, stateDatabase } from '../../../../src/pipeline/network/couchdb.ts';

type Answers = Readonly<Record<string, readonly [status: number, text: string]>>;

let close: (() => void) | undefined;
afterEach(() => close?.());

/** Starts an HTTP server with fixed responses, and records its requests. */
async function listening(answers: Answers): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const what = `${request.method} ${request.url}`;
    asked.push([what, request.headers.authorization, body].filter(Boolean).join(' '));
    const [status, text] = answers[what] ?? [404, '{"error":"not_found"}'];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  return { port: (server.address() as AddressInfo).port, asked };
}

const couchdb = (port: number) => ({ name: 'couchdb0', port });

const network = {
  docker: {
    address: { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const,
    exec: () => Promise.reject(new Error('no command is needed')),
  },
  spec: { project: 'p' },
};

const AS_ADMIN = `Basic ${Buffer.from('admin:adminpw').toString('base64')}`;

describe('askDatabases', () => {
  it('succeeds if CouchDB lists its databases for the admin', async () => {
    const { port, asked } = await listening({ 'GET /_all_dbs': [200, '["_users","mychannel_"]\n'] });
    expect(await askDatabases(network, couchdb(port))).toEqual({ yes: ['_users', 'mychannel_'] });
    expect(asked).toEqual([`GET /_all_dbs ${AS_ADMIN}`]);
  });

  it.each([
    ['an other password', [401, '{"error":"unauthorized"}'], '401 {"error":"unauthorized"}'],
    ['something else', [200, '<html>'], '200 <html>'],
  ] as const)('%s: no', async (_, answer, no) => {
    const { port } = await listening({ 'GET /_all_dbs': answer });
    expect(await askDatabases(network, couchdb(port))).toEqual({ no });
  });

  it('fails without a server', async () => {
    const { port } = await listening({});
    close?.();
    expect(await askDatabases(network, couchdb(port))).toEqual({
      no: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('a CouchDB on an engine elsewhere', () => {
  /** Runs commands as a container with the CouchDB at this port. */
  function elsewhere(port: number) {
    const containers: string[] = [];
    const exec = async (container: string, [shell = '', ...args]: readonly string[]) => {
      containers.push(container);
      const inside = args.map((each) => (each === '5984' ? String(port) : each));
      const { exitCode = -1, stdout, stderr } = await execa(shell, inside, { reject: false });
      return { exitCode, stdout, stderr };
    };
    const address = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
    return { containers, network: { docker: { address, exec }, spec: { project: 'p' } } };
  }

  it('is asked in its container', async () => {
    const { port, asked } = await listening({ 'GET /_all_dbs': [200, '["_users","mychannel_"]\n'] });
    const { containers, network: there } = elsewhere(port);
    // Nothing listens at the published port of this host.
    expect(await askDatabases(there, couchdb(1))).toEqual({ yes: ['_users', 'mychannel_'] });
    expect(asked).toEqual([`GET /_all_dbs ${AS_ADMIN}`]);
    expect(containers).toEqual(['p-couchdb0']);
  });

  it('gets settings', async () => {
    const path = '/_node/_local/_config/couchdb/users_db_security_editable';
    const { port, asked } = await listening({
      'GET /': [200, '{"couchdb":"Welcome","version":"3.4.2"}'],
      [`PUT ${path}`]: [200, '""'],
    });
    expect(await openUsersDatabase(elsewhere(port).network, couchdb(1))).toBe('3.4.2: 200 ""');
    expect(asked.at(-1)).toBe(`PUT ${path} ${AS_ADMIN} "true"`);
  });

  it('is not ready without a server', async () => {
    const { port } = await listening({});
    close?.();
    const no = expect.stringMatching(/refused/i);
    expect(await askDatabases(elsewhere(port).network, couchdb(1))).toEqual({ no });
  });
});

describe('openUsersDatabase', () => {
  const PATH = '/_node/_local/_config/couchdb/users_db_security_editable';

  it('makes the security of _users editable from 3.0 on', async () => {
    const { port, asked } = await listening({
      'GET /': [200, '{"couchdb":"Welcome","version":"3.4.2"}'],
      [`PUT ${PATH}`]: [200, '""'],
    });
    expect(await openUsersDatabase(network, couchdb(port))).toBe('3.4.2: 200 ""');
    expect(asked.at(-1)).toBe(`PUT ${PATH} ${AS_ADMIN} "true"`);
  });

  it('changes nothing before 3.0', async () => {
    const { port, asked } = await listening({ 'GET /': [200, '{"couchdb":"Welcome","version":"2.3.1"}'] });
    expect(await openUsersDatabase(network, couchdb(port))).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});

describe('stateDatabase', () => {
  const all = [
    '_users',
    'mychannel_',
    'mychannel_lscc',
    'mychannel_smoke-x1',
    'other_smoke-x2',
    'my$net_',
    'old',
    'my-1_',
  ];

  it.each([
    ['mychannel', 'smoke-x1', 'mychannel_smoke-x1'],
    ['mychannel', 'smoke-x2', undefined],
    ['mychannel', 'smoke-x', undefined],
    ['mychannel', undefined, 'mychannel_'],
    ['my', undefined, undefined],
    ['old', undefined, 'old'],
    ['my.net', undefined, 'my$net_'],
    ['third', undefined, undefined],
  ])('%s, %s: %s', (channel, chaincode, name) => {
    expect(stateDatabase(all, channel, chaincode)).toBe(name);
  });

  it('finds the database of a channel with a long name', () => {
    const channel = 'c'.repeat(240);
    const cut = `${channel.slice(0, 50)}_smoke-x1(0a1b)`;
    expect(stateDatabase([cut], channel, 'smoke-x1')).toBe(cut);
  });
});
