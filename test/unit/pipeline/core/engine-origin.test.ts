import { describe, expect, it } from 'vitest';
import { sharesHost } from '../../../../src/pipeline/core/engine-origin.ts';

describe('an engine shares files and ports with this machine', () => {
  it.each(['unix:///var/run/docker.sock', 'unix:///home/me/.docker/run/docker.sock'])('at %s', (endpoint) => {
    expect(sharesHost({ endpoint })).toBe(true);
  });

  it.each([
    ...['tcp://10.0.0.7:2376', 'tcp://127.0.0.1:2375', 'http://far', 'https://far'],
    ...['ssh://me@far', 'ssh://far/run/user/1000/docker.sock'],
  ])('but not at %s', (endpoint) => {
    expect(sharesHost({ endpoint })).toBe(false);
  });
});
