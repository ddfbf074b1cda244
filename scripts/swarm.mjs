/** `npm run swarm`: proves a network on three machines of a Docker Swarm, step by step, also when machines fail. */
import { writeFile } from 'node:fs/promises';
import { cleanUpRunner, interruptibleRunner, log, runInFolder, UsageError } from './command-line.mjs';
import { obstacleToSwarm } from './machines/swarm.mjs';
import { prepare, root } from './prepare.mjs';
import { Interrupted } from './processes.mjs';
import { parseArguments, USAGE } from './swarm/arguments.mjs';
import { doSteps } from './swarm/campaign.mjs';
import { markdownText, tableText } from './swarm/report.mjs';
import { makeSite } from './swarm/site.mjs';

const NAMES = ['machine1', 'machine2', 'machine3'];

async function work({ work: folder, only, json, markdown, ...options }) {
  const obstacle = await obstacleToSwarm();
  if (obstacle !== undefined) throw new UsageError(`there can be no machines here: ${obstacle}`);
  prepare();
  const runners = { run: interruptibleRunner(), runToEnd: cleanUpRunner() };
  let site;
  try {
    site = await makeSite({ ...options, ...runners, root, work: folder, names: NAMES, log });
    const rows = await doSteps(site, { only, log });
    console.log(json ? JSON.stringify(rows, undefined, 2) : tableText(rows));
    if (markdown !== undefined) await writeFile(markdown, markdownText(rows));
    return rows.every(({ problems }) => problems.length === 0) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    log('interrupted');
    return 130;
  } finally {
    await site?.stop();
  }
}

await runInFolder({ parse: parseArguments, usage: USAGE }, work);
