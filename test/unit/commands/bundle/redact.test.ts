import { describe, expect, it } from 'vitest';
import { type Identity, redactor } from '../../../../src/commands/bundle/redact.ts';

const WHO: Identity = {
  home: '/home/alice',
  user: 'alice',
  host: 'workhorse',
  env: {
    GITHUB_TOKEN: 'ghs_16C7e42F292c6912',
    DB_PASSWORD: 'hunter2hunter2',
    EDITOR: 'vim',
    MY_KEY_FILE: '/x',
  },
};
const redact = redactor(WHO);

describe('what leaves the machine', () => {
  it.each([
    ['GITHUB_TOKEN=ghs_16C7e42F292c6912'],
    ['fatal: https://x:ghs_16C7e42F292c6912@github.example/a'],
    ['the password is hunter2hunter2'],
  ])('has no value of a secret variable: %s', (text) => {
    expect(redact(text)).not.toMatch(/ghs_16C7e42F292c6912|hunter2hunter2/);
    expect(redact(text)).toContain('<removed>');
  });

  it.each([
    ['CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: adminpw', 'adminpw'],
    ['COUCHDB_PASSWORD=adminpw', 'adminpw'],
    ['"password": "p\\"w-1234"', '1234'],
    ["client_secret: 'abc def'", 'def'],
    ['https://user:pa55@proxy.example:3128/', 'pa55'],
    ['{"auths":{"r.example":{"auth":"dXNlcjpwYXNz"}}}', 'dXNlcjpwYXNz'],
    ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x', 'eyJhbGciOiJIUzI1NiJ9'],
    ['X-Registry-Auth: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
  ])('has no password or login: %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it('has no private key, whole, cut off or in JSON', () => {
    const key = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIr\n-----END EC PRIVATE KEY-----';
    for (const text of [`a\n${key}\nb`, JSON.stringify({ key }), key.slice(0, 45), `${key.slice(0, 40)}`])
      expect(redact(text)).not.toContain('MHcC');
    expect(redact(`a\n${key}\nb`)).toMatch(/^a\n<removed> EC PRIVATE KEY\nb$/);
  });

  it('names neither the user, nor the home folder, nor the machine', () => {
    expect(redact('open /home/alice/fabric/core.yaml: alice@workhorse')).toBe(
      'open ~/fabric/core.yaml: <user>@<host>',
    );
    expect(redact('/home/alice2 malice workhorses')).toBe('/home/alice2 malice workhorses');
  });

  it('keeps what a report is about', () => {
    const text =
      'image hyperledger/fabric-ccenv:amd64-1.4.12 sha256:0a1b token_type missing; EDITOR=vim port 7050';
    expect(redact(text)).toBe(text);
    const root = redactor({ home: '/root', user: 'root', host: 'peer', env: {} });
    expect(root('root cause at /root/x on peer0, peer')).toBe('root cause at ~/x on peer0, peer');
  });
});
