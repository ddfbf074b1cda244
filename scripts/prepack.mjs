/** `npm pack` in a fresh clone: installs the dependencies if necessary, then builds dist/. */
import { installDependencies } from './prepare.mjs';

installDependencies();
await import('./build.mjs');
