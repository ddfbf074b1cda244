/** CouchDB as a peer's state database: credentials, readiness, databases. */

import { request } from 'node:http';
import * as z from 'zod/mini';
import { orCancelled } from '../core/cancellation.ts';
import { hasNodesHere } from '../core/engine-origin.ts';
import { CancelledError, type LogTail } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf } from '../engine/engine-answers.ts';
import { deadlineOf, patienceOf } from './deadlines.ts';
import { requestInside } from './inside-port.ts';
import { containerName, type NetworkSpec, type NodeSpec } from './network-spec.ts';

/** User name and password of Fabric's samples; the port is published on 127.0.0.1 only. */
export const COUCHDB_USER = { name: 'admin', password: 'adminpw' } as const;

/** Port inside the network. */
export const COUCHDB_PORT = 5984;

/** Returns the URL for clients on this host. */
export function couchdbUrl({ port }: Pick<NodeSpec, 'port'>): string {
  return `http://${COUCHDB_USER.name}:${COUCHDB_USER.password}@127.0.0.1:${port}`;
}

interface HttpResponse {
  readonly status: number;
  readonly text: string;
}

/** The network of a CouchDB, and the engine that it runs on. */
export interface CouchdbNetwork {
  readonly docker: Pick<DockerPort, 'address' | 'exec'>;
  readonly spec: Pick<NetworkSpec, 'project'>;
  readonly signal: AbortSignal;
}

/** A value, or the reason why there is none yet. */
type Answer<T> = { readonly yes: T } | { readonly no: Text };

interface CouchdbRequest {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly body?: string;
}

function callOnHost(
  node: NodeSpec,
  { method, path, body = '' }: CouchdbRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(`${couchdbUrl(node)}${path}`, { method, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString().trim() }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function callInside(
  { docker, spec }: CouchdbNetwork,
  node: NodeSpec,
  { method, path, body = '' }: CouchdbRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const user = `${COUCHDB_USER.name}:${COUCHDB_USER.password}`;
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  const sent = { method, path, authorization, body };
  return requestInside({ docker }, containerName(spec, node.name), COUCHDB_PORT, sent, signal);
}

/**
 * Calls CouchDB at its published port or, on an engine elsewhere, in its container.
 * @throws CancelledError if the signal of the network is aborted
 */
async function call(
  network: CouchdbNetwork,
  node: NodeSpec,
  sent: CouchdbRequest,
): Promise<Answer<HttpResponse>> {
  const { address } = network.docker;
  const patience = patienceOf(address);
  const late = AbortSignal.timeout(patience);
  const signal = AbortSignal.any([network.signal, late]);
  try {
    const response = hasNodesHere(address)
      ? callOnHost(node, sent, signal)
      : callInside(network, node, sent, signal);
    return { yes: await orCancelled(response, signal) };
  } catch (error) {
    if (network.signal.aborted) throw new CancelledError();
    return { no: late.aborted ? { key: 'detail.no-answer', seconds: patience / 1000 } : messageOf(error) };
  }
}

function parsed<T>(schema: z.ZodMiniType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const databasesSchema = z.array(z.string());
const welcomeSchema = z.object({ version: z.string() });

/**
 * Lists all databases, which also checks the password. While CouchDB starts, it may accept connections and reject the
 * request.
 */
export async function askDatabases(
  network: CouchdbNetwork,
  node: NodeSpec,
): Promise<Answer<readonly string[]>> {
  const answer = await call(network, node, { method: 'GET', path: '/_all_dbs' });
  if ('no' in answer) return answer;
  const { status, text } = answer.yes;
  const names = status === 200 ? parsed(databasesSchema, text) : undefined;
  return names ? { yes: names } : { no: `${status} ${text.slice(0, 200)}`.trim() };
}

/**
 * Lets clients edit the security object of `_users`: CouchDB 3.0 and later forbid it, and peers before 2.2 exit then.
 * @returns version and response; undefined for an older CouchDB, which needs no change
 */
async function tryOpenUsersDatabase(
  network: CouchdbNetwork,
  node: NodeSpec,
): Promise<Answer<string | undefined>> {
  const welcome = await call(network, node, { method: 'GET', path: '/' });
  if ('no' in welcome) return welcome;
  const { version } = parsed(welcomeSchema, welcome.yes.text) ?? { version: '' };
  if (Number.parseInt(version, 10) < 3) return { yes: undefined };
  const path = '/_node/_local/_config/couchdb/users_db_security_editable';
  const answer = await call(network, node, { method: 'PUT', path, body: '"true"' });
  if ('no' in answer) return answer;
  const { status, text } = answer.yes;
  const said = `${version}: ${status} ${text}`;
  // A CouchDB that starts may accept a connection and then fail.
  return status >= 500 ? { no: said } : { yes: said };
}

/** For a network of a few nodes. */
const DEADLINE_MS = 60_000;

/**
 * Opens the database of users, as `tryOpenUsersDatabase` does, and repeats that while CouchDB is busy.
 * @param evidence reads the log of the node if the deadline passes
 * @throws WizardFailure `timeout`; CancelledError
 */
export function openUsersDatabase(
  network: CouchdbNetwork & { readonly spec: Pick<NetworkSpec, 'orgs' | 'orderers'> },
  node: NodeSpec,
  evidence: () => Promise<readonly LogTail[]>,
  deadlineMs = deadlineOf(network.spec, DEADLINE_MS),
): Promise<string | undefined> {
  return until({
    what: { key: 'wait.setting', node: node.name },
    deadlineMs,
    signal: network.signal,
    poll: () => tryOpenUsersDatabase(network, node),
    evidence,
  });
}

/** Fabric cuts longer channel names in database names. */
const CHANNEL_LENGTH = 50;

/**
 * Finds the database in which a peer stores a channel's state.
 * @param chaincode name of the chaincode, for releases with one database per chaincode
 */
export function stateDatabase(
  databases: readonly string[],
  channel: string,
  chaincode: string | undefined,
): string | undefined {
  // Database names cannot contain a dot; releases replace it differently.
  const prefix = channel.slice(0, CHANNEL_LENGTH).replaceAll('.', '[$_]').replaceAll('-', '\\-');
  const rest = channel.length > CHANNEL_LENGTH ? '.*' : '';
  const wanted = new RegExp(
    `^${prefix}${rest}${chaincode === undefined ? '(_.*)?$' : `_${chaincode}(\\(|$)`}`,
  );
  return databases.find((name) => wanted.test(name));
}
