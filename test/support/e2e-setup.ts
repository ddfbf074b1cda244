/**
 * Base images, the image of the gateway, and the compiled standard library in the Go cache, are what all tests share. They are
 * made once here, for two files that begin at once would both make them.
 */
import { gatewayImage } from '../../src/pipeline/images/gateway-image.ts';
import { goArch, imageId, volumeNames } from './engine.ts';
import { PACKAGE, wizardWith } from './wizard.ts';

export async function setup(): Promise<void> {
  // Without an engine the tests say so themselves.
  const arch = await goArch().catch(() => undefined);
  if (arch === undefined) return;
  const bases = ['fabric-baseimage', 'fabric-baseos'].map((name) => `hyperledger/${name}:${arch}-0.4.22`);
  const { ref } = await gatewayImage(PACKAGE, arch);
  const [builder, runtime, gateway] = await Promise.all([...bases, ref].map(imageId));
  const isWarm = (await volumeNames()).some((name) => name.startsWith('fabric-wizard-go-'));
  if (builder && runtime && gateway && isWarm) return;
  const choices = { project: 'fw-e2e-setup', 'port-base': 19050, source: 'sample', orgs: 1, peers: 1 };
  const wizard = await wizardWith(choices);
  try {
    await wizard.ok('up', '--yes');
  } finally {
    await wizard.dispose();
  }
}
