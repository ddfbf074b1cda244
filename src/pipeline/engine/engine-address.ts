/** Finds the engine that is meant, in the order of docker's own client, and what names it. */
import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod/mini';
import {
  DEFAULT_ENDPOINT,
  type EngineOrigin,
  isSsh,
  type Machine,
  type Machines,
  sharesHost,
  socketPathOf,
  UNIX,
} from '../core/engine-origin.ts';
import { errorCode, isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';
import { httpAddress, isRemoteEndpoint } from '../core/remote-endpoint.ts';
import { dockerFolder, readDockerConfig } from './docker-config.ts';

export interface EngineAddress {
  /** `unix:///path`, `tcp://host:port` or `ssh://user@host`. */
  readonly endpoint: string;
  readonly origin: EngineOrigin;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, each if needed; undefined if the engine is not reached through TLS. */
  readonly certificates?: string;
  /** Whether any certificate of the engine is accepted. */
  readonly unverified?: boolean;
  /** Set if the network of the folder runs on several machines. */
  readonly machines?: Machines;
}

/** Returns what protects a connection. One to this machine itself, as through a tunnel, needs no protection. */
export function encryptionOf({ endpoint, certificates, unverified }: EngineAddress) {
  if (sharesHost({ endpoint }) || isSsh({ endpoint })) return 'full';
  const { hostname, protocol } = new URL(httpAddress(endpoint));
  if (/^(?:localhost|127\..*|\[::1\])$/.test(hostname)) return 'full';
  if (unverified) return 'unverified';
  return certificates !== undefined || protocol === 'https:' ? 'full' : 'plain';
}

type Environment = Readonly<Record<string, string | undefined>>;

function unusable(
  problem: 'context' | 'address',
  endpoint: string,
  origin: EngineOrigin,
  detail: string,
): WizardFailure {
  return new WizardFailure({ kind: 'engine', problem, endpoint, origin, detail });
}

/** @throws WizardFailure `engine` if the text is not the address of an engine */
function endpointOf(text: string, origin: EngineOrigin): string {
  if (text === UNIX) return DEFAULT_ENDPOINT;
  if (/^unix:\/\/\//.test(text)) return text;
  // docker reads a host without a scheme as TCP. A path is a mistake: docker would look for a host of that name.
  const remote = /^[^/:]+(?::\d+)?$/.test(text) ? `tcp://${text}` : text;
  if (isRemoteEndpoint(remote)) return remote;
  throw unusable('address', text.replace(/(\/\/[^/@:]*):[^/@]*@/, '$1:***@'), origin, '');
}

const contextFile = z.object({
  Endpoints: z.object({
    docker: z.object({ Host: z.string().check(z.minLength(1)), SkipTLSVerify: z.optional(z.boolean()) }),
  }),
});

type ContextFile = z.infer<typeof contextFile>['Endpoints']['docker'];

/** Whether the address can be that of an engine behind TLS. */
function mayUseTls(endpoint: string): boolean {
  return !sharesHost({ endpoint }) && !isSsh({ endpoint });
}

/** @throws WizardFailure `engine` if the context does not exist or its file cannot be used */
async function contextAddress(name: string, from: string, folder: string): Promise<EngineAddress> {
  const origin: EngineOrigin = { kind: 'context', name, from };
  const contexts = join(folder, 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(contexts, 'meta', id, 'meta.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = isMissing(error) ? 'context not found' : errorCode(error);
    throw unusable('context', '', origin, `context "${name}": ${reason}: ${file}`);
  });
  const { Host, SkipTLSVerify: unverified = false } = readContext(text, () =>
    unusable('context', '', origin, `context "${name}": no address of an engine in ${file}`),
  );
  const certificates = join(contexts, 'tls', id, 'docker');
  const hasCertificates = await access(certificates).then(
    () => true,
    () => false,
  );
  const endpoint = endpointOf(Host, origin);
  return mayUseTls(endpoint) && (hasCertificates || unverified)
    ? { endpoint, origin, certificates, ...(unverified ? { unverified } : {}) }
    : { endpoint, origin };
}

function readContext(text: string, broken: () => WizardFailure): ContextFile {
  try {
    return contextFile.parse(JSON.parse(text)).Endpoints.docker;
  } catch {
    throw broken();
  }
}

/** Returns the context that is selected, with what selects it. As in docker, a broken file selects none. */
async function selectedContext(
  env: Environment,
  folder: string,
): Promise<{ readonly name: string; readonly from: string } | undefined> {
  if (env.DOCKER_CONTEXT) return { name: env.DOCKER_CONTEXT, from: 'DOCKER_CONTEXT' };
  const { currentContext, file } = await readDockerConfig(folder);
  return currentContext ? { name: currentContext, from: file } : undefined;
}

/** Returns whether a program listens at a socket, or would not let this user in. */
function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', (error) => end(['EACCES', 'EPERM'].includes(errorCode(error))));
  });
}

