#!/usr/bin/env node
/** Entry point. It loads the program with code that earlier starts have compiled. */
import './commands/early-signals.ts';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiledCode } from './compiled-code.ts';

/** The folder `dist/` of the package, or `src/`. */
const DIR = dirname(fileURLToPath(import.meta.url));

keepCompiledCode(DIR);
void import('./commands/main.ts').then(({ main }) => main(dirname(DIR)));
