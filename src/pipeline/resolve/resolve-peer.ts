/** Builds the complete report of `resolve` from what was read of a peer. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { Resolution } from '../fabric/resolution.ts';
import { engineFacts } from './engine-facts.ts';
import type { EngineFacts, PeerFacts } from './peer-facts.ts';
import { imagesOfPeer } from './peer-images.ts';
import { findProblems, willBeMade } from './peer-problems.ts';
import { repairsOf } from './repair.ts';
import type { ResolvedImage, ResolveReport } from './resolve-report.ts';

function resolved(image: Resolution, peer: PeerFacts, { reach, images }: EngineFacts): ResolvedImage {
  const local = reach.same ? images.get(image.ref) : undefined;
  return {
    ...image,
    present: reach.same ? local !== undefined : undefined,
    id: local?.id,
    willBeMade: local === undefined && willBeMade(peer, image.ref),
  };
}

/**
 * @param ccenv since when a builder image belongs to this project, from the journal
 * @throws WizardFailure `engine`; CancelledError
 */
export async function resolvePeer(
  docker: DockerPort,
  peer: PeerFacts,
  ccenv?: { readonly id: string; readonly since: number },
): Promise<ResolveReport> {
  const { builder, runtime, others, config } = imagesOfPeer(peer);
  const engine = await engineFacts(docker, {
    peer,
    config,
    refs: [builder, runtime, ...others].map(({ ref }) => ref),
    required: [builder.ref, runtime.ref].filter((ref) => !willBeMade(peer, ref)),
    ccenv,
    builder: builder.ref,
  });
  const findings = findProblems({ peer, engine, images: [builder, runtime], config });
  return {
    ok: findings.every(({ severity }) => severity === 'warn'),
    subject: peer.subject,
    image: { ref: peer.imageRef, id: peer.image?.id },
    version: peer.version,
    coreYaml: peer.coreYaml.path,
    builder: resolved(builder, peer, engine),
    runtime: resolved(runtime, peer, engine),
    others: others.map((image) => resolved(image, peer, engine)),
    findings: findings.map((finding) => ({
      ...finding,
      repairs: repairsOf(finding.problem, peer.subject),
    })),
  };
}
