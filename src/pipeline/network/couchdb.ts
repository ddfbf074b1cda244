/** CouchDB as a peer's state database: who may speak to it, whether it answers, what it keeps. */
import { request } from 'node:http';
import * as z from 'zod';
import type { Text } from '../run/phrase.ts';
import type { NodeSpec } from './network-spec.ts';

/** As in Fabric's samples; the port is published on 127.0.0.1 only. */
export const COUCHDB_USER = { name: 'admin', password: 'adminpw' } as const;

/** Inside the network. */
export const COUCHDB_PORT = 5984;

/** For whoever is on this host. */
export function couchdbUrl({ port }: Pick<NodeSpec, 'port'>): string {
  return `http://${COUCHDB_USER.name}:${COUCHDB_USER.password}@127.0.0.1:${port}`;
}

const databasesSchema = z.array(z.string());

/**
 * The names of all its databases: the answer shows that it takes the password, too. One that only begins may
 * answer already and refuse the question.
 */
export function askDatabases(
  node: Pick<NodeSpec, 'port'>,
): Promise<{ readonly yes: readonly string[] } | { readonly no: Text }> {
  return new Promise((resolve) => {
    const asked = request(`${couchdbUrl(node)}/_all_dbs`, { timeout: 2000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', (error) => resolve({ no: error.message }));
      answer.on('end', () => {
        const said = Buffer.concat(chunks).toString().trim();
        const names = answer.statusCode === 200 ? databasesIn(said) : undefined;
        resolve(names ? { yes: names } : { no: `${answer.statusCode ?? ''} ${said.slice(0, 200)}`.trim() });
      });
    });
    asked.once('timeout', () => {
      resolve({ no: { say: 'last.silent', port: node.port } });
      asked.destroy();
    });
    asked.once('error', (error) => resolve({ no: error.message }));
    asked.end();
  });
}

function databasesIn(text: string): readonly string[] | undefined {
  try {
    return databasesSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
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
  const wanted = new RegExp(chaincode === undefined ? `^${begin}` : `^${begin}.*_${chaincode}(\\(|$)`);
  return databases.find((name) => wanted.test(name));
}
