/** The program loads the labels of one language; tests look at both. */
import { loadLabels } from '../../src/report/language/label-texts.ts';

await loadLabels('zh');
