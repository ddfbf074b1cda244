/** Reads the status of a folder's project: its nodes, images and last run, for the welcome screen. */

import { join } from 'node:path';
import type { DockerPort } from '../engine/docker-port.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { folderUser } from '../journal/journal.ts';
import { lastRun, type PastRun } from '../journal/run-record.ts';
import { nodeNames } from '../network/network-spec.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import type { ProjectInfo } from './project-info.ts';

export interface ProjectStatus {
  readonly lastRun: PastRun | undefined;
  /** Absent if no network was ever created here. */
  readonly nodes: { readonly running: number; readonly all: number } | undefined;
  /** Number of images that a build produces, and how many of them exist. */
  readonly images: { readonly here: number; readonly all: number };
}

/** @throws WizardFailure `engine` */
export async function readProjectStatus(docker: DockerPort, run: ProjectInfo): Promise<ProjectStatus> {
  const { dir, settings, spec } = run;
  const [past, user, containers, images] = await Promise.all([
    lastRun(join(dir, STATE_FOLDER)),
    folderUser(dir),
    nodeContainers({ docker, project: spec.project }),
    Promise.all(settings.release.imagesBuilt.map((name) => docker.inspectImage(primaryRef(settings, name)))),
  ]);
  const nodes = nodeNames(spec);
  const running = nodes.filter((node) => containers.get(node)?.state === 'running').length;
  return {
    lastRun: past && { ...past, goesOn: !past.ended && user === `fabric-wizard ${past.command}` },
    nodes: containers.size > 0 || run.network ? { running, all: nodes.length } : undefined,
    images: { here: images.filter((image) => image !== undefined).length, all: images.length },
  };
}
