/** Every wait on the engine ends when the connection does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What an engine answers, by a part of the path; the first that matches. */
type Answers = readonly (readonly [path: RegExp, answer: Answer])[];

function json(status: number, body: unknown): Answer {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

/** Begins an answer and then loses the connection. */
const cut: Answer = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const event = { Type: 'image', Actor: { ID: '', Attributes: {} } };
  response.write(`${JSON.stringify({ stream: 'Step 1', ...event })}\n{"half`, () =>
    response.socket?.destroy(),
  );
};

/** Loses the connection without an answer. */
const hangUp: Answer = (request) => {
  request.socket.destroy();
};

/** The output of a container: it has no length, so it ends with the connection. */
const rawOutput: Answer = (_, response) => {
  response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n');
};

async function engine(answers: Answers): Promise<DockerPort> {
  const server = createServer((request, response) => {
    const [, answer = json(404, { message: 'no such object' })] =
      answers.find(([path]) => path.test(request.url ?? '')) ?? [];
    request.resume();
    answer(request, response);
  });
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) => server.listen(path, listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new DockerPort({ endpoint: `unix://${path}`, origin: { kind: 'variable' } });
}

const { signal } = new AbortController();
const CREATED = [/containers\/create/, json(201, { Id: 'c1' })] as const;
const EXEC = [/containers\/c1\/exec/, json(201, { Id: 'e1' })] as const;
const OUTPUT = [/(?:attach|exec\/e1\/start)/, rawOutput] as const;
const STARTED = [
  /containers\/c1\/start/,
  (_: unknown, response: ServerResponse) => response.writeHead(204).end(),
] as const;

function run(docker: DockerPort): Promise<unknown> {
  const spec = { image: 'a:1', cmd: ['true'], labels: {}, signal };
  return docker.runToEnd(spec, ({ archive }) => archive('/'));
}

const work = { tag: 'a:1', signal, onLine: () => undefined };

describe('a lost engine', () => {
  it.each<readonly [string, Answers, (docker: DockerPort) => Promise<unknown>]>([
    ['while a container works', [CREATED, OUTPUT, STARTED, [/wait/, cut]], run],
    ['before a container starts', [CREATED, OUTPUT, [/start/, hangUp]], run],
    [
      'while files are read from a container',
      [CREATED, OUTPUT, STARTED, [/wait/, json(200, { StatusCode: 0 })], [/archive/, hangUp]],
      run,
    ],
    [
      'while a command runs in a container',
      [EXEC, OUTPUT, [/exec\/e1\/json/, hangUp]],
      (docker) => docker.exec('c1', ['peer'], { signal }),
    ],
    [
      'while a command runs in a container, and is back',
      [EXEC, OUTPUT, [/exec\/e1\/json/, json(200, { Running: true, ExitCode: null })]],
      (docker) => docker.exec('c1', ['peer'], { signal }),
    ],
    [
      'while a command runs in a container, and has forgotten it',
      [EXEC, OUTPUT],
      (docker) => docker.exec('c1', ['peer'], { signal }),
    ],
    [
      'in a pull',
      [[/images\/create/, cut]],
      (docker) => docker.pull('a:1', { signal, stallMs: 60_000, onLayer: () => undefined }),
    ],
    ['in a build', [[/build/, cut]], (docker) => docker.buildImage([], work)],
    ['before a build', [[/build/, hangUp]], (docker) => docker.buildImage([], work)],
    [
      'in an import',
      [[/images\/create/, cut]],
      (docker) => docker.importImage(Readable.from(['x']), 'a:1', { changes: [], signal }),
    ],
    [
      'in a log that is followed',
      [[/logs/, cut]],
      (docker) => docker.followLog('c1', { tail: 1, signal, onLine: () => undefined }),
    ],
    ['in a log that is read', [[/logs/, cut]], (docker) => docker.logTail('c1', 5)],
    ['in an answer', [[/images\/json/, cut]], (docker) => docker.listImages()],
    [
      'in the events',
      [[/events/, cut]],
      (docker) => new Promise((_, reject) => void docker.watchEvents({}, () => undefined, reject)),
    ],
  ])('%s', async (_, answers, wait) => {
    const docker = await engine(answers);
    const error = await wait(docker).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WizardFailure);
    expect((error as WizardFailure).failure).toMatchObject({
      kind: 'engine',
      problem: 'gone',
      endpoint: docker.endpoint,
    });
  });
});

describe('an engine that refuses', () => {
  it.each([404, 409, 500])('with %i: a failure with its own words', async (status) => {
    const docker = await engine([
      [/./, json(status, { message: 'driver failed programming external connectivity' })],
    ]);
    const requests = [
      () => docker.startContainer('c1'),
      () => docker.exec('c1', ['peer'], { signal }),
      () => docker.createVolume('v', {}),
      () => docker.tag('a:1', 'b:1'),
      () => run(docker),
    ];
    for (const request of requests)
      await expect(request()).rejects.toMatchObject({
        failure: {
          kind: 'engine-refused',
          status,
          request: expect.stringMatching(/^(?:POST) \//),
          detail: 'driver failed programming external connectivity',
        },
      });
  });

  it('keeps the answers that are expected', async () => {
    const docker = await engine([]);
    expect(await docker.inspectImage('a:1')).toBeUndefined();
    expect(await docker.inspectContainer('c1')).toBeUndefined();
    await expect(docker.removeContainer('c1')).resolves.toBeUndefined();
  });
});

it('a container whose output is lost before it starts fails, and no rejection is left unhandled', async () => {
  let outputClosed: Promise<unknown> = Promise.resolve();
  const docker = await engine([
    CREATED,
    [
      /attach/,
      (request, response) => {
        outputClosed = once(request.socket, 'close');
        cut(request, response);
      },
    ],
    [/start/, (request) => void outputClosed.then(() => setImmediate(() => request.socket.destroy()))],
  ]);
  await expect(run(docker)).rejects.toMatchObject({ failure: { kind: 'engine', problem: 'gone' } });
});

it('a source file that cannot be read is no fault of the engine', async () => {
  const docker = await engine([[/build/, json(200, {})]]);
  const context = [{ name: 'a', content: { file: '/nonexistent/file' } }];
  await expect(docker.buildImage(context, work)).rejects.toMatchObject({
    failure: { kind: 'file', path: '/nonexistent/file' },
  });
});
