import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { orCancelled } from '../../../../src/pipeline/core/cancellation.ts';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import {
  askDatabases,
  type CouchdbNetwork,
  openUsersDatabase,
  stateDatabase,
} from '../../../../src/pipeline/network/couchdb.ts';

type Answers = Readonly<Record<string, readonly [status: number, text: string]>>;

let close: (() => void) | undefined;
afterEach(() => {
  vi.restoreAllMocks();
  close?.();
});

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
  spec: { project: 'p', orgs: [], orderers: [] },
  signal: new AbortController().signal,
};

const noLogs = async () => [];

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
    const words: string[] = [];
    const exec: CouchdbNetwork['docker']['exec'] = async (container, [shell = '', ...args], { env }) => {
      containers.push(container);
      words.push(...args);
      const inside = args.map((each) => (each === '5984' ? String(port) : each));
      const { exitCode = -1, stdout, stderr } = await execa(shell, inside, { reject: false, env });
      return { exitCode, stdout, stderr };
    };
    const address = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
    return { containers, words, network: { ...network, docker: { address, exec } } };
  }

  it('is asked in its container', async () => {
    const { port, asked } = await listening({ 'GET /_all_dbs': [200, '["_users","mychannel_"]\n'] });
    const { containers, words, network: there } = elsewhere(port);
    // Nothing listens at the published port of this host.
    expect(await askDatabases(there, couchdb(1))).toEqual({ yes: ['_users', 'mychannel_'] });
    expect(asked).toEqual([`GET /_all_dbs ${AS_ADMIN}`]);
    expect(containers).toEqual(['p-couchdb0']);
    // The arguments of a process can be read by everybody.
    expect(words.join()).not.toContain(AS_ADMIN.slice('Basic '.length));
  });

  it('gets settings', async () => {
    const path = '/_node/_local/_config/couchdb/users_db_security_editable';
    const { port, asked } = await listening({
      'GET /': [200, '{"couchdb":"Welcome","version":"3.4.2"}'],
      [`PUT ${path}`]: [200, '""'],
    });
    expect(await openUsersDatabase(elsewhere(port).network, couchdb(1), noLogs)).toBe('3.4.2: 200 ""');
    expect(asked.at(-1)).toBe(`PUT ${path} ${AS_ADMIN} "true"`);
  });

  /** Commands of a container that get an answer from `answers` one after another, and none after the last. */
  function slow(...answers: readonly string[]) {
    const limits: AbortController[] = [];
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const limit = new AbortController();
      limits.push(limit);
      return limit.signal;
    });
    const end = new AbortController();
    const rest = [...answers];
    const exec = async (_id: string, _command: readonly string[], { signal }: { signal: AbortSignal }) => {
      const stdout = rest.shift();
      if (stdout !== undefined) return { exitCode: 0, stdout, stderr: '' };
      return orCancelled(new Promise<never>(() => undefined), signal);
    };
    const there = { ...network, signal: end.signal, docker: { ...elsewhere(1).network.docker, exec } };
    return { there, end, rest, limits };
  }
  const answer = (text: string) => `HTTP/1.0 200 OK\r\n\r\n${text}`;

  it('that does not answer in time is no end of the run', async () => {
    const { there, limits } = slow();
    const asked = askDatabases(there, couchdb(1));
    limits[0]?.abort();
    expect(await asked).toEqual({ no: { key: 'detail.no-answer', seconds: expect.any(Number) } });
  });

  it('is asked for the setting again if it was busy', async () => {
    const { there, limits, rest } = slow();
    const opened = openUsersDatabase(there, couchdb(1), noLogs);
    limits[0]?.abort();
    rest.push(
      answer('{"version":"3.4.2"}'),
      'HTTP/1.0 500 Error\r\n\r\n',
      answer('{"version":"3.4.2"}'),
      answer('""'),
    );
    expect(await opened).toBe('3.4.2: 200 ""');
    expect(rest).toEqual([]);
  });

  it('has a deadline for the setting', async () => {
    const { there, limits } = slow();
    const opened = openUsersDatabase(there, couchdb(1), noLogs, 0);
    limits[0]?.abort();
    await expect(opened).rejects.toMatchObject({ failure: { kind: 'timeout', what: { node: 'couchdb0' } } });
  });

  it('is left when the run is cancelled', async () => {
    const { there, end } = slow();
    const opened = openUsersDatabase(there, couchdb(1), noLogs);
    end.abort();
    await expect(opened).rejects.toBeInstanceOf(CancelledError);
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
    expect(await openUsersDatabase(network, couchdb(port), noLogs)).toBe('3.4.2: 200 ""');
    expect(asked.at(-1)).toBe(`PUT ${PATH} ${AS_ADMIN} "true"`);
  });

  it('changes nothing before 3.0', async () => {
    const { port, asked } = await listening({ 'GET /': [200, '{"couchdb":"Welcome","version":"2.3.1"}'] });
    expect(await openUsersDatabase(network, couchdb(port), noLogs)).toBeUndefined();
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
