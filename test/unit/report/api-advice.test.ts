/** What the texts advise if peers and engine have no API version in common. */
import { describe, expect, it } from 'vitest';
import { newestReleaseWith } from '../../../src/pipeline/fabric/peer-release.ts';
import { platformSymptoms as english } from '../../../src/report/language/en/platform-symptoms.ts';
import { platformSymptoms as chinese } from '../../../src/report/language/zh/platform-symptoms.ts';
import { describeProblem } from '../../../src/report/problem-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { findingsOf, peerOf } from '../../support/peers.ts';

const FACTS = { socket: '/run/docker.sock', client: '1.25', max: '1.41', min: '1.44' };
const NEWEST = ['2.5.16', '3.1.5'];
const OLDER = /older|another release|较旧|换一个/;

it('the newest patches are those of the table', () => {
  expect(['2.5.0', '3.1.0'].map((each) => newestReleaseWith(each, () => true))).toEqual(NEWEST);
});

describe.each([
  ['English', english],
  ['Chinese', chinese],
])('the diagnosis in %s', (_, symptoms) => {
  const why = (id: keyof typeof symptoms) => symptoms[id](FACTS).why;

  it('of an engine that is too new names the gateway, the newest patches and the variable', () => {
    const text = why('engine-too-new-for-peer');
    expect(text).toContain('--gateway');
    expect(text).toContain('DOCKER_MIN_API_VERSION=1.24');
    expect(text.match(/\d\.\d+\.\d+/g)).toEqual(NEWEST);
    expect(text).not.toMatch(OLDER);
    expect(why('client-too-old-for-engine')).toContain('DOCKER_MIN_API_VERSION=1.24');
  });

  it.each([
    'engine-too-old-for-client',
    'client-too-old-for-engine',
    'engine-answers-no-inspection',
  ] as const)('%s advises the gateway and no older release', (id) => {
    expect(why(id)).toContain('--gateway');
    expect(why(id)).not.toMatch(OLDER);
  });
});

describe('resolve', () => {
  const plain = createStyle({ colour: false, unicode: true, language: 'en' });
  const fixOf = (release: string, engine: { version: string; api: string; minApi: string }) => {
    const found = findingsOf(peerOf(release), engine).find(({ problem }) => problem.kind === 'engine-api');
    return found && describeProblem(found.problem, plain).fix;
  };
  const NEW = { version: '29.0', api: '1.52', minApi: '1.44' };
  const OLD = { version: '20.10', api: '1.41', minApi: '1.12' };

  it.each([
    [
      '2.5.14',
      NEW,
      'use `fabric-wizard up --gateway`, or Fabric 2.5.16, or set DOCKER_MIN_API_VERSION=1.24 for dockerd',
    ],
    [
      '3.1.1',
      NEW,
      'use `fabric-wizard up --gateway`, or Fabric 3.1.5, or set DOCKER_MIN_API_VERSION=1.24 for dockerd',
    ],
    ['2.2.15', NEW, 'use `fabric-wizard up --gateway`, or set DOCKER_MIN_API_VERSION=1.24 for dockerd'],
    ['2.5.16', OLD, 'use `fabric-wizard up --gateway`, or a newer engine'],
    ['2.5.16', NEW, undefined],
  ])('a peer of %s on an engine with %j: %s', (release, engine, fix) => {
    expect(fixOf(release, engine)).toBe(fix);
  });
});
