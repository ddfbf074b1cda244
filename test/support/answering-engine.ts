/** An engine behind a socket of its own that answers as a test says, and records all requests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { tempDir } from './temp-dir.ts';

/** What an engine answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts an engine that names its software `server` and that answers the requests whose `METHOD path` begins with a key. */
export async function answeringEngine(server: string, answers: Readonly<Record<string, Answer>>) {
  const requests: string[] = [];
  const http = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    request.resume();
    response.setHeader('Server', server);
    const [, answer] = Object.entries(answers).find(([start]) => line.startsWith(start)) ?? [];
    if (answer) answer(request, response);
    else response.writeHead(404).end('{"message":"no such object"}');
  });
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) => http.listen(path, listening));
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  return { requests, docker: new DockerPort({ endpoint: `unix://${path}`, origin: { kind: 'variable' } }) };
}

/** Answers with JSON. */
export function json(body: unknown, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
}
