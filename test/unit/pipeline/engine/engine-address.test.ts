import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { engineEnvironment, findEngine } from '../../../../src/pipeline/engine/engine-address.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const DEFAULT = 'unix:///var/run/docker.sock';
const ELSEWHERE = 'unix:///run/user/1000/docker.sock';

afterEach(() => vi.unstubAllEnvs());

interface Docker {
  /** Content of config.json. */
  readonly config?: string;
  /** Contents of the files of contexts, by name. */
  readonly contexts?: Readonly<Record<string, string>>;
}

/** A folder of docker's configuration, as the variable that names it. */
async function docker({ config, contexts = {} }: Docker): Promise<{ DOCKER_CONFIG: string }> {
  const folder = await tempDir();
  if (config !== undefined) await writeFile(join(folder, 'config.json'), config);
  for (const [name, text] of Object.entries(contexts)) {
    const id = createHash('sha256').update(name).digest('hex');
    const file = join(folder, 'contexts', 'meta', id, 'meta.json');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { DOCKER_CONFIG: folder };
}

function meta(Host: string): string {
  return JSON.stringify({ Name: 'any', Metadata: {}, Endpoints: { docker: { Host, SkipTLSVerify: false } } });
}

const LAB = { contexts: { lab: meta(ELSEWHERE) }, config: '{"currentContext":"lab"}' };

/** A socket at which a program listens, until the test ends. */
async function listening(path: string): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return path;
}

describe('the engine that is meant', () => {
  it('is named by DOCKER_HOST first', async () => {
    const env = { ...(await docker(LAB)), DOCKER_CONTEXT: 'nosuch', DOCKER_HOST: 'unix:///run/other.sock' };
    expect(await findEngine(env)).toEqual({
      endpoint: 'unix:///run/other.sock',
      origin: { kind: 'variable' },
    });
  });

  it('is named by DOCKER_CONTEXT next, also where DOCKER_HOST is empty', async () => {
    const env = { ...(await docker({ ...LAB, config: '{"currentContext":"gone"}' })), DOCKER_HOST: '' };
    expect(await findEngine({ ...env, DOCKER_CONTEXT: 'lab' })).toEqual({
      endpoint: ELSEWHERE,
      origin: { kind: 'context', name: 'lab', from: 'DOCKER_CONTEXT' },
    });
  });

  it('is that of the current context then', async () => {
    const env = await docker(LAB);
    expect(await findEngine(env)).toEqual({
      endpoint: ELSEWHERE,
      origin: { kind: 'context', name: 'lab', from: join(env.DOCKER_CONFIG, 'config.json') },
    });
    // The name of the default address wins over the file.
    expect(await findEngine({ ...env, DOCKER_CONTEXT: 'default' })).toMatchObject({ endpoint: DEFAULT });
  });

  it.each([
    ['no configuration', {}],
    ['no context in it', { config: '{"auths":{}}' }],
    ['an empty context', { config: '{"currentContext":""}' }],
    ['a file that docker ignores too', { config: 'no JSON' }],
  ])('is the default one with %s', async (_, content) => {
    expect(await findEngine(await docker(content))).toEqual({
      endpoint: DEFAULT,
      origin: { kind: 'default' },
    });
  });

  it('comes with the certificates of its context', async () => {
    const env = await docker({ contexts: { far: meta('tcp://10.0.0.7:2376') } });
    const id = createHash('sha256').update('far').digest('hex');
    const certificates = join(env.DOCKER_CONFIG, 'contexts', 'tls', id, 'docker');
    await mkdir(certificates, { recursive: true });
    expect(await findEngine({ ...env, DOCKER_CONTEXT: 'far' })).toMatchObject({
      endpoint: 'tcp://10.0.0.7:2376',
      certificates,
    });
  });
});

describe('without a selection', () => {
  it('the rootless engine of the user is taken where nothing listens at the default socket', async () => {
    const env = { ...(await docker({})), XDG_RUNTIME_DIR: await tempDir() };
    const absent = `unix://${join(await tempDir(), 'docker.sock')}`;
    expect(await findEngine(env, absent)).toMatchObject({ endpoint: absent, origin: { kind: 'default' } });
    const rootless = await listening(join(env.XDG_RUNTIME_DIR, 'docker.sock'));
    expect(await findEngine(env, absent)).toEqual({
      endpoint: `unix://${rootless}`,
      origin: { kind: 'rootless' },
    });
  });

  it('the default socket is taken where both listen, and where a dead file is all there is of the other', async () => {
    const env = { ...(await docker({})), XDG_RUNTIME_DIR: await tempDir() };
    await writeFile(join(env.XDG_RUNTIME_DIR, 'docker.sock'), '');
    const absent = `unix://${join(await tempDir(), 'docker.sock')}`;
    expect(await findEngine(env, absent)).toMatchObject({ origin: { kind: 'default' } });
    const usual = await listening(join(await tempDir(), 'docker.sock'));
    const both = { ...env, XDG_RUNTIME_DIR: await tempDir() };
    await listening(join(both.XDG_RUNTIME_DIR, 'docker.sock'));
    expect(await findEngine(both, `unix://${usual}`)).toMatchObject({ origin: { kind: 'default' } });
  });
});

