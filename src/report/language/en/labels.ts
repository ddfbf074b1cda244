/** Our own words in English: headings and sentences around what is said. A screen's labels go here, too. */
import { phrases } from '../../../language/en/phrases.ts';
import { failures } from './failures.ts';
import { lines } from './lines.ts';
import { resolve } from './resolve.ts';
import { screens } from './screens.ts';
import { wizard } from './wizard.ts';

export const labels = {
  ...phrases,
  ...failures,
  ...lines,
  ...resolve,
  ...screens,
  ...wizard,
  'explain.heading': '{topic}: {title}',
  'explain.reads': 'reads',
  'explain.writes': 'writes',
  'explain.by-hand': 'by hand',
  'explain.see': 'see',
  'explain.usage': 'fabric-wizard explain TOPIC: a stage, an image, a folder, a flag, a variable, a word',
  'explain.here': 'this folder',
  'explain.own-run': 'From your run in {dir}: Fabric {version}.',
  'explain.own-practice': 'From your run in {dir}: the practice source, not Fabric.',
  'explain.took': ' It takes {seconds} s here.',
  'explain.not-built': 'Example values: nothing was built in {dir} yet.',
  'explain.no-network': 'Example names: no network was made in {dir} yet.',
  'group.build-stages': 'Stages of a build',
  'group.network-stages': 'Stages of a network',
  'group.images': 'Images',
  'group.folders': 'Folders',
  'group.ldflags': 'Flags compiled in',
  'group.variables': 'Configuration',
  'group.words': 'Fabric and the life of a chaincode',
} as const;
