import { describe, expect, it } from 'vitest';
import { emptyTail } from '../../../src/pipeline/core/line-tail.ts';
import {
  initialRunState,
  type RunState,
  reduceRun,
  type StageState,
} from '../../../src/pipeline/core/run-state.ts';
import { renderResult } from '../../../src/report/result-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { planOf, stageOf } from '../../support/plans.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });

function stage(id: string, more: Partial<StageState>): StageState {
  return { ...stageOf(id), status: 'done', warnings: [], commands: [], tail: emptyTail, ...more };
}

/** A rebuild in which the swap and the peer image ended like this. */
function rebuilt(swap: Partial<StageState>, image: Partial<StageState>): string {
  const state: RunState = {
    ...initialRunState,
    command: 'rebuild',
    startedAt: 1,
    seconds: 2,
    outcome: 'failed',
    exitCode: 1,
    stages: [stage('swap', swap), stage('image.peer', image), stage('image.tools', { outcome: 'built' })],
  };
  return renderResult(state, { style }).join('\n');
}

it('a run that has left a network tells how to connect to it, and names each command once', () => {
  const endpoint = (node: string, address: string) => [{ node, address }];
  const files = { profile: '/c.json', profileYaml: '/c.yaml', wallet: '/wallet', identities: ['admin'] };
  const connection = {
    channels: ['mychannel'],
    certificates: '/net/crypto-config',
    otherPorts: false,
    discovery: true,
    tunnels: [],
    orderers: { mspId: 'OrdererMSP', nodes: endpoint('orderer.example.com', 'localhost:7050'), admin: '/o' },
    orgs: [
      { name: 'Org1', mspId: 'Org1MSP', nodes: endpoint('peer0', 'localhost:7051'), admin: '/p', files },
    ],
  };
  const state = { ...initialRunState, startedAt: 1, seconds: 2, exitCode: 0, outcome: 'done' } as const;
  const shown = (command: string, known = connection) =>
    renderResult({ ...state, command }, { style, connection: known }).join('\n');
  for (const command of ['up', 'smoke']) {
    expect(shown(command)).toMatch(/Connect to channel mychannel\n +localhost:7050 +OrdererMSP/);
    expect(shown(command)).toContain('certificates and keys: /net/crypto-config');
    expect(shown(command).match(/env org1/g)).toHaveLength(1);
    expect(shown(command).match(/fabric-wizard connect$/gm)).toHaveLength(1);
  }
  expect(shown('build')).not.toContain('Connect to');
  expect(renderResult({ ...state, command: 'up' }, { style }).join('\n')).toContain('fabric-wizard env)');
});

describe('a run that has deployed chaincode', () => {
  const shown = (command: string, deployed: readonly string[]) => {
    const done = { startedAt: 1, seconds: 2, exitCode: 0, outcome: 'done' } as const;
    return renderResult({ ...initialRunState, ...done, command, deployed }, { style }).join('\n');
  };

  it.each(['up', 'chaincode deploy'])(
    'names the commands that call it after %s, and no smoke test',
    (command) => {
      const text = shown(command, ['basic', 'other']);
      expect(text).toMatch(/fabric-wizard chaincode invoke basic FUNCTION ARGUMENT… +send a transaction/);
      expect(text).toMatch(/fabric-wizard chaincode query basic FUNCTION ARGUMENT… +ask one peer/);
      expect(text).not.toContain('fabric-wizard smoke');
    },
  );

  it('is told by its events', () => {
    const event = { type: 'chaincode-deployed', chaincode: 'basic', version: '1-0', at: 1 } as const;
    const state = reduceRun(initialRunState, {
      ...event,
      channels: ['mychannel'],
      changed: false,
      peers: [],
    });
    expect(renderResult({ ...state, command: 'up', outcome: 'done' }, { style }).join('\n')).toContain(
      'chaincode invoke basic',
    );
  });

  it('is told by its plan, if the network had the chaincode already', () => {
    const deploy = stageOf('deploy', {
      action: 'cached',
      cause: { key: 'cause.deployed' },
      targets: ['basic'],
    });
    const state = reduceRun(initialRunState, {
      ...{ type: 'run-started', at: 1, runId: 'r', command: 'up', project: 'p', practice: false },
      plan: planOf(deploy),
    });
    expect(renderResult({ ...state, outcome: 'done' }, { style }).join('\n')).toContain(
      'chaincode invoke basic',
    );
  });

  it('is told from one without, which names the smoke test', () => {
    expect(shown('up', [])).toContain('fabric-wizard smoke');
    expect(shown('up', [])).not.toContain('chaincode invoke');
  });
});

describe('a rebuild that did not build an image', () => {
  it('says that the nodes run the new programs', () => {
    for (const status of ['failed', 'cancelled', 'not-reached'] as const)
      expect(rebuilt({ outcome: 'built' }, { status })).toContain(
        'The nodes already run the new programs, but the image peer was not built.',
      );
  });

  it('says nothing of it if no node got new programs, or if every image was built', () => {
    expect(rebuilt({ status: 'failed' }, { status: 'failed' })).not.toContain('The nodes already');
    expect(rebuilt({ outcome: 'cached' }, { status: 'failed' })).not.toContain('The nodes already');
    expect(rebuilt({ outcome: 'built' }, { outcome: 'built' })).not.toContain('The nodes already');
  });
});
