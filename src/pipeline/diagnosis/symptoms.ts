/** The table of known problems of a local network. Of two entries of equal weight the earlier one wins. */
import { chaincodeSymptoms } from './chaincode-symptoms.ts';
import { cryptoSymptoms } from './crypto-symptoms.ts';
import { engineSymptoms } from './engine-symptoms.ts';
import { hostSymptoms } from './host-symptoms.ts';
import { imageSymptoms } from './image-symptoms.ts';
import { ledgerSymptoms } from './ledger-symptoms.ts';
import { networkSymptoms } from './network-symptoms.ts';
import type { Symptom } from './symptom.ts';

export const symptoms: readonly Symptom[] = [
  ...hostSymptoms,
  ...engineSymptoms,
  ...imageSymptoms,
  ...networkSymptoms,
  ...chaincodeSymptoms,
  ...cryptoSymptoms,
  ...ledgerSymptoms,
];