describe('an address', () => {
  it.each([
    ['unix://', DEFAULT],
    ['unix:///x.sock', 'unix:///x.sock'],
    ['ssh://me@far', 'ssh://me@far'],
    ['tcp://far:2375', 'tcp://far:2375'],
    ['far', 'tcp://far'],
    ['far:2375', 'tcp://far:2375'],
  ])('%s is %s', async (text, endpoint) => {
    expect(await findEngine({ DOCKER_HOST: text })).toMatchObject({ endpoint });
  });

  it.each([
    ...['/var/run/docker.sock', 'unix://x.sock', 'npipe:////./pipe/docker'],
    ...['far:x', 'tcp://far:x', 'tcp://:2375', 'far:99999', 'ssh://', 'ssh://me:secret@far', 'ssh://far?x=y'],
    ...['ssh://root%@far', 'ssh://far/run/%E0%A4%A', 'ssh://-oProxyCommand=x', 'ssh://-o%20x@far'],
    ...['tcp://me:secret@far:2375', 'tcp://far:2375/path'],
  ])('is not %s', async (text) => {
    await expect(findEngine({ DOCKER_HOST: text })).rejects.toMatchObject({
      failure: {
        ...{ kind: 'engine', problem: 'address', origin: { kind: 'variable' } },
        // A password is not shown.
        endpoint: text.replace(':secret@', ':***@'),
      },
    });
  });
});

describe('a context that cannot be used', () => {
  it.each([
    ['nosuch', {}, /^context "nosuch": context not found: .*meta\.json$/],
    ['torn', { contexts: { torn: '{"Name":' } }, /^context "torn": no address of an engine in .*meta\.json$/],
    ['other', { contexts: { other: '{"Endpoints":{"kubernetes":{}}}' } }, /no address of an engine/],
  ])('%s is an error with the file that was read', async (DOCKER_CONTEXT, content, detail) => {
    const error = await findEngine({ ...(await docker(content)), DOCKER_CONTEXT }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WizardFailure);
    expect(error.failure).toMatchObject({ kind: 'engine', problem: 'context' });
    expect(error.failure.detail).toMatch(detail);
  });
});

it('children get exactly this engine', () => {
  for (const name of ['DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_TLS', 'DOCKER_CERT_PATH'])
    vi.stubEnv(name, 'stale');
  vi.stubEnv('DOCKER_HOST', 'unix:///stale.sock');
  vi.stubEnv('KEPT', 'yes');
  const env = engineEnvironment({ endpoint: ELSEWHERE });
  const docker = Object.keys(env).filter((name) => /^DOCKER_(?:HOST|CONTEXT|TLS|CERT)/.test(name));
  expect(docker).toEqual(['DOCKER_HOST']);
  expect(env).toMatchObject({ DOCKER_HOST: ELSEWHERE, KEPT: 'yes' });
});

describe('an engine behind TLS', () => {
  const FAR = { endpoint: 'tcp://127.0.0.1:1', origin: { kind: 'variable' } } as const;

  it('is reached by children with its own certificates', () => {
    vi.stubEnv('DOCKER_CERT_PATH', '/stale');
    vi.stubEnv('REQUESTS_CA_BUNDLE', '/company.pem');
    expect(engineEnvironment({ ...FAR, certificates: '/certificates' })).not.toHaveProperty(
      'REQUESTS_CA_BUNDLE',
    );
    expect(engineEnvironment({ ...FAR, certificates: '/certificates' })).toMatchObject({
      DOCKER_HOST: FAR.endpoint,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: '/certificates',
    });
  });

  it('needs no client certificate', async () => {
    const certificates = await tempDir();
    await writeFile(join(certificates, 'ca.pem'), selfSigned().cert);
    const docker = new DockerPort({ ...FAR, certificates });
    await expect(docker.version()).rejects.toMatchObject({
      failure: { kind: 'engine', problem: 'unreachable' },
    });
  });

  it.each([
    [{ DOCKER_TLS_VERIFY: '1' }, { certificates: '/certificates' }],
    [{ DOCKER_TLS: '1' }, { certificates: '/certificates', unverified: true }],
    [{}, {}],
  ])('is meant by %j', async (variables, expected) => {
    const env = { DOCKER_HOST: FAR.endpoint, DOCKER_CERT_PATH: '/certificates', ...variables };
    expect(await findEngine(env)).toEqual({ ...FAR, ...expected });
  });

  it('is not meant by these variables if it is behind SSH', async () => {
    const env = { DOCKER_HOST: 'ssh://far', DOCKER_CERT_PATH: '/certificates', DOCKER_TLS_VERIFY: '1' };
    expect(await findEngine(env)).toEqual({ ...FAR, endpoint: 'ssh://far' });
  });

  it('is reached by children without verification, if the context says so', () => {
    const env = engineEnvironment({ ...FAR, certificates: '/certificates', unverified: true });
    expect(env).toMatchObject({ DOCKER_TLS: '1', DOCKER_CERT_PATH: '/certificates' });
    expect(env).not.toHaveProperty('DOCKER_TLS_VERIFY');
  });

  it('is found whatever stale certificates the environment names', async () => {
    vi.stubEnv('DOCKER_HOST', FAR.endpoint);
    vi.stubEnv('DOCKER_CERT_PATH', '/nosuch');
    await expect(new DockerPort(FAR).version()).rejects.toMatchObject({
      failure: { kind: 'engine', problem: 'unreachable' },
    });
    expect(process.env.DOCKER_HOST).toBe(FAR.endpoint);
  });

  it('is named where a certificate cannot be read', async () => {
    const certificates = await tempDir();
    await mkdir(join(certificates, 'ca.pem'));
    expect(() => new DockerPort({ ...FAR, certificates })).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ kind: 'engine', ...FAR }) }),
    );
  });
});
