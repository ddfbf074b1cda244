import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import type { ImageContent } from '../../../../src/pipeline/images/image-recipe.ts';
import {
  contentOf,
  isAsImage,
  nodeContent,
  otherPrograms,
} from '../../../../src/pipeline/network/node-content.ts';

const CONTENT: ImageContent = { programs: { peer: 'aaa', cryptogen: 'bbb' }, rest: 'ccc' };

function labels(content: unknown): Record<string, string> {
  return {
    [LABEL.project]: 'x',
    [LABEL.content]: typeof content === 'string' ? content : JSON.stringify(content),
  };
}

const container = { id: 'c1', imageId: 'sha256:1', labels: labels(CONTENT) };

describe('contentOf', () => {
  it('reads the label of our images', () => {
    expect(contentOf(labels(CONTENT))).toEqual(CONTENT);
  });

  it.each<[string, Record<string, string>]>([
    ['no labels', {}],
    ['no label of content', { [LABEL.project]: 'x' }],
    ['an empty label', labels('')],
    ['half a label', labels('{"programs":{"peer":"a')],
    ['no object', labels('7')],
    ['no programs', labels({ rest: 'c' })],
    ['programs that are none', labels({ programs: { peer: 1 }, rest: 'c' })],
    ['no rest', labels({ programs: {} })],
  ])('returns undefined for an image with %s', (_, label) => {
    expect(contentOf(label)).toBeUndefined();
  });
});

describe('nodeContent', () => {
  it('is that of the image without copied programs', () => {
    expect(nodeContent(container, {})).toEqual(CONTENT);
    expect(nodeContent(container, { another: { peer: 'zzz' } })).toEqual(CONTENT);
  });

  it('has the programs that were copied into this container', () => {
    expect(nodeContent(container, { c1: { peer: 'zzz' } })).toEqual({
      programs: { peer: 'zzz', cryptogen: 'bbb' },
      rest: 'ccc',
    });
  });

  it('is unknown for images without the label', () => {
    expect(nodeContent({ id: 'c1', labels: {} }, { c1: { peer: 'zzz' } })).toBeUndefined();
  });
});

describe('otherPrograms', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', { peer: 'aaa', cryptogen: 'bbb' }, []],
    ['a changed program', { peer: 'zzz', cryptogen: 'bbb' }, ['peer']],
    ['a program that the node lacks', { peer: 'aaa', configtxgen: 'ddd' }, ['configtxgen']],
    ['nothing where the node has more', { peer: 'aaa' }, []],
  ])('names %s', (_, wanted, others) => {
    expect(otherPrograms(CONTENT, { programs: wanted })).toEqual(others);
  });

  it('names a program whose copy was interrupted', () => {
    const is = nodeContent(container, { c1: { peer: '' } });
    expect(is && otherPrograms(is, CONTENT)).toEqual(['peer']);
  });
});

describe('isAsImage', () => {
  const image = { id: 'sha256:1', content: CONTENT };
  const later = { id: 'sha256:2', content: { ...CONTENT, programs: { ...CONTENT.programs, peer: 'zzz' } } };
  const swapped = { c1: { peer: 'zzz' } };

  it('is true for an unchanged container, and for one updated to a later image', () => {
    expect(isAsImage(container, image, {})).toBe(true);
    expect(isAsImage(container, later, swapped)).toBe(true);
  });

  it('is false for another image and for a changed container', () => {
    expect(isAsImage(container, later, {})).toBe(false);
    // After a revert the previous image has the tag again, so the ids are equal.
    expect(isAsImage(container, image, swapped)).toBe(false);
    expect(isAsImage(container, image, { c1: { peer: '' } })).toBe(false);
  });

  it('compares ids if either content is unknown', () => {
    const foreign = { ...container, labels: {} };
    expect(isAsImage(foreign, image, {})).toBe(true);
    expect(isAsImage(foreign, later, {})).toBe(false);
    expect(isAsImage(container, { id: 'sha256:2', content: undefined }, {})).toBe(false);
  });
});
