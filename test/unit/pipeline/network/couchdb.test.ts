import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
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

const AS_ADMIN = `Basic ${Buffer.from('admin:adminpw').toString('base64')}`;

describe('askDatabases', () => {
  it('succeeds if CouchDB lists its databases for the admin', async () => {
    const { port, asked } = await listening({ 'GET /_all_dbs': [200, '["_users","mychannel_"]\n'] });
    expect(await askDatabases({ port })).toEqual({ yes: ['_users', 'mychannel_'] });
    expect(asked).toEqual([`GET /_all_dbs ${AS_ADMIN}`]);
  });

  it.each([
    ['an other password', [401, '{"error":"unauthorized"}'], '401 {"error":"unauthorized"}'],
    ['something else', [200, '<html>'], '200 <html>'],
  ] as const)('%s: no', async (_, answer, no) => {
    const { port } = await listening({ 'GET /_all_dbs': answer });
    expect(await askDatabases({ port })).toEqual({ no });
  });

  it('fails without a server', async () => {
    const { port } = await listening({});
    close?.();
    expect(await askDatabases({ port })).toEqual({ no: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('openUsersDatabase', () => {
  const PATH = '/_node/_local/_config/couchdb/users_db_security_editable';

  it('makes the security of _users editable from 3.0 on', async () => {
    const { port, asked } = await listening({
      'GET /': [200, '{"couchdb":"Welcome","version":"3.4.2"}'],
      [`PUT ${PATH}`]: [200, '""'],
    });
    expect(await openUsersDatabase({ port })).toBe('3.4.2: 200 ""');
    expect(asked.at(-1)).toBe(`PUT ${PATH} ${AS_ADMIN} "true"`);
  });

  it('changes nothing before 3.0', async () => {
    const { port, asked } = await listening({ 'GET /': [200, '{"couchdb":"Welcome","version":"2.3.1"}'] });
    expect(await openUsersDatabase({ port })).toBeUndefined();
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
