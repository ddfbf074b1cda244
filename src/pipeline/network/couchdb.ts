/** CouchDB as a peer's state database: credentials, readiness, databases. */

import { request } from 'node:http';
import * as z from 'zod/mini';
import { sharesHost } from '../core/engine-origin.ts';
import type { Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf } from '../engine/engine-answers.ts';
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
}

const PATIENCE_MS = 2000;

/** @throws Error if there is no response within two seconds */
function callOnHost(
  node: NodeSpec,
  method: 'GET' | 'PUT',
  path: string,
  body: string,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const options = { method, timeout: PATIENCE_MS };
    const sent = request(`${couchdbUrl(node)}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString().trim() }),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error(`127.0.0.1:${node.port} does not answer`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Calls CouchDB at its published port or, on an engine elsewhere, in its container. @throws Error if it does not answer */
function call(
  { docker, spec }: CouchdbNetwork,
  node: NodeSpec,
  method: 'GET' | 'PUT',
  path: string,
  body = '',
): Promise<HttpResponse> {
  if (sharesHost(docker.address)) return callOnHost(node, method, path, body);
  const user = `${COUCHDB_USER.name}:${COUCHDB_USER.password}`;
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  const sent = { method, path, authorization, body };
  const container = containerName(spec, node.name);
  return requestInside({ docker }, container, COUCHDB_PORT, sent, AbortSignal.timeout(PATIENCE_MS));
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
): Promise<{ readonly yes: readonly string[] } | { readonly no: Text }> {
  try {
    const { status, text } = await call(network, node, 'GET', '/_all_dbs');
    const names = status === 200 ? parsed(databasesSchema, text) : undefined;
    return names ? { yes: names } : { no: `${status} ${text.slice(0, 200)}`.trim() };
  } catch (error) {
    return { no: messageOf(error) };
  }
}

/**
 * Lets clients edit the security object of `_users`: CouchDB 3.0 and later forbid it, and peers before 2.2 exit then.
 * @returns version and response; undefined for an older CouchDB, which needs no change
 */
export async function openUsersDatabase(
  network: CouchdbNetwork,
  node: NodeSpec,
): Promise<string | undefined> {
  const { text: welcome } = await call(network, node, 'GET', '/');
  const { version } = parsed(welcomeSchema, welcome) ?? { version: '' };
  if (Number.parseInt(version, 10) < 3) return undefined;
  const path = '/_node/_local/_config/couchdb/users_db_security_editable';
  const { status, text } = await call(network, node, 'PUT', path, '"true"');
  return `${version}: ${status} ${text}`;
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
