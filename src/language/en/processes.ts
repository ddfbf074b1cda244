/** Processes of chaincode as a service, and calls that they do not answer, in English. */
export const processes = {
  'chaincode.port-in-use':
    'Port {port} of this host is in use by {owner}, and the process of {name} needs it to register.',
  'chaincode.no-answer': '{name} has not answered within {seconds} s.',
  'chaincode.no-answer-to-invoke':
    '{name} has not answered within {seconds} s. The transaction may still be committed.',
} as const;
