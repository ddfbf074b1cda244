/** All labels in English: the phrases of the pipeline and the texts of commands and screens. */
import { phrases } from '../../../language/en/phrases.ts';

import { blocks } from './blocks.ts';

import { bundle } from './bundle.ts';

import { chaincodes } from './chaincodes.ts';
import { failures } from './failures.ts';
import { lines } from './lines.ts';
import { nodes } from './nodes.ts';
import { resolve } from './resolve.ts';
import { screens } from './screens.ts';
import { starting } from './starting.ts';
import { wizard } from './wizard.ts';

export const labels = {
  ...phrases,
  ...blocks,
  ...bundle,
  ...chaincodes,
  ...failures,
  ...lines,
  ...nodes,
  ...resolve,
  ...screens,
  ...starting,
  ...wizard,
  'explain.heading': '{topic}: {title}',
  'explain.reads': 'reads',
  'explain.writes': 'writes',
  'explain.commands': 'commands',
  'explain.stage-commands': 'equivalent commands, from the last run of this stage',
  'explain.see': 'see also',
  'explain.usage': 'fabric-wizard explain TOPIC: a stage, image, folder, flag, variable or term',
  'explain.here': 'this folder',
  'explain.no-value': 'none',
  'explain.own-run': 'Values of the run in {dir}: Fabric {version}.',
  'explain.own-practice': 'Values of the run in {dir}: the practice source, not Fabric.',
  'explain.took': ' It takes {seconds} s here.',
  'explain.not-built': 'Example values: {dir} has no build yet.',
  'explain.no-network': 'Example names: {dir} has no network yet.',
  'group.build-stages': 'Build stages',
  'group.network-stages': 'Network stages',
  'group.images': 'Images',
  'group.folders': 'Folders',
  'group.ldflags': 'Linker flags',
  'group.variables': 'Configuration',
  'group.words': 'Fabric and chaincode terms',
} as const;
