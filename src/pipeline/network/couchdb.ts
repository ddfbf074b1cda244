/** CouchDB as a peer's state database: who may speak to it, whether it answers, what it keeps. */
import { request } from 'node:http';
import * as z from 'zod';
import type { Text } from '../core/phrase.ts';
import type { NodeSpec } from './network-spec.ts';

/** As in Fabric's samples; the port is published on 127.0.0.1 only. */
export const COUCHDB_USER = { name: 'admin', password: 'adminpw' } as const;

/** Inside the network. */
export const COUCHDB_PORT = 5984;

/** For whoever is on this host. */
export function couchdbUrl({ port }: Pick<NodeSpec, 'port'>): string {
  return `http://${COUCHDB_USER.name}:${COUCHDB_USER.password}@127.0.0.1:${port}`;
}

type Address = Pick<NodeSpec, 'port'>;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error where nobody answers within two seconds */
function call(node: Address, method: 'GET' | 'PUT', path: string, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${couchdbUrl(node)}${path}`, { method, timeout: 2000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString().trim() }),
      );
    });
    asked.once('timeout', () => asked.destroy(new Error(`127.0.0.1:${node.port} does not answer`)));
    asked.once('error', reject);
    asked.end(body);
  });
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const databasesSchema = z.array(z.string());
const welcomeSchema = z.object({ version: z.string() });

/**
 * The names of all its databases: the answer shows that it takes the password, too. One that only begins may
 * answer already and refuse the question.
 */
export async function askDatabases(
  node: Address,
): Promise<{ readonly yes: readonly string[] } | { readonly no: Text }> {
  try {
    const { status, text } = await call(node, 'GET', '/_all_dbs');
    const names = status === 200 ? parsed(databasesSchema, text) : undefined;
    return names ? { yes: names } : { no: `${status} ${text.slice(0, 200)}`.trim() };
  } catch (error) {
    return { no: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * From 3.0 on CouchDB lets nobody say who may read `_users`, and peers before 2.2 end where they can't.
 * @returns what it answered; nothing where it was not asked, for it is older
 */
export async function openUsersDatabase(node: Address): Promise<string | undefined> {
  const { version } = parsed(welcomeSchema, (await call(node, 'GET', '/')).text) ?? { version: '' };
  if (Number.parseInt(version, 10) < 3) return undefined;
  const path = '/_node/_local/_config/couchdb/users_db_security_editable';
  const { status, text } = await call(node, 'PUT', path, '"true"');
  return `${version}: ${status} ${text}`;
}

/** Longer names of channels are cut in the names of databases. */
const CHANNEL_LENGTH = 50;

/**
 * The database that a peer keeps a channel's state in.
 * @param chaincode where each has one of its own, the chaincode whose it is
 */
export function stateDatabase(
  databases: readonly string[],
  channel: string,
  chaincode: string | undefined,
): string | undefined {
  // A dot is no letter of a database's name, and lines differ in what stands for it.
  const begin = channel.slice(0, CHANNEL_LENGTH).replaceAll('.', '[$_]').replaceAll('-', '\\-');
  const rest = channel.length > CHANNEL_LENGTH ? '.*' : '';
  const wanted = new RegExp(
    `^${begin}${rest}${chaincode === undefined ? '(_.*)?$' : `_${chaincode}(\\(|$)`}`,
  );
  return databases.find((name) => wanted.test(name));
}
