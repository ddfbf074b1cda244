/** An engine on another machine: everything that uses it works without its files and ports. */
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineElsewhere, startEngineElsewhere } from '../support/engine-elsewhere.ts';
import { tempDir } from '../support/temp-dir.ts';
import { BIN } from '../support/wizard.ts';

type Env = Readonly<Record<string, string>>;

const started = await startEngineElsewhere().catch((error: unknown) => String(error));
if (typeof started === 'string') process.stderr.write(`\nSKIPPED: no engine elsewhere: ${started}\n\n`);

describe.skipIf(typeof started === 'string')('an engine elsewhere', () => {
  const far = started as EngineElsewhere;
  let dir: string;

  beforeAll(async () => {
    dir = await tempDir(afterAll);
  });

  afterAll(() => far.stop());

  const run = async (env: Env, ...args: readonly string[]) =>
    execa(process.execPath, [BIN, ...args], { cwd: dir, env, reject: false, stdin: 'ignore' });

  /** The rows of `doctor`, by id. */
  async function doctor(env: Env) {
    const { stdout } = await run(env, 'doctor', '--source', 'sample', '--json');
    const { checks } = JSON.parse(stdout) as {
      readonly checks: readonly { readonly id: string; readonly status: string; readonly detail: string }[];
    };
    return (wanted: string) => checks.find(({ id }) => id === wanted);
  }

  it('is told apart from this machine', async () => {
    const row = await doctor({ DOCKER_HOST: far.tcp });
    expect(row('engine')).toMatchObject({ status: 'ok', detail: expect.stringContaining(far.tcp) });
    expect(row('socket')).toBeUndefined();
    expect(row('disk')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining("free space in the engine's /var/lib/docker is unknown"),
    });
    expect(row('memory')?.detail).toMatch(/^the engine has .* in all/);
  });
});
