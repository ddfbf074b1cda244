/** The types of a diagnosis that failures and events carry. The table of symptoms is in `diagnosis/symptoms.ts`. */

/** Every known symptom. The table has exactly one entry for each. */
export type SymptomId =
  // The host
  | 'disk-full'
  | 'no-more-threads'
  | 'too-many-open-files'
  | 'engine-older-than-image'
  | 'header-missing'
  | 'config-not-found'
  | 'line-ends-of-windows'
  | 'file-of-other-user'
  | 'download-failed'
  | 'tool-not-in-image'
  // The engine
  | 'engine-too-new-for-peer'
  | 'engine-too-old-for-client'
  | 'client-too-old-for-engine'
  | 'engine-answers-no-inspection'
  | 'socket-not-in-peer'
  | 'socket-denied'
  | 'endpoint-wrong'
  | 'engine-gone'
  | 'address-pools-used-up'
  | 'container-name-taken'
  | 'compose-too-old'
  | 'mounts-denied'
  // Images and registries
  | 'upstream-offline'
  | 'builder-other-namespace'
  | 'runtime-other-namespace'
  | 'builder-other-tag'
  | 'runtime-other-tag'
  | 'builder-absent'
  | 'runtime-absent'
  | 'runtime-pulled-although-here'
  | 'reference-unfilled'
  | 'reference-invalid'
  | 'ccenv-latest-gone'
  | 'tools-gone'
  | 'pull-rate-limit'
  | 'no-image-for-architecture'
  | 'program-of-other-architecture'
  | 'emulated-go'
  | 'version-of-two-words'
  | 'builder-not-pulled'
  | 'image-not-in-registry'
  | 'image-vanished'
  | 'registry-unreachable'
  // The network
  | 'chaincode-network-absent'
  | 'port-of-container'
  | 'port-in-use'
  | 'bind-source-absent'
  | 'folder-in-place-of-file'
  | 'genesis-is-folder'
  | 'genesis-absent'
  | 'node-killed'
  | 'node-ended'
  | 'node-not-in-network'
  | 'node-not-listening'
  // Chaincode
  | 'chaincode-package-missing'
  | 'chaincode-does-not-compile'
  | 'vendoring-inconsistent'
  | 'go-too-old'
  | 'modules-not-reachable'
  | 'vcs-status'
  | 'compiler-killed'
  | 'chaincode-panics'
  | 'chaincode-cannot-reach-peer'
  | 'runtime-libc-too-old'
  | 'runtime-has-no-loader'
  | 'chaincode-ended'
  | 'chaincode-ended-silently'
  | 'chaincode-start-timeout'
  | 'chaincode-answer-timeout'
  | 'chaincode-refuses'
  | 'endorsements-differ'
  | 'chaincode-exists'
  // Certificates and identities
  | 'certificates-of-other-ca'
  | 'certificate-expired'
  | 'certificate-of-other-name'
  | 'tls-on-one-side'
  | 'msp-absent'
  | 'msp-incomplete'
  | 'not-an-admin'
  | 'creator-unknown'
  // Ledgers and channels
  | 'channel-exists'
  | 'channel-joined-before'
  | 'ledger-of-other-crypto'
  | 'ledger-damaged'
  | 'ledger-of-other-version'
  | 'capability-unknown'
  | 'no-raft-leader'
  | 'couchdb-not-ready'
  | 'orderer-refuses';

/** Names of images, ports, files and the like that the log or the engine gives, for the message to mention. */
export type DiagnosisFacts = Readonly<Record<string, string>>;

/**
 * Where a line was found: in the failure itself (a command's output, an error of the engine or of compose), in a
 * node's log, or in a chaincode container's log.
 */
export type LogSource = 'failure' | 'node' | 'chaincode';
