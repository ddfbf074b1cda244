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
  it('reads what an image of ours says of itself', () => {
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
  ])('knows nothing of an image with %s', (_, given) => {
    expect(contentOf(given)).toBeUndefined();
  });
});

describe('nodeContent', () => {
  it('is that of the image where nothing was copied in', () => {
    expect(nodeContent(container, {})).toEqual(CONTENT);
    expect(nodeContent(container, { another: { peer: 'zzz' } })).toEqual(CONTENT);
  });

  it('is that of the image but for the programs that were copied into this container', () => {
    expect(nodeContent(container, { c1: { peer: 'zzz' } })).toEqual({
      programs: { peer: 'zzz', cryptogen: 'bbb' },
      rest: 'ccc',
    });
  });

  it('is not known of a container of another’s image, whatever was copied in', () => {
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

  it('names a program of which a run that was interrupted left nobody knows what', () => {
    const is = nodeContent(container, { c1: { peer: '' } });
    expect(is && otherPrograms(is, CONTENT)).toEqual(['peer']);
  });
});

describe('isAsImage', () => {
  const image = { id: 'sha256:1', content: CONTENT };
  const later = { id: 'sha256:2', content: { ...CONTENT, programs: { ...CONTENT.programs, peer: 'zzz' } } };
  const swapped = { c1: { peer: 'zzz' } };

  it('holds for a container as it was made, and for one that was brought up to a later image', () => {
    expect(isAsImage(container, image, {})).toBe(true);
    expect(isAsImage(container, later, swapped)).toBe(true);
  });

  it('does not hold where the image is another, nor where the container has become another', () => {
    expect(isAsImage(container, later, {})).toBe(false);
    // Taken back: the image of before has the name again, and the ids are the same.
    expect(isAsImage(container, image, swapped)).toBe(false);
    expect(isAsImage(container, image, { c1: { peer: '' } })).toBe(false);
  });

  it('goes by the id where the content of either is not known', () => {
    const foreign = { ...container, labels: {} };
    expect(isAsImage(foreign, image, {})).toBe(true);
    expect(isAsImage(foreign, later, {})).toBe(false);
    expect(isAsImage(container, { id: 'sha256:2', content: undefined }, {})).toBe(false);
  });
});
