/** Texts of the chaincode commands. */
import type { DeployPlan } from '../pipeline/chaincode/deploy-plan.ts';
import type { Style } from './style.ts';
import { titled } from './tables.ts';

/** A chaincode of one channel, for `chaincode list`. */
export interface ChaincodeRow {
  readonly channel: string;
  readonly name: string;
  readonly version: string;
  /** Absent in the legacy lifecycle. */
  readonly sequence?: number;
  /** Number of peers of the channel. */
  readonly peers: number;
  /** Those of them that have the channel's version on their disk. */
  readonly installed: readonly string[];
  /** Those of them whose container runs. */
  readonly running: readonly string[];
  /** Whether the files in fabric-wizard.yaml are those of the version; absent if it is not listed there. */
  readonly current?: boolean;
  /** Whether the folder of its files does not exist. */
  readonly missing?: true;
  /** Where the process of the user listens, if the chaincode is such a service. */
  readonly address?: string;
}

/** A channel none of whose peers runs. */
export interface UnreachableChannel {
  readonly channel: string;
  /** Names of its peers. */
  readonly peers: readonly string[];
}

/** Says that nothing is known of these channels; undefined if there are none. */
export function unreachableText(
  channels: readonly UnreachableChannel[],
  { t }: Pick<Style, 't'>,
): string | undefined {
  const texts = channels.map(({ channel, peers }) =>
    t('chaincode.unreachable', { channel, peers: peers.join(', ') }),
  );
  return texts.length > 0 ? texts.join('; ') : undefined;
}

export function renderNothingChanged(
  { name, version, channels }: DeployPlan,
  { good, symbol, t }: Style,
): string[] {
  const facts = { chaincode: name, version, channels: channels.join(', ') };
  return [`${good(symbol.good)} ${t('plain.deployed-before', facts)}`];
}

/** How a program in each language is started with these variables. */
const START_COMMANDS = [
  'Go: go run .',
  'Node.js: npx fabric-chaincode-node server --chaincode-address $CHAINCODE_SERVER_ADDRESS --chaincode-id $CHAINCODE_ID',
];

/** How a program in each language is started that registers, instead of listening. */
const REGISTER_COMMANDS = [
  'Go: go run -tags nopkcs11 .',
  'Node.js: npm start -- --peer.address $CORE_PEER_ADDRESS',
];

export interface ServiceStart {
  /** Where peers reach the process or, if it registers, where it does. */
  readonly address: string;
  readonly packageId: string;
  /** Whether it registers at the address, under `packageId`. */
  readonly registers?: true;
}

/** How the user starts the process of a service. */
export function renderServiceStart({ address, packageId, registers }: ServiceStart, style: Style): string[] {
  const { dim, t } = style;
  if (registers)
    return [
      `  ${t('chaincode.register-process', { address })}`,
      `    export CORE_PEER_ADDRESS=${address}`,
      `    export CORE_CHAINCODE_ID_NAME=${packageId}`,
      '    export CORE_PEER_TLS_ENABLED=false',
      ...REGISTER_COMMANDS.map((command) => `    ${dim(`# ${command}`)}`),
    ];
  const port = address.slice(address.lastIndexOf(':') + 1);
  const variables = [
    `CHAINCODE_SERVER_ADDRESS=0.0.0.0:${port}`,
    `CHAINCODE_ID=${packageId}`,
    `CORE_CHAINCODE_ID_NAME=${packageId}`,
  ];
  return [
    `  ${t('chaincode.start-process', { address })}`,
    ...variables.map((variable) => `    export ${variable}`),
    ...START_COMMANDS.map((command) => `    ${dim(`# ${command}`)}`),
  ];
}

/** What a deployment would do, in the order in which it is done. */
export function renderDeployPlan(
  { name, version, install, define, start, process }: DeployPlan,
  { strong, symbol, t }: Style,
): string[] {
  const steps = [
    ...(install.length > 0 ? [t('chaincode.install', { peers: install.join(', ') })] : []),
    ...define.map(({ channel, from }) =>
      from === undefined ? t('chaincode.define', { channel }) : t('chaincode.replace', { channel, from }),
    ),
    ...(start ? [t('chaincode.start')] : []),
    ...(process === undefined ? [] : [t(`chaincode.process-${process}`)]),
  ];
  return [`${strong(name)} ${version}`, ...steps.map((step) => `  ${symbol.dot} ${step}`)];
}

export function renderChaincodes(
  rows: readonly ChaincodeRow[],
  style: Style,
  columns: number | undefined,
): string {
  const { t, warn, dim } = style;
  if (rows.length === 0) return t('chaincode.none');
  const header = (['channel', 'name', 'version', 'installed', 'running', 'state'] as const).map((key) =>
    t(`chaincode.column-${key}`),
  );
  const stateOf = ({ current, missing }: ChaincodeRow) => {
    if (missing) return warn(t('chaincode.missing'));
    if (current === undefined) return '';
    return current ? t('chaincode.current') : warn(t('chaincode.changed'));
  };
  const cells = rows.map((row) => [
    row.channel,
    row.name,
    row.sequence === undefined ? row.version : `${row.version} ${dim(`#${row.sequence}`)}`,
    `${row.installed.length}/${row.peers}`,
    row.address ?? `${row.running.length}/${row.peers}`,
    stateOf(row),
  ]);
  return titled(style, header, cells, columns);
}
