/** Brings a CouchDB image to the engine, before anything is built that would need it. */

import type { RunContext } from '../context/run-context.ts';
import type { StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import { shortId } from '../engine/short-id.ts';
import { couchdbCandidates } from '../images/couchdb-image.ts';
import { pullImage } from './pull-image.ts';

/**
 * Pulls the nearest image that a registry has.
 * @throws WizardFailure `couchdb-image` where none can be had
 */
export function couchdbStage(bench: RunContext, options: { readonly stallMs: number }): StageExecutor {
  return async (context) => {
    const { config, settings, docker } = bench;
    const looked = couchdbCandidates(config, settings);
    let why = '';
    for (const ref of looked) {
      try {
        const image = await pullImage(ref, { docker, stallMs: options.stallMs }, context);
        bench.couchdb = { ref, present: true };
        return { outcome: 'built', detail: { key: 'detail.pulled', id: `${ref} ${shortId(image.id)}` } };
      } catch (error) {
        if (!(error instanceof WizardFailure && error.failure.kind === 'pull')) throw error;
        const { problem, detail } = error.failure;
        why ||= detail;
        context.log(`${ref}: ${detail}`);
        // A registry that lacks one may have the next; one that does not answer has none.
        if (problem !== 'missing' && problem !== 'denied') break;
      }
    }
    throw new WizardFailure({ kind: 'couchdb-image', looked, detail: why });
  };
}
