/** Unit tests have the labels of both languages, and need no compose on the machine. */
import { delimiter, join } from 'node:path';
import { loadLabels } from '../../src/report/language/label-texts.ts';

// The program loads the labels of one language; tests look at both.
await loadLabels('zh');

process.env.PATH = [join(import.meta.dirname, 'programs'), process.env.PATH].join(delimiter);
