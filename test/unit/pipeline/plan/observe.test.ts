/** What is observed of the engine's images, of what a compile left, and of the journal's facts about them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timingKind } from '../../../../src/pipeline/context/run-context.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { imageRefs } from '../../../../src/pipeline/images/image-recipe.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { BUILDER, newProject, OWN_IMAGES, RUNTIME } from '../../../support/observed-project.ts';

describe('the base images', () => {
  it('are missing or here', async () => {
    const { base } = await (await newProject()).observed({ images: [BUILDER] });
    expect(base).toEqual({
      builder: { run: false, cause: { key: 'cause.present', what: BUILDER.tags[0] } },
      runtime: { run: true, cause: { key: 'cause.missing', what: RUNTIME.tags[0] } },
    });
  });

  it("are the user's own image or another one", async () => {
    const project = await newProject();
    const flags = { builderImage: 'mine:1' };
    const [ref] = BUILDER.tags;
    const same = { ...BUILDER, tags: [...BUILDER.tags, 'mine:1'] };
    const other = { id: 'sha256:mine', tags: ['mine:1'] };
    expect((await project.observed({ images: [same], flags })).base.builder).toEqual({
      run: false,
      cause: { key: 'cause.same-image', ref, own: 'mine:1' },
    });
    expect((await project.observed({ images: [BUILDER, other], flags })).base.builder).toEqual({
      run: true,
      cause: { key: 'cause.other-image', ref, own: 'mine:1' },
    });
  });

  it('must be made of Debian packages where that is configured', async () => {
    const project = await newProject();
    const flags = { base: 'debian' };
    const debian = { ...RUNTIME, labels: { [LABEL.origin]: 'debian' } };
    const { base } = await project.observed({ images: [BUILDER, debian], flags });
    expect(base.builder).toMatchObject({ run: true, cause: { key: 'cause.not-debian' } });
    expect(base.runtime).toMatchObject({ run: false, cause: { key: 'cause.present' } });
  });
});

describe('an image', () => {
  it('is absent, and what it should be is not known, before a compile', async () => {
    const { images, outputs } = await (await newProject()).observed({ images: [BUILDER, RUNTIME] });
    expect(outputs).toBeUndefined();
    expect(Object.keys(images)).toEqual(OWN_IMAGES);
    expect(images.peer).toEqual({
      present: undefined,
      wanted: undefined,
      missingRefs: [],
      upstream: undefined,
      verified: false,
    });
  });

  it('is what this program built for the source, read from its labels', async () => {
    const project = await newProject();
    const outputs = await project.compile();
    const recipe = await project.recipe('peer', outputs);
    const peer = await project.builtImage('peer', recipe);
    const { images, ...observed } = await project.observed({
      images: [BUILDER, RUNTIME, peer],
      facts: { [STATE_KEYS.verified.key]: ['sha256:other', peer.id] },
    });
    expect(observed.outputs).toEqual(outputs);
    expect(images.peer).toMatchObject({
      present: { id: peer.id, ours: true, fingerprint: recipe.fingerprint, content: recipe.content },
      wanted: recipe.fingerprint,
      missingRefs: [],
      verified: true,
    });
    expect(images.tools).toMatchObject({ present: undefined, verified: false });
  });

  it('of another project is foreign, even if it inherits labels of a base image', async () => {
    const project = await newProject();
    const { settings } = await project.context({});
    const [first = '', ...others] = imageRefs(settings, 'ccenv');
    const labels = { [LABEL.fingerprint]: 'of the base image', [LABEL.content]: '{"programs":' };
    const ccenv = { id: 'sha256:x', tags: [first], labels };
    const { images } = await project.observed({ images: [BUILDER, ccenv] });
    expect(images.ccenv).toMatchObject({
      present: { id: ccenv.id, ours: false, fingerprint: 'of the base image', content: undefined },
      missingRefs: others,
      verified: false,
    });
    expect(others).not.toEqual([]);
  });
});

describe('what the compile stage left', () => {
  it('does not count for another builder image, or without its runtime image for an image', async () => {
    const project = await newProject();
    const outputs = await project.compile();
    const other = { ...BUILDER, id: 'sha256:newer' };
    expect((await project.observed({ images: [other, RUNTIME] })).outputs).toBeUndefined();
    const { images, ...observed } = await project.observed({ images: [BUILDER] });
    expect(observed.outputs).toEqual(outputs);
    expect(images.peer?.wanted).toBeUndefined();
    expect(images.ccenv?.wanted).toBe((await project.recipe('ccenv', outputs)).fingerprint);
  });

  it('does not count where a program is incomplete', async () => {
    const project = await newProject();
    const { dir } = await project.compile();
    await writeFile(join(dir, 'peer'), 'pee');
    expect((await project.observed({ images: [BUILDER, RUNTIME] })).outputs).toBeUndefined();
  });
});

describe('other facts', () => {
  it('are the seconds of earlier runs of the same kind of source', async () => {
    const project = await newProject();
    const kind = timingKind(await project.context({}));
    const stageSeconds = { [`${kind}/compile`]: 12.5, 'another-kind/compile': 99 };
    const observed = await project.observed({ stageSeconds });
    expect(observed).toMatchObject({
      practice: true,
      stageSeconds: { compile: 12.5 },
      ccenvPayload: 'goshim',
    });
  });

  it('are whether a wanted chaintool is in the payload', async () => {
    const project = await newProject();
    expect((await project.observed()).chaintool).toBeUndefined();
    const from = join(project.dir, 'chaintool');
    await writeFile(from, 'chaintool');
    const flags = { chaintool: from };
    expect((await project.observed({ flags })).chaintool).toEqual({ from, present: false });
    await project.write('build/payload/chaintool', 'chaintool');
    expect((await project.observed({ flags })).chaintool).toEqual({ from, present: true });
  });
});
