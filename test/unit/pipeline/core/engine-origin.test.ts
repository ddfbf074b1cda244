import { describe, expect, it } from 'vitest';
import { sharesHost, sshWords } from '../../../../src/pipeline/core/engine-origin.ts';

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

describe('the command that connects to the host', () => {
  it.each([
    ['ssh://me@far', 'ssh -t me@far true'],
    ['ssh://far:2222/run/user/1000/docker.sock', 'ssh -t -p 2222 far true'],
    ['tcp://far:2376', 'ssh -t far true'],
    ['ssh://-oProxyCommand=id', 'ssh -t -- -oProxyCommand=id true'],
  ])('of %s', (endpoint, command) => {
    expect(sshWords(endpoint, ['-t'], ['true']).join(' ')).toBe(command);
  });
});
