/** The port of this host at which a process of the user's registers. */
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { requireFreePort } from '../../../../src/pipeline/chaincode/hub-port.ts';
import type { StageContext } from '../../../../src/pipeline/context/run-context.ts';
import { toFailure } from '../../../../src/pipeline/core/failure.ts';
import type { ContainerInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { describeFailure } from '../../../../src/report/failure-text.ts';
import { translatorFor } from '../../../../src/report/language/translator.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork } from '../../../support/service-engine.ts';

const HERE = { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const;
const AGAIN = 'fabric-wizard chaincode deploy own --service localhost:1 --init \'["a"]\' --yes';

/** Listens at a port of this host. */
async function listener(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** The hub of a chaincode of the test's project. */
function hub(chaincode: string, port: number): ContainerInfo {
  const labels = {
    [LABEL.project]: TEST_PROJECT,
    [LABEL.role]: 'service',
    [LABEL.chaincode]: chaincode,
  };
  const ports = [{ private: 7052, public: port }];
  return { name: `${TEST_PROJECT}.chaincode.${chaincode}`, labels, networks: [TEST_PROJECT], ports } as never;
}

async function asked(port: number, containers: readonly ContainerInfo[] = [], again = AGAIN) {
  const { context } = await serviceNetwork();
  const docker = { address: HERE, listContainers: async () => [...containers] };
  const asking: Pick<StageContext, 'spec'> & Parameters<typeof requireFreePort>[0] = {
    ...{ docker, spec: context.spec, options: { again } },
  };
  try {
    await requireFreePort(asking, { name: 'own', service: `localhost:${port}` });
  } catch (error) {
    return describeFailure(toFailure(error), translatorFor('en'));
  }
}

it('in use is told with its owner, and with the same command at the next port', async () => {
  const port = await listener();
  const told = await asked(port);
  expect(told).toMatchObject({ exitCode: 3, detail: [] });
  expect(told?.title).toContain(`Port ${port} of this host is in use by process ${process.pid} (`);
  expect(told?.next[0]).toMatch(
    /^fabric-wizard chaincode deploy own --service localhost:\d+ --init '\["a"\]' --yes$/,
  );
  expect(told?.next[0]).not.toContain(`:${port} `);
  expect(told?.next.join()).not.toContain('port-base');
});

it('in use during `up` names a command that deploys the chaincode alone', async () => {
  const told = await asked(await listener(), [], 'fabric-wizard up --yes');
  expect(told?.next[0]).toMatch(/^fabric-wizard chaincode deploy own --dev localhost:\d+$/);
});

it('is free if nobody has it, or the hub of the same chaincode', async () => {
  const port = await listener();
  expect(await asked(port, [hub('own', port)])).toBeUndefined();
  const free = (await asked(port))?.next[0]?.match(/localhost:(\d+)/)?.[1];
  expect(await asked(Number(free))).toBeUndefined();
});

it('is not free if the hub of another chaincode has it', async () => {
  const port = await listener();
  expect((await asked(port, [hub('other', port)]))?.title).toContain(
    `container ${TEST_PROJECT}.chaincode.other`,
  );
});

it('is not free if it is that of a node, although the node is down', async () => {
  const { context } = await serviceNetwork();
  const [peer] = context.spec.orgs[0]?.peers ?? [];
  expect((await asked(peer?.port ?? 0))?.title).toContain(`container ${TEST_PROJECT}-${peer?.name}`);
});
