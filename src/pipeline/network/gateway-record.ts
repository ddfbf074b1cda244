/** PURE: the record of the gateway. It writes one JSON object a line to its log. */
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod/mini';
import { shortId, withoutHash } from '../engine/short-id.ts';
import { isGateway } from './network-spec.ts';

const text = z.string();
const seconds = z.number();
const at = { time: text };
const ofPeer = { ...at, peer: text };
const build = { ...ofPeer, container: text, builder: text, builderId: text };
/** Of a chaincode image that was built. `from` is the peer whose program was given to this one. */
const compiledBy = { builderId: z.optional(text), from: z.optional(text), key: z.optional(text) };
/** When an earlier run compiled the program; absent: this one did. */
const earlier = { builtAt: z.optional(text) };

const schema = z.discriminatedUnion('type', [
  z.object({ ...at, type: z.literal('started'), api: text, minApi: text }),
  z.object({ ...at, type: z.literal('listening'), peers: z.array(text) }),
  z.object({ ...ofPeer, type: z.literal('refused'), request: text, reason: text }),
  z.object({ ...ofPeer, type: z.literal('build'), image: text }),
  z.object({ ...build, type: z.literal('compile'), image: z.optional(text) }),
  z.object({ ...ofPeer, type: z.literal('output'), container: text, line: text }),
  z.object({
    ...{ ...build, type: z.literal('compiled'), exitCode: z.number(), seconds, from: z.optional(text) },
    ...earlier,
  }),
  z.object({
    ...{ ...ofPeer, type: z.literal('image'), image: text, imageId: text },
    ...{ runtime: text, runtimeId: text, seconds, ...compiledBy, ...earlier },
  }),
  z.object({ ...ofPeer, type: z.literal('build-failed'), image: text, message: text, seconds }),
  z.object({ ...ofPeer, type: z.literal('not-kept'), message: text }),
  z.object({ ...ofPeer, type: z.literal('missing'), image: text }),
  z.object({ ...ofPeer, type: z.literal('engine-lost'), request: text, message: text }),
  z.object({ ...ofPeer, type: z.literal('socket-lost'), message: text }),
  z.object({ ...ofPeer, type: z.literal('chaincode'), container: text, image: text, imageId: text }),
]);

/** One line of the record. */
export type GatewayRecord = z.infer<typeof schema>;

/** @returns undefined for a line that is not of the record, such as a crash */
export function gatewayRecord(line: string): GatewayRecord | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Returns the record as a sentence, in one line. Peers decide about parts of it, so control characters are removed. */
export function recordText(record: GatewayRecord): string {
  return stripVTControlCharacters(sentence(record)).replace(/\p{Cc}+/gu, ' ');
}

function sentence(record: GatewayRecord): string {
  switch (record.type) {
    case 'started':
      return `connected to an engine with API ${record.minApi} to ${record.api}`;
    case 'listening':
      return `serving ${record.peers.join(', ')}`;
    case 'refused':
      return `refused ${record.peer} ${record.request}: ${record.reason}`;
    case 'build':
      return `${record.peer} builds ${withoutHash(record.image)}`;
    case 'compile':
      return `${record.peer} asks for a compile in ${record.builder} ${shortId(record.builderId)}`;
    case 'output':
      return `${record.peer} | ${record.line}`;
    case 'compiled': {
      if (record.builtAt !== undefined)
        return `${record.peer} gets the program that ${record.builder} ${shortId(record.builderId)} compiled on ${record.builtAt}`;
      const how = record.from === undefined ? '' : `, from the build of ${record.from}`;
      return `${record.peer} compiled in ${record.seconds.toFixed(1)} s with exit code ${record.exitCode}${how}`;
    }
    case 'image': {
      const base = `${record.runtime} ${shortId(record.runtimeId)}`;
      return `${record.peer} built ${withoutHash(record.image)} ${shortId(record.imageId)} on ${base}`;
    }
    case 'build-failed':
      return `${record.peer} could not build ${withoutHash(record.image)}: ${record.message}`;
    case 'not-kept':
      return `the program of ${record.peer} is not kept for later runs: ${record.message}`;
    case 'missing':
      return `${record.peer} asks for ${record.image}, which is not on the engine`;
    case 'engine-lost':
      return `the engine did not answer ${record.request} of ${record.peer}: ${record.message}`;
    case 'socket-lost':
      return `the socket of ${record.peer} is lost: ${record.message}`;
    case 'chaincode':
      return `${record.peer} starts ${withoutHash(record.container)}`;
    default:
      return record satisfies never;
  }
}

const ERRORS: readonly GatewayRecord['type'][] = ['build-failed', 'missing', 'engine-lost', 'socket-lost'];

/** The levels that Fabric's logs have, by which lines are found and coloured. */
function levelOf(record: GatewayRecord): string {
  if (record.type === 'refused') return 'WARN';
  const failed = record.type === 'compiled' && record.exitCode !== 0;
  return failed || ERRORS.includes(record.type) ? 'ERRO' : 'INFO';
}

/** Returns a line of a node's log as it is shown: a record of the gateway as a sentence, any other line as it is. */
export function shownLine(node: string, line: string): string {
  const record = isGateway(node) ? gatewayRecord(line) : undefined;
  if (!record) return line;
  const time = record.time.slice(0, '2026-11-29T11:34:12.841'.length).replace('T', ' ').replace(/Z$/, '');
  return `${time} UTC ${levelOf(record)} ${recordText(record)}`;
}
