/** PURE: the names, paths and references of a folder's own run, for texts that are filled in with them. */
import { relative } from 'node:path';
import { fillTemplate } from '../fabric/resolution.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { containerName, volumeName } from '../network/network-files.ts';
import { allPeers, firstOrderer, orgOf, type PeerSpec } from '../network/network-spec.ts';
import type { ProjectInfo } from './project-info.ts';

export interface TemplateValues {
  /** Made by what was built, or would be. */
  readonly build: Readonly<Record<string, string>>;
  /** Made by the network. */
  readonly network: Readonly<Record<string, string>>;
}

export function firstPeer({ spec }: Pick<ProjectInfo, 'spec'>): PeerSpec {
  const peer = allPeers(spec)[0];
  if (!peer) throw new Error('a network needs a peer');
  return peer;
}

/** Where the programs of the last compile stand; before one, where the command by hand puts them. */
export function programsFolder({ dir, programsDir }: Pick<ProjectInfo, 'dir' | 'programsDir'>): string {
  return programsDir === undefined ? BY_HAND_BIN : relative(dir, programsDir);
}

/** Where the tars for the images stand. */
export function payloadFolder({ programsDir }: Pick<ProjectInfo, 'programsDir'>): string {
  return programsDir === undefined ? BY_HAND : '.fabric-wizard/build/payload';
}

/** Folder for what the commands by hand leave; nothing of a run is touched. */
export const BY_HAND = 'by-hand';
/** Of the programs there: beside them, each image has a folder of its name. */
export const BY_HAND_BIN = `${BY_HAND}/bin`;

/** What the chaincode of the commands by hand is called. */
export const CHAINCODE = { name: 'mycc', version: '1.0' } as const;

export function templateValues(run: ProjectInfo): TemplateValues {
  const { settings, spec } = run;
  const { release } = settings;
  const { builder, runtime } = release.images;
  const peer = firstPeer(run);
  const org = orgOf(spec, peer);
  const chaincode = [spec.networkId, peer.name, CHAINCODE.name, CHAINCODE.version] as const;
  return {
    build: {
      source: run.sourceDir ?? 'fabric',
      version: settings.version,
      line: release.id,
      commit: settings.commitSha,
      baseVersion: settings.baseVersion,
      dockerNs: settings.dockerNs,
      baseDockerNs: settings.baseDockerNs,
      dockerLabel: settings.dockerLabel,
      link: settings.link,
      builderImage: run.upstream.ccenv?.from[0] ?? settings.builderImage,
      runtimeImage: run.upstream.baseos?.from[0] ?? settings.runtimeImage,
      ccenvImage: primaryRef(settings, 'ccenv'),
      peerImage: primaryRef(settings, 'peer'),
      ordererImage: primaryRef(settings, 'orderer'),
      toolsImage: primaryRef(settings, 'tools'),
      peerTags: release.imageTags(settings).join(', '),
      builderTemplate: builder.template,
      runtimeTemplate: runtime.template,
      askedBuilder: fillTemplate(builder.template, settings),
      askedRuntime: fillTemplate(runtime.template, settings),
      metadata: release.metadataPackage.replace(`${release.modulePath}/`, ''),
      logging: release.logging.peer.variable,
      programs: programsFolder(run),
      payload: payloadFolder(run),
    },
    network: {
      project: spec.project,
      network: spec.network,
      channel: spec.channel,
      systemChannel: spec.systemChannel,
      org: org.name,
      mspId: org.mspId,
      peers: String(allPeers(spec).length),
      peer: peer.name,
      peerPort: String(peer.port),
      orderer: firstOrderer(spec).name,
      chaincodeAddress: `${peer.name}:${release.chaincodeListener ? 7052 : 7051}`,
      cli: containerName(spec, 'cli'),
      peerContainer: containerName(spec, peer.name),
      ordererContainer: containerName(spec, firstOrderer(spec).name),
      chaincodeContainer: release.chaincodeContainerName(...chaincode),
      volume: volumeName(spec, run.instance ?? '<instance>', peer.name),
    },
  };
}
