/** Pulls the CouchDB image. This runs before any build, so that a missing image is reported first. */
import { cached, defineResultStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { shortId } from '../engine/short-id.ts';
import { type CouchdbImage, couchdbCandidates } from '../images/couchdb-image.ts';
import { makesNetwork } from './plan-scope.ts';
import { pullImage } from './pull-image.ts';
import { sourceStage } from './source.ts';

/** The result is the image that the network uses; undefined without CouchDB. */
export const couchdbStage = defineResultStage({
  id: 'couchdb',
  topic: {
    group: 'network-stages',
    aliases: ['CouchDB', 'state database', 'stateDatabase', 'fabric-couchdb', 'CORE_LEDGER_STATE'],
    see: ['ledger', 'start', '/var/hyperledger/production'],
  },
  needs: [sourceStage],
  isIncluded: ({ observed: { couchdb, network }, goal }) =>
    couchdb !== undefined && (makesNetwork({ goal }) || (goal.until === 'rebuild' && network.running)),
  decide: ({ observed: { couchdb } }) => {
    const what = couchdb?.ref ?? '';
    return couchdb?.present ? cached({ key: 'cause.present', what }) : run({ key: 'cause.missing', what });
  },
  cost: () => ({ seconds: 30, cores: 0.5, memoryMb: 200 }),
  checks: ['couchdb', 'proxies'],
  knownResult: (_, { couchdb }): CouchdbImage | undefined => couchdb,
  execute: async (context) => {
    const looked = couchdbCandidates(context.config, context.settings);
    let firstReason: Text = '';
    for (const ref of looked) {
      try {
        const { id } = await pullImage(context, ref);
        return {
          outcome: 'built',
          detail: { key: 'detail.pulled', id: `${ref} ${shortId(id)}` },
          result: { ref, present: true },
        };
      } catch (error) {
        if (!(error instanceof WizardFailure && error.failure.kind === 'pull')) throw error;
        const { problem, detail } = error.failure;
        firstReason ||= detail;
        context.report.log(`${ref}: ${typeof detail === 'string' ? detail : problem}`);
        // If the registry lacks this image, try the next one. If it does not answer, stop.
        if (problem !== 'missing' && problem !== 'denied') break;
      }
    }
    throw new WizardFailure({ kind: 'couchdb-image', looked, detail: firstReason });
  },
});
