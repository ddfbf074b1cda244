/** A project that is observed: its folder, what a compile left there, and images of the engine as its builds label them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { ObservedState } from '../../src/pipeline/context/observed-state.ts';
import type { ProjectContext } from '../../src/pipeline/context/run-context.ts';
import type { PlanGoal } from '../../src/pipeline/context/stage-definition.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import type { Release } from '../../src/pipeline/fabric/release.ts';
import { STATE_FOLDER } from '../../src/pipeline/host/state-folder.ts';
import { type BuildOutputs, MANIFEST, outputsDir } from '../../src/pipeline/images/build-outputs.ts';
import { compileFingerprint } from '../../src/pipeline/images/fingerprint.ts';
import { IMAGE_BASE, programsIn } from '../../src/pipeline/images/image-programs.ts';
import { type ImageRecipe, imageRecipe, imageRefs } from '../../src/pipeline/images/image-recipe.ts';
import { payloadPaths } from '../../src/pipeline/images/payload-files.ts';
import { emptyWizardState, recordedState } from '../../src/pipeline/journal/wizard-state.ts';
import { observe } from '../../src/pipeline/plan/observe.ts';
import { projectContext, TEST_PROJECT } from './contexts.ts';
import { UP } from './plans.ts';
import { type EngineContainer, type EngineImage, socketEngine } from './socket-engine.ts';
import { filesIn, tempDir } from './temp-dir.ts';

const BUILD: PlanGoal = { ...UP, until: 'build' };

export const BUILDER: EngineImage = {
  id: 'sha256:builder',
  tags: ['hyperledger/fabric-baseimage:amd64-0.4.22'],
};
export const RUNTIME: EngineImage = {
  id: 'sha256:runtime',
  tags: ['hyperledger/fabric-baseos:amd64-0.4.22'],
};
export const OWN_IMAGES = ['ccenv', 'peer', 'orderer', 'tools'] as const;

export interface Given {
  readonly images?: readonly EngineImage[];
  readonly containers?: readonly EngineContainer[];
  readonly volumes?: readonly string[];
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly stageSeconds?: Readonly<Record<string, number>>;
  readonly goal?: PlanGoal;
  /** Facts about the release that differ from those of the practice source. */
  readonly release?: Partial<Release>;
}

/** A project with the practice source, in a folder of its own. */
export class ObservedProject {
  readonly dir: string;
  constructor(dir: string) {
    this.dir = dir;
  }

  /** The project as it is seen with what is given. Fails if observing changes the engine or the folder. */
  async observed({ goal = BUILD, ...given }: Given = {}): Promise<ObservedState> {
    const engine = await socketEngine(given);
    const context = await this.context(given, engine.docker);
    const before = await filesIn(this.dir);
    // No peer runs behind this engine that could be asked.
    const options = { signal: new AbortController().signal, askPeers: false, chaincodes: [] };
    const observed = await observe(context, goal, options);
    expect(engine.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(await filesIn(this.dir)).toEqual(before);
    return observed;
  }

  /** Removes a file of the state folder. */
  async remove(path: string): Promise<void> {
    await rm(join(this.dir, STATE_FOLDER, path));
  }

  async context(given: Given, docker?: ProjectContext['docker']): Promise<ProjectContext> {
    const state = { ...emptyWizardState, stageSeconds: given.stageSeconds ?? {}, facts: given.facts ?? {} };
    const journal = recordedState(JSON.parse(JSON.stringify(state)));
    const flags = { orgs: '1', peers: '1', ...given.flags };
    const context = await projectContext(
      { dir: this.dir, docker: docker ?? (await socketEngine({})).docker, flags },
      journal,
    );
    const { settings } = context;
    return { ...context, settings: { ...settings, release: { ...settings.release, ...given.release } } };
  }

  /** Writes a file of the state folder. */
  async write(path: string, content: string): Promise<void> {
    const file = join(this.dir, STATE_FOLDER, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** Writes what the compile stage leaves for the source and the builder image. */
  async compile(): Promise<BuildOutputs> {
    const { source, settings, stateDir } = await this.context({});
    const fingerprint = compileFingerprint(source.tree, settings, BUILDER.id);
    const dir = outputsDir(join(stateDir, 'build'), fingerprint);
    await mkdir(dir, { recursive: true });
    const names = OWN_IMAGES.flatMap((name) => programsIn(name, settings.release));
    for (const name of names) await writeFile(join(dir, name), name);
    const binaries = Object.fromEntries(
      names.map((name) => [name, { sha256: `sha256 of ${name}`, size: name.length, buildId: name }]),
    );
    const manifest = { fingerprint, binaries, goshim: [], shimFolders: '' };
    await writeFile(join(dir, MANIFEST), JSON.stringify(manifest));
    return { ...manifest, dir };
  }

  /** The recipe of an image for what the compile stage left. */
  async recipe(name: (typeof OWN_IMAGES)[number], outputs: BuildOutputs): Promise<ImageRecipe> {
    const { source, settings, stateDir } = await this.context({});
    const baseId = { builder: BUILDER, runtime: RUNTIME }[IMAGE_BASE[name]].id;
    const payload = payloadPaths(stateDir);
    return imageRecipe(name, { source, settings, outputs, baseId, chaintool: undefined, payload });
  }

  /** An image as this program builds it. */
  async builtImage(
    name: (typeof OWN_IMAGES)[number],
    { fingerprint, content }: Pick<ImageRecipe, 'fingerprint' | 'content'>,
  ): Promise<EngineImage> {
    return {
      id: `sha256:${name}`,
      tags: imageRefs((await this.context({})).settings, name),
      labels: {
        [LABEL.project]: TEST_PROJECT,
        [LABEL.fingerprint]: fingerprint,
        [LABEL.content]: JSON.stringify(content),
      },
    };
  }
}

export async function newProject(): Promise<ObservedProject> {
  return new ObservedProject(await tempDir());
}
