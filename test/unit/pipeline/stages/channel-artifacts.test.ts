import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { artifactFiles } from '../../../../src/pipeline/network/network-plan.ts';
import { artifactsWork } from '../../../../src/pipeline/stages/channel-artifacts.ts';
import { newProject } from '../../../support/observed-project.ts';

it.each([{}, { orgs: '2', channel: 'one,two' }])(
  'the files that are expected are those that configtxgen writes: %j',
  async (flags) => {
    const context = await (await newProject()).context({ flags });
    const written = artifactsWork(context).commands.map((command) => basename(command.at(-1) ?? ''));
    expect(artifactFiles(context.spec).toSorted()).toEqual(written.toSorted());
  },
);
