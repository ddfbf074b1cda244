/** Provides the image in which peers build and run chaincode in Java. This runs before any build, as for CouchDB. */
import { javaImage } from '../chaincode/language-images.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { shortId } from '../engine/short-id.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { deploysIn, isDeployedAlready } from './plan-scope.ts';
import { pullImage } from './pull-image.ts';
import { sourceStage } from './source.ts';

export const javaenvStage = defineStage({
  id: 'javaenv',
  topic: {
    group: 'build-stages',
    aliases: ['Java', 'fabric-javaenv', 'chaincode.java.runtime'],
    see: ['deploy', 'nodeenv', 'core.yaml'],
  },
  needs: [sourceStage],
  isIncluded: (input) => deploysIn(input, 'java'),
  decide: (input) =>
    isDeployedAlready(input)
      ? cached({ key: 'cause.deployed' })
      : run({ key: input.goal.until === 'up' ? 'cause.configured' : 'cause.requested' }),
  cost: () => ({ seconds: 30, cores: 0.5, memoryMb: 200 }),
  checks: ['engine', 'proxies'],
  execute: async (context) => {
    const ref = await javaImage(context);
    const present = await context.docker.inspectImage(ref);
    if (present) return { outcome: 'cached', detail: `${ref} ${shortId(present.id)}` };
    try {
      const { id } = await pullImage(context, ref);
      return { outcome: 'built', detail: { key: 'detail.pulled', id: `${ref} ${shortId(id)}` } };
    } catch (error) {
      if (!(error instanceof WizardFailure && error.failure.kind === 'pull')) throw error;
      const { again } = context.options;
      const next = [dockerCommand('pull', ref), dockerCommand('load', '-i', 'javaenv.tar'), again];
      const problem = { key: 'chaincode.no-javaenv', image: ref } as const;
      throw new WizardFailure({ kind: 'chaincode', problem, place: error.failure.detail, next });
    }
  },
});
