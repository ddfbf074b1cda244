/** From what was read of a peer to the whole answer. */
import type { DockerPort } from '../engine/docker-port.ts';
import { parseCoreYaml, peerConfig } from '../fabric/peer-config.ts';
import { type Resolution, resolveImages } from '../fabric/resolution.ts';
import { engineFacts } from './engine-facts.ts';
import type { EngineFacts, PeerFacts } from './peer-facts.ts';
import { findProblems, willBeMade } from './peer-problems.ts';
import { repairsOf } from './repair.ts';
import type { GoRole, ResolvedImage, ResolveReport } from './resolve-report.ts';

function resolved(image: Resolution, peer: PeerFacts, { reach, asked }: EngineFacts): ResolvedImage {
  const local = reach.same ? asked.get(image.ref) : undefined;
  return {
    ...image,
    present: reach.same ? local !== undefined : undefined,
    id: local?.id,
    willBeMade: local === undefined && willBeMade(peer, image.ref),
  };
}

/**
 * @param ccenv when a builder image became this project's, by the journal
 * @throws WizardFailure `engine`; CancelledError
 */
export async function resolvePeer(
  docker: DockerPort,
  peer: PeerFacts,
  ccenv?: { readonly id: string; readonly since: number },
): Promise<ResolveReport> {
  const { version, coreYaml } = peer;
  const config = peerConfig(parseCoreYaml(coreYaml.text ?? ''), peer.env, version.compiled.release);
  const images = resolveImages(version.compiled, config);
  const roleOf = (role: GoRole) => {
    const found = images.find((image) => image.role === role);
    if (!found) throw new Error(`no ${role}`);
    return { ...found, role };
  };
  const builder = roleOf('builder');
  const runtime = roleOf('runtime');
  const engine = await engineFacts(docker, {
    peer,
    config,
    refs: images.map(({ ref }) => ref),
    needed: [builder.ref, runtime.ref].filter((ref) => !willBeMade(peer, ref)),
    ccenv,
    builder: builder.ref,
  });
  const findings = findProblems({ peer, engine, images: [builder, runtime], config });
  const isGo = ({ role }: Resolution) => role === 'builder' || role === 'runtime';
  return {
    ok: findings.every(({ severity }) => severity === 'warn'),
    subject: peer.subject,
    image: { ref: peer.imageRef, id: peer.image?.id },
    version,
    coreYaml: coreYaml.path,
    builder: resolved(builder, peer, engine),
    runtime: resolved(runtime, peer, engine),
    others: images.filter((image) => !isGo(image)).map((image) => resolved(image, peer, engine)),
    findings: findings.map((finding) => ({
      ...finding,
      repairs: repairsOf(finding.problem, peer.subject),
    })),
  };
}
