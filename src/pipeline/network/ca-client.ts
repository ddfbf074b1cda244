/** Runs fabric-ca-client in the container of an organisation's CA. Secrets reach it in its environment. */
import { randomBytes } from 'node:crypto';
import { WizardFailure } from '../core/failure.ts';
import { shellLine } from '../core/shell-text.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ExecResult } from '../engine/engine-types.ts';
import { CA_PORT } from '../images/ca-layout.ts';
import type { CaAdmin } from './ca-files.ts';
import type { CaOrg } from './ca-orgs.ts';
import { CA_KEYS, caCertificate } from './ca-parts.ts';
import { type CaRequest, explained } from './ca-refusals.ts';
import { outputTail } from './peer-cli.ts';

/** A CA that runs. */
export interface CaServer {
  readonly docker: Pick<DockerPort, 'exec' | 'readFiles'>;
  /** Id of its container. */
  readonly container: string;
  readonly org: CaOrg;
  readonly admin: CaAdmin;
  readonly signal: AbortSignal;
}

/** What an identity consists of, as PEM text. */
export interface Enrolment {
  readonly certificate: string;
  readonly key: string;
}

/** An identity that the CA knows. */
export interface RegisteredIdentity {
  readonly name: string;
  readonly type: string;
  readonly affiliation: string;
  /** Without those of Fabric CA itself, which begin with `hf.`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Registration {
  readonly name: string;
  readonly type: string;
  readonly affiliation: string | undefined;
  /** `name=value`, or `name=value:ecert` for one that is in every certificate. */
  readonly attributes: readonly string[];
  readonly secret: string;
}

/**
 * Enrols the administrator, and runs the command as it. The key is for this command only, and is removed with it, also if this
 * program was killed meanwhile.
 * $1 folder, $2 … command
 */
const AS_ADMIN = `
set -eu
umask 077
mkdir -p "$1"
export FABRIC_CA_CLIENT_HOME="$1"
shift
trap 'rm -rf "$FABRIC_CA_CLIENT_HOME/msp/keystore"' EXIT
url=$CA_URL
unset CA_URL
FABRIC_CA_CLIENT_URL="$url" fabric-ca-client enroll >"$FABRIC_CA_CLIENT_HOME/log" 2>&1 || { cat "$FABRIC_CA_CLIENT_HOME/log" >&2; exit 1; }
fabric-ca-client "$@"
`;

/** Enrols an identity. $1 folder */
const ENROL = `
set -eu
umask 077
mkdir -p "$1"
export FABRIC_CA_CLIENT_HOME="$1" FABRIC_CA_CLIENT_URL="$CA_URL"
exec fabric-ca-client enroll
`;

/** Time limit for removing a folder: the engine may be gone. */
const REMOVE_MS = 10_000;

function urlOf({ name, secret }: CaAdmin): string {
  return `https://${encodeURIComponent(name)}:${encodeURIComponent(secret)}@localhost:${CA_PORT}`;
}

function failed(org: CaOrg, command: readonly string[], result: ExecResult): WizardFailure {
  return new WizardFailure({
    kind: 'command',
    command: shellLine(['fabric-ca-client', ...command]),
    where: org.ca.name,
    exitCode: result.exitCode,
    tail: outputTail(result),
  });
}

/**
 * Calls `act` with a new folder in the container, and removes the folder however it ends.
 * @param request what `act` asks of the CA, whose refusal is explained
 */
async function withFolder<T>(
  { docker, container, org }: CaServer,
  request: CaRequest,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = `/tmp/identity-${randomBytes(6).toString('hex')}`;
  try {
    return await explained(request, org, () => act(folder));
  } finally {
    const signal = AbortSignal.timeout(REMOVE_MS);
    await docker.exec(container, ['rm', '-rf', folder], { signal }).catch(() => undefined);
  }
}

function environment({ org }: CaServer, as: CaAdmin): Record<string, string> {
  return { CA_URL: urlOf(as), FABRIC_CA_CLIENT_TLS_CERTFILES: `${CA_KEYS}/${caCertificate(org)}` };
}

/** @param secrets variables besides those of every command */
async function asAdmin(
  server: CaServer,
  folder: string,
  command: readonly string[],
  secrets: Readonly<Record<string, string>> = {},
): Promise<ExecResult> {
  const { docker, container, admin, org, signal } = server;
  const env = { ...environment(server, admin), ...secrets };
  const result = await docker.exec(container, ['sh', '-c', AS_ADMIN, 'client', folder, ...command], {
    env,
    signal,
  });
  if (result.exitCode !== 0) throw failed(org, command, result);
  return result;
}

