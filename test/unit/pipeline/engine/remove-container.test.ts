import { describe, expect, it } from 'vitest';
import { type Answer, answeringEngine, json } from '../../../support/answering-engine.ts';

const ANONYMOUS = 'a'.repeat(64);
const gone: Answer = (_, response) => response.writeHead(204).end();

/** Removes a container with these volumes. @returns the paths of what was removed */
async function removed(volumes: readonly string[], answer: Answer = gone): Promise<string[]> {
  const { docker, requests } = await answeringEngine('Docker/28.5.2 (linux)', {
    'GET /containers/c/json': json({ Mounts: [{ Type: 'bind' }, ...volumes.map((Name) => ({ Name }))] }),
    'DELETE /containers/c': gone,
    'DELETE /volumes/': answer,
  });
  await docker.removeContainer('c');
  return requests.flatMap((line) => /^DELETE ([^?]+)/.exec(line)?.[1] ?? []);
}

describe('the removal of a container', () => {
  it('removes its anonymous volumes, which compose gives to a container by name', async () => {
    expect(await removed([ANONYMOUS, 'fw-a-ledger'])).toEqual(['/containers/c', `/volumes/${ANONYMOUS}`]);
  });

  it('waits until the peer that removes it too has done so', async () => {
    let questions = 0;
    const { docker } = await answeringEngine('Docker/28.5.2 (linux)', {
      'GET /containers/c/json': (request, response) => {
        questions += 1;
        // Asked for its volumes, then while it is being removed, then when it is gone.
        json(questions < 3 ? { Mounts: [] } : {}, questions < 3 ? 200 : 404)(request, response);
      },
      'DELETE /containers/c': json({ message: 'removal of container c is already in progress' }, 409),
    });
    await docker.removeContainer('c');
    expect(questions).toBe(3);
  });

  it('leaves a volume that another container uses', async () => {
    expect(await removed([ANONYMOUS], json({ message: 'volume is in use' }, 409))).toHaveLength(2);
  });
});
