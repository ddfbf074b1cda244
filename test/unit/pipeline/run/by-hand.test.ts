/** The commands by hand as text; that they work when they are typed is held by test/e2e/explain.test.ts. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ProjectInfo } from '../../../../src/pipeline/project/project-info.ts';
import { byHandBuild } from '../../../../src/pipeline/run/by-hand-build.ts';
import { byHandNetwork } from '../../../../src/pipeline/run/by-hand-network.ts';
import { TOPICS } from '../../../../src/report/explain/topics.ts';
import { exampleRun, learnersRun } from '../../../support/own-runs.ts';

function all(run: ProjectInfo, compose = 'docker-compose') {
  return { ...byHandBuild(run), ...byHandNetwork(run, compose) };
}

describe('the commands by hand', () => {
  it('belong to topics, each to one', async () => {
    const run = await learnersRun();
    const build = Object.keys(byHandBuild(run));
    const network = Object.keys(byHandNetwork(run, ''));
    expect([...build, ...network].filter((topic) => !(topic in TOPICS))).toEqual([]);
    expect(build.filter((topic) => network.includes(topic))).toEqual([]);
  });

  it.each(['1.0.0', '1.1.1', '1.2.1', '1.4.0', '1.4.12'])('are shell text for %s', async (version) => {
    for (const run of [await learnersRun(version), { ...(await exampleRun()), dir: '/' }]) {
      for (const [topic, lines] of Object.entries(all(run))) {
        const text = lines.join('\n');
        expect(text, topic).not.toMatch(/undefined|\[object/);
        for (const shell of ['sh', 'bash']) execFileSync(shell, ['-n', '-c', text]);
      }
    }
  });

  it('write a path with blanks as one word', async () => {
    const run = await learnersRun('1.4.12', { sourceDir: '/home/my fabric' });
    expect(all(run)['image.peer']?.join('\n')).toContain(`'/home/my fabric'/images/peer/Dockerfile.in`);
  });

  it('compile with the flags of the line and the choices of the run', async () => {
    const dynamic = byHandBuild(await learnersRun()).compile?.join('\n');
    expect(dynamic).toContain('-X $M.Version=1.4.12 -X $M.CommitSHA=d8a6f12 -X $M.BaseVersion=0.4.22');
    expect(dynamic).not.toContain('-static');
    const oldest = byHandBuild(await learnersRun('1.0.0')).compile?.join('\n');
    expect(oldest).not.toContain('CommitSHA');
    expect(oldest).toContain(`-linkmode external -extldflags '-static -lpthread'`);
    expect(oldest).toContain('./common/configtx/tool/configtxgen');
  });

  it('use the files of the run, and before one what the commands by hand leave', async () => {
    const own = byHandBuild(await learnersRun())['image.orderer'];
    expect(own?.[1]).toContain(
      'cp .fabric-wizard/build/7bcadc0bdb8c80b9/orderer .fabric-wizard/build/payload/',
    );
    const none = byHandBuild(await exampleRun())['image.orderer'];
    expect(none?.[1]).toContain('cp by-hand/bin/orderer by-hand/sampleconfig.tar.bz2');
  });

  it('leave out TLS where there is none', async () => {
    const run = await learnersRun();
    const text = JSON.stringify(all({ ...run, spec: { ...run.spec, tls: false } }));
    expect(JSON.stringify(all(run))).toContain('--tls');
    expect(text).not.toMatch(/--tls|cafile|TLS_ROOTCERT|s_client/);
  });

  it('ask only what the line can answer', async () => {
    expect(all(await learnersRun('1.0.0')).ledger?.join('\n')).not.toContain('getinfo');
    expect(all(await learnersRun('1.1.0')).ledger?.join('\n')).toContain('getinfo');
    expect(all(await learnersRun('1.3.0')).FABRIC_LOGGING_SPEC?.[0]).toContain('CORE_LOGGING_LEVEL=debug');
  });

  it("build by the checkout's own Dockerfiles where those were chosen", async () => {
    const upstream = {
      peer: { buildArgs: { GO_VER: '1.23.5', GO_TAGS: ' DOCKER_NS=acme' }, from: ['ubuntu:22.04'] },
      ccenv: { buildArgs: { GO_VER: '1.23.5' }, from: ['ubuntu:22.04'] },
    };
    const run = await learnersRun('2.5.12', { upstream, sourceDir: '/src/fabric' });
    const commands = byHandBuild(run);
    expect(commands['image.peer']).toEqual([
      "docker build -f /src/fabric/images/peer/Dockerfile --build-arg GO_VER=1.23.5 --build-arg 'GO_TAGS= DOCKER_NS=acme' -t hyperledger/fabric-peer:by-hand /src/fabric",
    ]);
    expect(commands['image.ccenv']?.[0]).toMatch(/ \/src\/fabric\/images\/ccenv$/);
    expect(commands['base.upstream']).toHaveLength(1);
    expect(byHandBuild(await learnersRun('2.5.12'))['base.upstream']).toEqual([]);
  });

  it('take the compose that there is', async () => {
    expect(all(await learnersRun(), 'docker compose').start?.[0]).toContain('&& docker compose up -d');
  });
});
