/**
 * Base images, and the compiled standard library in the Go cache, are what all tests share. They are made once
 * here, for two files that begin at once would both make them.
 */
import { goArch, imageId, volumeNames } from './engine.ts';
import { wizardWith } from './wizard.ts';

export async function setup(): Promise<void> {
  // Without an engine the tests say so themselves.
  const arch = await goArch().catch(() => undefined);
  if (arch === undefined) return;
  const bases = ['fabric-baseimage', 'fabric-baseos'].map((name) => `hyperledger/${name}:${arch}-0.4.22`);
  const [builder, runtime] = await Promise.all(bases.map(imageId));
  const isWarm = (await volumeNames()).some((name) => name.startsWith('fabric-wizard-go-'));
  if (builder && runtime && isWarm) return;
  const wizard = await wizardWith({ project: 'fw-e2e-setup', 'port-base': 19050, source: 'sample' });
  try {
    await wizard.ok('build', 'peer', '--yes');
  } finally {
    await wizard.dispose();
  }
}
