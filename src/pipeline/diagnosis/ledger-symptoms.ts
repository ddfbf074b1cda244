/** Symptoms of ledgers and state databases that do not match the network. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import type { Evidence, PatternMatch, Symptom } from './symptom.ts';

/** Confirms unless the peer that reported it runs and every CouchDB listens: then it has connected since. */
function isNotConnected({ name, facts }: PatternMatch, { containers }: Evidence): DiagnosisFacts | undefined {
  const runs = containers.some(
    ({ node, state }) => node !== undefined && node === name && state === 'running',
  );
  const couchdbs = containers.filter(({ node }) => node?.startsWith('couchdb'));
  return runs && couchdbs.length > 0 && couchdbs.every(({ listens }) => listens) ? undefined : facts;
}

export const ledgerSymptoms: readonly Symptom[] = [
  {
    id: 'channel-exists',
    sources: ['failure'],
    patterns: [
      /readset expected key \[Group\] +(?<group>\S+) at version 0, but got version \d/,
      /requires that key \[Group\] +(?<group>\S+) be at version 0, but it is currently at version \d/,
    ],
    weight: 3,
  },
  {
    id: 'channel-joined-before',
    sources: ['failure'],
    patterns: [/LedgerID already exists/, /ledger \[(?<channel>[^\]]+)\] already exists/],
    weight: 3,
  },
  {
    id: 'ledger-of-other-crypto',
    sources: ['failure', 'node'],
    patterns: [
      /implicit policy evaluation failed - 0 sub-policies were satisfied.* of the '(?<policy>[^']+)' sub-policies/,
      /policy for \[Group\] +(?<group>\S+) not satisfied: /,
      /block \[\d+\] is not signed by an orderer/,
      // The answer to a fetch by an admin of this network.
      /can't read the block: &\{FORBIDDEN\}/,
    ],
    weight: 3,
  },
  {
    id: 'ledger-damaged',
    sources: ['failure', 'node'],
    patterns: [/leveldb: manifest corrupted/, /block \d+ is damaged/, /LevelDBHelper.*corrupted/],
    weight: 4,
  },
  {
    id: 'ledger-of-other-version',
    sources: ['failure', 'node'],
    patterns: [
      /unexpected format\. db info = .*data format = \[(?<found>[^\]]*)\], expected format = \[(?<expected>[^\]]*)\]/,
    ],
    weight: 4,
  },
  {
    id: 'capability-unknown',
    sources: ['failure', 'node'],
    patterns: [
      /(?<kind>Channel|Orderer|Application) capability (?<capability>\S+) is required but not supported/,
    ],
    weight: 4,
  },
  {
    id: 'no-raft-leader',
    // Every orderer logs this for a while after its start.
    sources: ['failure'],
    patterns: [/no Raft leader/],
    weight: 3,
  },
  {
    id: 'couchdb-not-ready',
    sources: ['failure', 'node'],
    patterns: [/couch ?(?:db|instance).*connection refused/i],
    weight: 4,
    confirm: isNotConnected,
  },
  {
    id: 'couchdb-denied',
    sources: ['failure', 'node'],
    patterns: [/CouchDB request\. Error:unauthorized,\s+Status Code:401,\s+Reason:(?<reason>[^\n]+)/i],
    weight: 4,
  },
  {
    id: 'orderer-refuses',
    sources: ['failure'],
    patterns: [/got unexpected status: (?<status>[A-Z_]+) -- (?<info>.+)/],
    weight: 1,
  },
];
