/** PURE: what a decoded block says: its transactions with type, chaincode, function and validation code. */

/** Header types of Fabric, by their number. */
const HEADER_TYPES: Readonly<Record<number, string>> = {
  0: 'MESSAGE',
  1: 'CONFIG',
  2: 'CONFIG_UPDATE',
  3: 'ENDORSER_TRANSACTION',
  4: 'ORDERER_TRANSACTION',
  5: 'DELIVER_SEEK_INFO',
  6: 'CHAINCODE_PACKAGE',
  8: 'PEER_ADMIN_OPERATION',
};

/** Validation codes of Fabric, by their number. */
const VALIDATION_CODES: readonly string[] = [
  'VALID',
  'NIL_ENVELOPE',
  'BAD_PAYLOAD',
  'BAD_COMMON_HEADER',
  'BAD_CREATOR_SIGNATURE',
  'INVALID_ENDORSER_TRANSACTION',
  'INVALID_CONFIG_TRANSACTION',
  'UNSUPPORTED_TX_PAYLOAD',
  'BAD_PROPOSAL_TXID',
  'DUPLICATE_TXID',
  'ENDORSEMENT_POLICY_FAILURE',
  'MVCC_READ_CONFLICT',
  'PHANTOM_READ_CONFLICT',
  'UNKNOWN_TX_TYPE',
  'TARGET_CHAIN_NOT_FOUND',
  'MARSHAL_TX_ERROR',
  'NIL_TXACTION',
  'EXPIRED_CHAINCODE',
  'CHAINCODE_VERSION_CONFLICT',
  'BAD_HEADER_EXTENSION',
  'BAD_CHANNEL_HEADER',
  'BAD_RESPONSE_PAYLOAD',
  'BAD_RWSET',
  'ILLEGAL_WRITESET',
  'INVALID_WRITESET',
  'INVALID_CHAINCODE',
];
const LATE_CODES: Readonly<Record<number, string>> = { 254: 'NOT_VALIDATED', 255: 'INVALID_OTHER_REASON' };

/** Place of the validation codes in a block's metadata. */
const TRANSACTIONS_FILTER = 2;

export interface BlockTransaction {
  /** Empty for a configuration. */
  readonly id: string;
  /** As the client stated it: ISO 8601. */
  readonly time: string;
  /** Fabric's name, or its number if it is not known. */
  readonly type: string;
  /** MSP id of the client. */
  readonly creator: string;
  readonly chaincode?: string;
  readonly function?: string;
  /** Further arguments; one that is no text is shown by its size. */
  readonly args?: readonly string[];
  /** Fabric's name, its number if it is not known, or empty if the block does not say. */
  readonly validation: string;
}

export interface BlockSummary {
  readonly number: number;
  /** Hash of the transactions, in base64. */
  readonly dataHash: string;
  readonly previousHash: string;
  readonly transactions: readonly BlockTransaction[];
}

/** A block with the JSON that configtxlator makes of it. */
export interface DecodedBlock extends BlockSummary {
  readonly json: unknown;
}

/** The value at a path of objects and lists; undefined if there is none. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}

function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Control characters, or bytes that are no UTF-8. */
const NO_TEXT = /[\p{Cc}\uFFFD]/u;

/** An argument as text, or its size. */
function argumentText(base64: unknown): string {
  const bytes = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  const text = bytes.toString('utf8');
  return NO_TEXT.test(text) ? `(${bytes.length} bytes)` : text;
}

function codeName(code: number | undefined): string {
  if (code === undefined) return '';
  return VALIDATION_CODES[code] ?? LATE_CODES[code] ?? String(code);
}

function call(data: unknown): Pick<BlockTransaction, 'chaincode' | 'function' | 'args'> {
  const spec = at(data, 'actions', 0, 'payload', 'chaincode_proposal_payload', 'input', 'chaincode_spec');
  const [name, ...args] = listAt(spec, 'input', 'args').map(argumentText);
  const chaincode = textAt(spec, 'chaincode_id', 'name');
  return {
    ...(chaincode === '' ? {} : { chaincode }),
    ...(name === undefined ? {} : { function: name, args }),
  };
}

function transactionOf(envelope: unknown, code: number | undefined): BlockTransaction {
  const header = at(envelope, 'payload', 'header');
  const channel = at(header, 'channel_header');
  const type = Number(at(channel, 'type') ?? Number.NaN);
  const name = HEADER_TYPES[type] ?? textAt(channel, 'type');
  return {
    id: textAt(channel, 'tx_id'),
    time: textAt(channel, 'timestamp'),
    type: name,
    creator: textAt(header, 'signature_header', 'creator', 'mspid'),
    ...(name === 'ENDORSER_TRANSACTION' ? call(at(envelope, 'payload', 'data')) : {}),
    validation: codeName(code),
  };
}

/** @param json a `common.Block` as configtxlator decodes it */
export function blockOf(json: unknown): DecodedBlock {
  const codes = Buffer.from(textAt(json, 'metadata', 'metadata', TRANSACTIONS_FILTER), 'base64');
  return {
    number: Number(textAt(json, 'header', 'number') || 0),
    dataHash: textAt(json, 'header', 'data_hash'),
    previousHash: textAt(json, 'header', 'previous_hash'),
    transactions: listAt(json, 'data', 'data').map((envelope, index) =>
      transactionOf(envelope, codes[index]),
    ),
    json,
  };
}

export function isValid({ validation }: BlockTransaction): boolean {
  return validation === 'VALID';
}
