/** From the save of a file until a query is answered, while `chaincode deploy --service --watch` runs, or `--dev` on 1.x. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freshName, handCli } from '../cli.mjs';

const LIMIT_SECONDS = 2;
const TIMEOUT_MS = 300_000;
/** Each question starts a process, which takes processor time from the compile. */
const INTERVAL_MS = 100;

const PACKAGE_JSON = {
  version: '1.0.0',
  private: true,
  main: 'index.js',
  scripts: { start: 'fabric-chaincode-node start' },
  dependencies: { 'fabric-contract-api': '^2.5.8', 'fabric-shim': '^2.5.8' },
};

function smokeText({ root }) {
  return readFile(join(root, 'compose', 'chaincode', 'smoke', 'smoke.go'), 'utf8');
}

/** Returns a function that writes chaincode whose function `mark` answers what it is given. */
function goMarks(dir, text) {
  return (answer) =>
    writeFile(
      join(dir, 'smoke.go'),
      text.replace(
        '\tswitch {',
        () => `\tswitch {\n\tcase function == "mark":\n\t\treturn shim.Success([]byte("${answer}"))`,
      ),
    );
}

/** The bundled chaincode as it is: it registers. */
async function goDev(setup, dir) {
  return goMarks(dir, await smokeText(setup));
}

/** The bundled chaincode as a server. */
async function goService({ root, release }, dir) {
  const text = await smokeText({ root });
  const server =
    'server := shim.ChaincodeServer{CCID: os.Getenv("CHAINCODE_ID"), Address: os.Getenv("CHAINCODE_SERVER_ADDRESS"), ' +
    'CC: smoke{}, TLSProps: shim.TLSProperties{Disabled: true}}\n\tif err := server.Start(); err != nil {';
  const whole = text
    .replace('import (', 'import (\n\t"os"')
    .replace('"github.com/hyperledger/fabric/core/chaincode/shim"', `"${release.shim.shim}"`)
    .replace('"github.com/hyperledger/fabric/protos/peer"', `"${release.shim.protos}"`)
    .replaceAll('pb.Response', release.shim.response)
    .replace('if err := shim.Start(smoke{}); err != nil {', () => server);
  return goMarks(dir, whole);
}

async function nodeService(_setup, dir, name) {
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name, ...PACKAGE_JSON }));
  return (answer) =>
    writeFile(
      join(dir, 'index.js'),
      `const { Contract } = require('fabric-contract-api');
class Marked extends Contract {
  async mark() {
    return '${answer}';
  }
}
exports.contracts = [Marked];
`,
    );
}

async function untilMarked(cli, name, answer) {
  const [peer] = cli.peers;
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const { stdout } = await cli.peer(peer, cli.queryArgs(name, ['mark']), { mayFail: true });
    if (stdout.includes(answer)) return;
    if (performance.now() > deadline) throw new Error(`no answer of ${answer}: ${stdout}`);
    await delay(INTERVAL_MS);
  }
}

function row(flag, language, title, program) {
  return {
    name: `${flag}-${language}`,
    what: `save of a ${title} chaincode until a query is answered (\`chaincode deploy --${flag} --watch\`)`,
    against: 'two seconds',
    atMost: 1,
    needs: ({ externalBuilders }) => externalBuilders === (flag === 'service'),
    measure: async (setup, runs) => {
      const { run, bin } = setup;
      const net = await setup.network(1, 2);
      const cli = handCli(setup, net);
      const name = freshName();
      const dir = join(net.path, name);
      await mkdir(dir, { recursive: true });
      const mark = await program({ ...setup, release: net.settings.release }, dir, name);
      await mark('first');
      let end;
      const words = ['chaincode', 'deploy', dir, '--name', name, `--${flag}`, '--watch', '--plain', '--yes'];
      // 1.x calls Init of every chaincode.
      if (flag === 'dev') words.push('--init', '["init","a","100","b","200"]');
      const watching = new Promise((resolve) => {
        run(process.execPath, [bin, ...words], {
          cwd: net.path,
          // It is ended when all is measured.
          mayFail: true,
          onOutput: ({ chunk, end: stop }) => {
            end = stop;
            if (chunk.includes('watching ')) resolve();
          },
        }).then(resolve, resolve);
      });
      await watching;
      const measured = [];
      try {
        // The first one is not counted: the caches of the compiler are cold.
        for (let i = 0; i <= runs; i++) {
          setup.log(`run ${i} of ${runs}`);
          const answer = freshName();
          await mark(answer);
          const startedAt = performance.now();
          await untilMarked(cli, name, answer);
          if (i > 0) measured.push((performance.now() - startedAt) / 1000);
        }
      } finally {
        end?.();
      }
      return { measured, reference: measured.map(() => LIMIT_SECONDS) };
    },
  };
}

export const serviceGo = row('service', 'go', 'Go', goService);
export const serviceNode = row('service', 'node', 'Node.js', nodeService);
export const devGo = row('dev', 'go', 'Go', goDev);
