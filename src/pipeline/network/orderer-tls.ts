/** PURE: variables of an orderer that name its TLS files. */
import { ORDERER_HOME } from './network-mounts.ts';
import type { NetworkSpec } from './network-spec.ts';

/** Variables of the port that clients use. */
export function ordererTls(spec: NetworkSpec): Record<string, string> {
  return {
    ORDERER_GENERAL_TLS_ENABLED: String(spec.tls),
    ORDERER_GENERAL_TLS_CERTIFICATE: `${ORDERER_HOME}/tls/server.crt`,
    ORDERER_GENERAL_TLS_PRIVATEKEY: `${ORDERER_HOME}/tls/server.key`,
    ORDERER_GENERAL_TLS_ROOTCAS: `[${ORDERER_HOME}/tls/ca.crt]`,
  };
}

/** Certificates for the connections between orderers. */
export const ORDERER_CLUSTER = {
  ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: `${ORDERER_HOME}/tls/server.crt`,
  ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: `${ORDERER_HOME}/tls/server.key`,
  ORDERER_GENERAL_CLUSTER_ROOTCAS: `[${ORDERER_HOME}/tls/ca.crt]`,
};

/** The channel participation API, which `osnadmin` uses. */
export const ORDERER_ADMIN = {
  ORDERER_CHANNELPARTICIPATION_ENABLED: 'true',
  ORDERER_ADMIN_TLS_ENABLED: 'true',
  ORDERER_ADMIN_TLS_CERTIFICATE: `${ORDERER_HOME}/tls/server.crt`,
  ORDERER_ADMIN_TLS_PRIVATEKEY: `${ORDERER_HOME}/tls/server.key`,
  ORDERER_ADMIN_TLS_ROOTCAS: `[${ORDERER_HOME}/tls/ca.crt]`,
  ORDERER_ADMIN_TLS_CLIENTROOTCAS: `[${ORDERER_HOME}/tls/ca.crt]`,
};
