/** Own runs for tests of `explain`: what an empty folder gives, and a learner's folder where everything was run. */
import { join } from 'node:path';
import { buildSettings, loadConfig } from '../../src/pipeline/config/config.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { fillTemplate } from '../../src/pipeline/fabric/resolution.ts';
import { networkSpec } from '../../src/pipeline/network/network-spec.ts';
import type { ProjectInfo } from '../../src/pipeline/project/project-info.ts';

const HOME = '/home/learner/fabric-network';

/** @param version of a release that the table knows */
export async function learnersRun(version = '1.4.12', more: Partial<ProjectInfo> = {}): Promise<ProjectInfo> {
  const release = releaseOf(version);
  if (!release) throw new Error(`no release ${version}`);
  const { values } = await loadConfig({ dir: HOME, flags: {} });
  const goVersion = release.releaseGo;
  const source = {
    release,
    version,
    baseVersion: '0.4.22',
    goVersion,
    practice: false,
    tree: { commit: 'd8a6f12' },
  };
  const settings = buildSettings(values, source, 'amd64');
  const { builder, runtime } = release.images;
  return {
    dir: HOME,
    packageDir: '/usr/lib/node_modules/fabric-wizard',
    config: values,
    settings,
    peerImages: {
      builder: fillTemplate(builder.template, settings),
      runtime: fillTemplate(runtime.template, settings),
    },
    spec: networkSpec(values, release, 'fw-fabric-network-3c1f'),
    sourceDir: '/home/learner/go/src/github.com/hyperledger/fabric',
    upstream: {},
    practice: false,
    instance: '6f0e5a',
    programsDir: join(HOME, '.fabric-wizard/build/7bcadc0bdb8c80b9'),
    built: true,
    network: true,
    commands: {},
    seconds: { compile: 88.1, 'image.peer': 1.4 },
    ...more,
  };
}

/** The same before anything was run. */
export async function exampleRun(): Promise<ProjectInfo> {
  return learnersRun('1.4.12', {
    sourceDir: undefined,
    instance: undefined,
    programsDir: undefined,
    built: false,
    network: false,
    commands: {},
    seconds: {},
  });
}