/**
 * Returns the engine that is meant: `DOCKER_HOST`, else the selected context, else the default socket. If nothing
 * listens there, the socket of this user's rootless engine, which docker's client does not try.
 * @throws WizardFailure `engine` if what is selected cannot be used
 */
export async function findEngine(
  env: Environment,
  defaultEndpoint = DEFAULT_ENDPOINT,
): Promise<EngineAddress> {
  if (env.DOCKER_HOST) {
    const origin: EngineOrigin = { kind: 'variable' };
    const endpoint = endpointOf(env.DOCKER_HOST, origin);
    const verified = Boolean(env.DOCKER_TLS_VERIFY);
    if (!mayUseTls(endpoint) || !(verified || env.DOCKER_TLS)) return { endpoint, origin };
    const certificates = env.DOCKER_CERT_PATH || dockerFolder(env);
    return { endpoint, origin, certificates, ...(verified ? {} : { unverified: true }) };
  }
  const folder = dockerFolder(env);
  const context = await selectedContext(env, folder);
  if (context && context.name !== 'default') return contextAddress(context.name, context.from, folder);
  const usual: EngineAddress = { endpoint: defaultEndpoint, origin: { kind: 'default' } };
  if (!env.XDG_RUNTIME_DIR || (await listens(socketPathOf(defaultEndpoint) ?? ''))) return usual;
  const rootless = join(env.XDG_RUNTIME_DIR, 'docker.sock');
  return (await listens(rootless)) ? { endpoint: `${UNIX}${rootless}`, origin: { kind: 'rootless' } } : usual;
}

let found: EngineAddress | undefined;
let machines: Machines | undefined;

async function rememberedEngine(): Promise<EngineAddress> {
  found ??= await findEngine(process.env);
  return found;
}

/** From now on, the engine of this process has the engines of these machines beside it; undefined: none. */
export function selectMachines(used: Machines | undefined): void {
  machines = used;
}

/** Returns the address of another machine of a Swarm. */
export function machineAddress({ name: _, ...address }: Machine, origin: EngineOrigin): EngineAddress {
  return { ...address, origin };
}

/** Returns an address of TCP with the certificates of the selected engine, which are all that are known. */
export function addressLike(
  { certificates, unverified }: EngineAddress,
  endpoint: string,
): Omit<EngineAddress, 'origin' | 'machines'> {
  if (!mayUseTls(endpoint) || certificates === undefined) return { endpoint };
  return { endpoint, certificates, ...(unverified === undefined ? {} : { unverified }) };
}

/**
 * Returns how the engine of another node of a Swarm is reached, if nothing names its address: as the selected one, at
 * the node's address.
 * @param host address of the node in the Swarm
 */
export function addressBeside(
  selected: EngineAddress,
  host: string,
): Omit<EngineAddress, 'origin' | 'machines'> {
  const { endpoint } = selected;
  const inUrl = host.includes(':') ? `[${host}]` : host;
  if (sharesHost({ endpoint })) return { endpoint: `ssh://${inUrl}` };
  const url = new URL(httpAddress(endpoint));
  url.hostname = inUrl;
  if (isSsh({ endpoint })) return { endpoint: url.href };
  return addressLike(selected, url.href.replace(/^http:/, 'tcp:').replace(/\/$/, ''));
}

/**
 * Returns the engine of this process. It stays the same, even if another context is selected in a file meanwhile.
 * @throws WizardFailure `engine` if what is selected cannot be used
 */
export async function currentEngine(): Promise<EngineAddress> {
  const selected = process.env.DOCKER_HOST ? await findEngine(process.env) : await rememberedEngine();
  return machines ? { ...selected, machines } : selected;
}

/** Variables that would send docker or compose to another engine, or make them expect TLS. */
const REDIRECTING = ['DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_TLS', 'DOCKER_CERT_PATH'];

/** Authorities that docker-compose 1 would check an engine against, in place of that in the folder of the certificates. */
const AUTHORITIES = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

function environmentWithout(names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
}

/** Returns this process's environment without what selects an engine. */
export function withoutEngine(): NodeJS.ProcessEnv {
  return environmentWithout([...REDIRECTING, 'DOCKER_HOST']);
}

/** Returns the environment for programs that use the engine: they use this one and no other. */
export function engineEnvironment({
  endpoint,
  certificates,
  unverified,
}: Omit<EngineAddress, 'origin'>): NodeJS.ProcessEnv {
  if (certificates === undefined) return { ...withoutEngine(), DOCKER_HOST: endpoint };
  return {
    ...environmentWithout([...REDIRECTING, ...AUTHORITIES]),
    DOCKER_HOST: endpoint,
    [unverified ? 'DOCKER_TLS' : 'DOCKER_TLS_VERIFY']: '1',
    DOCKER_CERT_PATH: certificates,
  };
}
