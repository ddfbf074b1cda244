/** PURE: names, paths and references of a project, to fill into texts. */
import { relative } from 'node:path';
import { primaryRef } from '../images/image-recipe.ts';
import { firstChannelOf } from '../network/channel-members.ts';
import { chaincodePort } from '../network/network-files.ts';
import {
  allPeers,
  containerName,
  firstOrderer,
  firstPeer,
  orgOf,
  volumeName,
} from '../network/network-spec.ts';
import type { ProjectInfo } from './project-info.ts';

export interface TemplateValues {
  /** Values of the last build, or of the build that a run would do. */
  readonly build: Readonly<Record<string, string>>;
  /** Values of the network. */
  readonly network: Readonly<Record<string, string>>;
}

/** Returns the folder of the last compile's programs, relative to the project's folder. */
function programsFolder({ dir, programsDir }: Pick<ProjectInfo, 'dir' | 'programsDir'>): string {
  return programsDir === undefined ? '.fabric-wizard/build/<fingerprint>' : relative(dir, programsDir);
}

/** Name and version of the chaincode in examples. */
const CHAINCODE = { name: 'mycc', version: '1.0' } as const;

export function templateValues(run: ProjectInfo): TemplateValues {
  const { settings, spec } = run;
  const { release } = settings;
  const { builder, runtime } = release.images;
  const peer = firstPeer(spec);
  const org = orgOf(spec, peer);
  const chaincode = [spec.networkId, peer.name, CHAINCODE.name, CHAINCODE.version] as const;
  return {
    build: {
      source: run.sourceDir ?? 'fabric',
      version: settings.version,
      release: release.id,
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
      requiredBuilder: run.peerImages.builder,
      requiredRuntime: run.peerImages.runtime,
      metadata: release.metadataPackage.replace(`${release.modulePath}/`, ''),
      logging: release.logging.peer.variable,
      programs: programsFolder(run),
      payload: '.fabric-wizard/build/payload',
    },
    network: {
      project: spec.project,
      network: spec.network,
      channel: firstChannelOf(spec, peer),
      systemChannel: spec.systemChannel,
      org: org.name,
      mspId: org.mspId,
      peers: String(allPeers(spec).length),
      peer: peer.name,
      peerPort: String(peer.port),
      orderer: firstOrderer(spec).name,
      chaincodeAddress: `${peer.name}:${release.chaincodeListener ? chaincodePort(peer) : peer.listens}`,
      cli: containerName(spec, 'cli'),
      peerContainer: containerName(spec, peer.name),
      ordererContainer: containerName(spec, firstOrderer(spec).name),
      chaincodeContainer: release.chaincodeContainerName(...chaincode),
      volume: volumeName(spec, run.instance ?? '<instance>', peer.name),
    },
  };
}
