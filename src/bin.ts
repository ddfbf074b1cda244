/** Entry point of the program. */
import './commands/early-signals.ts';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `dist/` of the package, or `src/`. */
const DIR = dirname(fileURLToPath(import.meta.url));

void import('./commands/main.ts').then(({ main }) => main(dirname(DIR)));