/** Returns a value of a flag that takes a list, so that a comma in it does not separate two. */
function listValue(value: string): string {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

const ALREADY = /already exists|code: 63|Error Code: 63/i;

/** Makes the affiliation and those above it, if they do not exist. */
async function ensureAffiliation(server: CaServer, folder: string, affiliation: string): Promise<void> {
  const command = ['affiliation', 'add', affiliation, '--force'];
  try {
    await asAdmin(server, folder, command);
  } catch (error) {
    const failure = error instanceof WizardFailure ? error.failure : undefined;
    if (failure?.kind !== 'command' || !failure.tail.some((line) => ALREADY.test(line))) throw error;
  }
}

/** Registers an identity. @returns its secret. @throws WizardFailure `usage`, or `command` with the CA's answer; CancelledError */
export function register(server: CaServer, registration: Registration): Promise<string> {
  const { name, type, affiliation, attributes, secret } = registration;
  const request = { action: 'register', name } as const;
  return withFolder(server, request, async (folder) => {
    if (affiliation !== undefined) await ensureAffiliation(server, folder, affiliation);
    const command = [
      ...['register', '--id.name', name, '--id.type', type],
      ...(affiliation === undefined ? [] : ['--id.affiliation', affiliation]),
      ...attributes.flatMap((attribute) => ['--id.attrs', listValue(attribute)]),
    ];
    const { stdout } = await asAdmin(server, folder, command, { FABRIC_CA_CLIENT_ID_SECRET: secret });
    const said = /^Password: (.+)$/m.exec(stdout)?.[1];
    if (said === undefined) throw new Error('fabric-ca-client printed no password');
    return said;
  });
}

/** Returns the text of the only file in a folder of the container. */
async function onlyFile({ docker, container }: CaServer, path: string): Promise<string> {
  const [file] = ((await docker.readFiles(container, path)) ?? []).filter(
    ({ content }) => content.length > 0,
  );
  if (!file) throw new Error(`${path} is empty`);
  return file.content.toString();
}

/** Enrols an identity: the CA signs a certificate for a new key. @throws WizardFailure `usage`, `command`; CancelledError */
export function enrol(server: CaServer, identity: CaAdmin): Promise<Enrolment> {
  const { docker, container, org, signal } = server;
  return withFolder(server, { action: 'enroll', name: identity.name }, async (folder) => {
    const env = environment(server, identity);
    const result = await docker.exec(container, ['sh', '-c', ENROL, 'client', folder], { env, signal });
    if (result.exitCode !== 0) throw failed(org, ['enroll'], result);
    return {
      certificate: await onlyFile(server, `${folder}/msp/signcerts`),
      key: await onlyFile(server, `${folder}/msp/keystore`),
    };
  });
}

const IDENTITY = /^Name: (.*), Type: (.*), Affiliation: (.*), Max Enrollments: (-?\d+), Attributes: (.*)$/;
const ATTRIBUTE = /\{Name:(\S+) Value:(.*?) ECert:(?:true|false)\}/g;

/** PURE. Parses the output of `fabric-ca-client identity list`. */
export function parseIdentities(output: string): RegisteredIdentity[] {
  return output.split('\n').flatMap((line): RegisteredIdentity[] => {
    const [, name, type = '', affiliation = '', , attributes = ''] = IDENTITY.exec(line) ?? [];
    if (name === undefined) return [];
    const values = [...attributes.matchAll(ATTRIBUTE)].map(
      ([, key = '', value = '']) => [key, value] as const,
    );
    return [
      {
        name,
        type,
        affiliation,
        attributes: Object.fromEntries(values.filter(([key]) => !key.startsWith('hf.'))),
      },
    ];
  });
}

/** Returns all identities that the CA knows. @throws WizardFailure `command`; CancelledError */
export function registeredIdentities(server: CaServer): Promise<RegisteredIdentity[]> {
  return withFolder(server, { action: 'list' }, async (folder) =>
    parseIdentities((await asAdmin(server, folder, ['identity', 'list'])).stdout),
  );
}

/** Revokes an identity with all of its certificates. It cannot be enrolled again. @throws WizardFailure `usage`, `command` */
export async function revoke(server: CaServer, name: string, reason: string | undefined): Promise<void> {
  const command = [
    'revoke',
    '--revoke.name',
    name,
    ...(reason === undefined ? [] : ['--revoke.reason', reason]),
  ];
  await withFolder(server, { action: 'revoke', name }, (folder) => asAdmin(server, folder, command));
}

/** Returns the list of all revoked certificates, in PEM. @throws WizardFailure `command`; CancelledError */
export function revocationList(server: CaServer): Promise<string> {
  return withFolder(server, { action: 'crl' }, async (folder) => {
    await asAdmin(server, folder, ['gencrl']);
    return onlyFile(server, `${folder}/msp/crls`);
  });
}
